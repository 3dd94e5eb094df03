/** One placement of an admitted call: a job for the pool, and the wait for an agent that is heard. */
import { setTimeout as pause } from 'node:timers/promises';
import { coerceError } from '../shared/faults.ts';
import type { CallJob, RoomMetadata } from '../shared/jobs.ts';
import type { Admitted } from './admit.ts';
import type { Call } from './calls.ts';
import type { Occupants } from './livekit.ts';
import type { Parts } from './parts.ts';
import type { Agent, Caller, RoomState } from './room-state.ts';

/** A caller who waits for an agent: a new one, or one whose agent was lost. */
export interface WaitingCall {
  readonly call: Call;
  readonly caller: Caller;
  readonly session: Session;
  /** pending: the caller hears ringing. active: it was answered, and whoever talked is gone. */
  readonly state: 'pending' | 'active';
  /** Agents of earlier placements, whose leaving may be told late. */
  readonly gone: ReadonlySet<string>;
}

type Session = Pick<Admitted, 'sessionId' | 'tenant' | 'numberId' | 'pool' | 'offline'>;

/**
 * `mute`: somebody joined and was not heard in time, so the caller rings on. `left_to_agent`: the room is over after an agent
 * came, or by an agent's hand: its reason is the one to be recorded. `lost`: the worker that took it is gone, and the call is
 * about to be rescued here.
 */
export type Placement = 'answered' | 'mute' | 'nobody_came' | 'caller_gone' | 'left_to_agent' | 'lost';

/** A LiveKit that refuses connections does so at once: the next placement has a chance only a moment later. */
const breathMs = 250;

/** Offers the call to the pool once. Never throws for LiveKit's sake: then nobody came. */
export async function place(waiting: WaitingCall, parts: Parts): Promise<Placement> {
  const { call, caller, session } = waiting;
  const { log, livekit } = parts;
  // CreateDispatch asks for one more agent each time, and makes the room anew when it is gone.
  if (call.state.at === 'over') return whenOver(call.state, false);
  if (call.isLost) return 'lost';
  try {
    const job = jobMetadata(caller, session);
    const room: RoomMetadata = { ...job, caller_number: caller.leg.caller };
    const [answer] = await Promise.all([
      livekit.setRoomMetadata(call.room, JSON.stringify(room)),
      livekit.dispatchAgent(call.room, session.pool, JSON.stringify(job)),
    ]);
    if (answer === 'no_room') return 'caller_gone';
  } catch (thrown) {
    log.error({ err: coerceError(thrown), placement: call.placements, ms: call.ageMs }, 'call could not be placed');
    await pause(breathMs);
    return 'nobody_came';
  }
  log.info({ pool: session.pool, placement: call.placements, ms: call.ageMs }, 'call placed');
  await parts.at('call_placed');
  return awaitAgent(waiting, parts);
}

/** Waits for an agent to join, and then for its sound. Webhooks may go to another replica, so the server is asked last. */
export async function awaitAgent(waiting: WaitingCall, parts: Parts): Promise<Placement> {
  const { call } = waiting;
  const { log, patience } = parts;
  const capped = (ms: number) =>
    waiting.state === 'pending' ? Math.max(0, Math.min(ms, patience.ringUntilMs - call.ageMs)) : ms;
  const agents = (state: RoomState) => newAgents(state, waiting);

  const isOver = (state: RoomState) => state.at === 'over' || call.isLost;

  const met = await call.until((state) => isOver(state) || agents(state).length > 0, capped(patience.agentMs));
  if (met.at === 'over') return whenOver(met, false);
  if (call.isLost) return 'lost';
  const wasTold = agents(met).length > 0;
  if (!wasTold) {
    const asked = await askServer(waiting, parts);
    if (asked !== 'mute') return asked;
  }
  log.info({ ms: call.ageMs }, 'agent joined');
  await parts.at('agent_joined');

  const isHeard = (state: RoomState) => agents(state).some(({ audible }) => audible);
  // Another replica that waits for it as well may have put it out.
  const hasLeft = (state: RoomState) => wasTold && agents(state).length === 0;
  const heard = await call.until(
    (state) => isOver(state) || isHeard(state) || hasLeft(state),
    capped(patience.publishMs),
  );
  if (heard.at === 'over') return whenOver(heard, true);
  if (call.isLost) return 'lost';
  if (isHeard(heard)) return 'answered';
  const asked = await askServer(waiting, parts);
  // Seen by the server before its webhook told it: the room was over, as above, and whoever came has its reason.
  return asked === 'caller_gone' ? 'left_to_agent' : asked;
}

function newAgents(state: RoomState, { gone }: WaitingCall): readonly Agent[] {
  return state.at === 'occupied' ? state.agents.filter(({ sid }) => !gone.has(sid)) : [];
}

function whenOver({ by }: RoomState & { at: 'over' }, agentSeen: boolean): Placement {
  return by === 'caller' && !agentSeen ? 'caller_gone' : 'left_to_agent';
}

async function askServer(waiting: WaitingCall, { livekit, log }: Parts): Promise<Placement> {
  try {
    return placementIn(await livekit.occupants(waiting.call.room), waiting);
  } catch (thrown) {
    log.error({ err: coerceError(thrown), ms: waiting.call.ageMs }, 'could not ask LiveKit who is in the room');
    return 'nobody_came';
  }
}

function placementIn({ legs, agents }: Occupants, { caller, gone }: WaitingCall): Placement {
  const there = agents.filter(({ sid }) => !gone.has(sid));
  if (!legs.some(({ sid }) => sid === caller.sid)) return there.length > 0 ? 'left_to_agent' : 'caller_gone';
  if (there.some(({ audible }) => audible)) return 'answered';
  return there.length > 0 ? 'mute' : 'nobody_came';
}

export function jobMetadata({ leg }: Caller, session: Session): CallJob {
  return {
    v: 1,
    kind: 'call',
    tenant: session.tenant,
    session_id: session.sessionId,
    number_id: session.numberId,
    called_number: leg.called,
    ...(session.offline && { offline: session.offline }),
  };
}
