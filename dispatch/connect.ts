/**
 * Brings a waiting caller to an agent that is heard, or to busy: placed, placed again when nobody comes or who came is not
 * heard, and refused when the time for that is over. The same for a new call and for one that lost its agent.
 *
 * Between two placements stands `claim_call`: of all who might place the call again, one does.
 */
import { coerceError } from '../shared/faults.ts';
import type { Parts } from './parts.ts';
import { awaitAgent, type Placement, place, type WaitingCall } from './place.ts';
import { turnAway, turnAwayUnlessAnswered } from './refuse.ts';
import { claimPlacement, finish, takeBack } from './settle.ts';

/** @param begin `awaitAgent` where the call is placed already and an agent is there that is not heard yet */
export async function connect(first: WaitingCall, parts: Parts, begin = place): Promise<void> {
  let step: Step | undefined = { waiting: first, placement: await begin(first, parts), tries: 1 };
  while (step !== undefined && isUnserved(step)) step = await serveAgain(step, parts);
  if (step !== undefined) await conclude(step, parts);
}

type Unserved = 'nobody_came' | 'mute';

type Served = Exclude<Placement, Unserved>;
type Step = Placed<Unserved> | Placed<Served>;

interface Placed<Outcome> {
  readonly waiting: WaitingCall;
  readonly placement: Outcome;
  /** With the placement before which this replica came to the call; others may have placed it as well. */
  readonly tries: number;
}

function isUnserved(step: Step): step is Placed<Unserved> {
  return step.placement === 'nobody_came' || step.placement === 'mute';
}

/** What follows when nobody came, or who came is not heard. Undefined: the call is not ours to bring further. */
async function serveAgain({ waiting, placement, tries }: Placed<Unserved>, parts: Parts): Promise<Step | undefined> {
  const { call, state } = waiting;
  parts.log.warn({ placement: call.placements, ms: call.ageMs }, sentences[placement]);
  const silent = placement === 'mute' ? await putOutAgents(waiting, parts) : [];
  // An answered call hears no ringing that would have to end: the watch places it again when this placement's time is over.
  if (state === 'active') return undefined;
  if (tries > 1 && call.ageMs >= parts.patience.placeUntilMs) return giveUp(waiting, parts);
  const next = { ...waiting, gone: new Set([...waiting.gone, ...silent]) };
  if (await claimPlacement(next, { fromWorker: placement === 'mute' }, parts))
    return { waiting: next, placement: await place(next, parts), tries: tries + 1 };
  if (placement === 'nobody_came') return awaitTaker({ waiting, placement, tries }, parts);
  parts.log.info({ ms: call.ageMs }, 'call is placed by another replica');
  return undefined;
}

/** A worker has taken the call and not joined yet. */
async function awaitTaker({ waiting, tries }: Placed<Unserved>, parts: Parts): Promise<Step | undefined> {
  const placement = await awaitAgent(waiting, parts);
  return placement === 'nobody_came' ? giveUp(waiting, parts) : { waiting, placement, tries };
}

const sentences = { nobody_came: 'no agent came', mute: 'an agent joined and is not heard' } as const;

async function conclude(
  { waiting: { call, session, state }, placement }: Placed<Served>,
  { log, database, livekit, at }: Parts,
): Promise<void> {
  switch (placement) {
    case 'answered':
      await at('call_answered');
      log.info({ ms: call.ageMs }, 'call answered');
      return;
    case 'caller_gone': {
      const reason = state === 'pending' ? 'caller_gave_up' : 'worker_lost';
      await finish(database, session.sessionId, reason);
      log.info({ reason, ms: call.ageMs }, 'caller gave up');
      // Placed while the caller was leaving, the room may have been made anew with a job in it.
      await livekit.deleteRoom(call.room);
      return;
    }
    case 'left_to_agent':
      log.info({ ms: call.ageMs }, 'room is over, its agent settles the call');
      return;
    case 'lost':
      log.info({ ms: call.ageMs }, 'the worker that took the call is gone');
      return;
  }
}

/** Who was heard at last, while this was being decided, is not put out. @returns session ids of those that were */
async function putOutAgents({ call, gone }: WaitingCall, { livekit, log, at }: Parts): Promise<string[]> {
  const { agents } = await livekit.occupants(call.room);
  const silent = agents.filter(({ sid, audible }) => !audible && !gone.has(sid));
  await Promise.all(silent.map(({ identity }) => livekit.remove(call.room, identity)));
  log.warn({ agents: silent.length, ms: call.ageMs }, 'silent agents put out');
  await at('agent_removed');
  return silent.map(({ sid }) => sid);
}

async function giveUp({ call, caller, session }: WaitingCall, parts: Parts): Promise<undefined> {
  const { log } = parts;
  const reason = 'no_worker';
  try {
    const refused = await takeBack(parts.database, session.sessionId, reason);
    log.warn({ reason, refused, ms: call.ageMs }, 'no agent took the call');
    await parts.at('call_taken_back');
    if (refused) await turnAway(call, caller, parts);
  } catch (thrown) {
    // Whatever the database's trouble is, the caller must not ring on for it; the watch settles what has no room.
    log.error({ err: coerceError(thrown), reason }, 'the refusal could not be recorded');
    await turnAwayUnlessAnswered(call, caller, parts);
  }
}
