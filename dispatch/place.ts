/** Finds an agent for an admitted call. */
import type { CallJob, RoomMetadata } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import type { Admitted } from './admit.ts';
import type { Call } from './calls.ts';
import type { Parts } from './parts.ts';
import type { Caller, RoomState } from './room-state.ts';

export type Placement = 'agent_joined' | 'caller_gone' | 'room_closed' | 'nobody_came';

/** LiveKit offers a job once and forgets it when nobody takes it: the second try is ours. */
const tries = 2;

export async function place(call: Call, caller: Caller, admitted: Admitted, parts: Parts): Promise<Placement> {
  for (let attempt = 1; attempt <= tries; attempt++) {
    // CreateDispatch asks for one more agent each time, and makes the room anew when it is gone.
    const decided = placementIn(call.state);
    if (decided !== undefined) return decided;
    try {
      const placement = await offerOnce(call, caller, admitted, parts);
      if (placement !== 'nobody_came') return placement;
      parts.log.warn({ attempt, ms: call.ageMs }, 'no agent came');
    } catch (thrown) {
      parts.log.error({ err: coerceError(thrown), attempt, ms: call.ageMs }, 'call could not be placed');
    }
  }
  return 'nobody_came';
}

/** One offer to the pool and one wait for its agent. @throws when LiveKit does not do what it is asked */
async function offerOnce(call: Call, caller: Caller, admitted: Admitted, parts: Parts): Promise<Placement> {
  if ((await offer(call, caller, admitted, parts)) === 'no_room') return 'caller_gone';
  parts.log.info({ pool: admitted.pool, ms: call.ageMs }, 'call placed');
  const decided = placementIn(await call.until((state) => placementIn(state) !== undefined, parts.patience.agentMs));
  if (decided !== undefined) return decided;
  // The webhooks may have gone to another replica: the server knows who is there.
  const presence = await parts.livekit.presence(call.room, caller.sid);
  if (presence.agentIn) return 'agent_joined';
  return presence.callerIn ? 'nobody_came' : 'caller_gone';
}

/** Undefined: the caller rings and waits. */
function placementIn(state: RoomState): Placement | undefined {
  switch (state.at) {
    case 'empty':
    case 'ringing':
      return undefined;
    case 'held':
      return 'agent_joined';
    case 'over':
      return state.by === 'caller' ? 'caller_gone' : 'room_closed';
  }
}

async function offer(call: Call, caller: Caller, admitted: Admitted, { livekit }: Parts) {
  const job = jobMetadata(caller, admitted);
  const room: RoomMetadata = { ...job, caller_number: caller.leg.caller };
  const [answer] = await Promise.all([
    livekit.setRoomMetadata(call.room, JSON.stringify(room)),
    livekit.dispatchAgent(call.room, admitted.pool, JSON.stringify(job)),
  ]);
  return answer;
}

export function jobMetadata(caller: Caller, admitted: Admitted): CallJob {
  return {
    v: 1,
    kind: 'call',
    tenant: admitted.tenant,
    session_id: admitted.sessionId,
    number_id: admitted.numberId,
    called_number: caller.leg.called,
    ...(admitted.offline && { offline: admitted.offline }),
  };
}
