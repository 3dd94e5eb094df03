/** Lets a refused caller hear busy, as soon as LiveKit SIP can say it. */
import { coerceError } from '../shared/faults.ts';
import { callLog } from '../shared/log.ts';
import type { Call } from './calls.ts';
import { decisionsOn, roomOnRecord } from './decisions.ts';
import type { Parts } from './parts.ts';
import type { Caller, RoomState } from './room-state.ts';

/** By then a replica whose database answers, however slowly, has placed the call. */
const otherReplicaMs = 3_000;
/**
 * Where webhooks come here, the one of the caller's track does within this time: 35 ms after the caller. LiveKit is asked for the
 * track only when it has not, which is one request less for nearly every refusal.
 */
const trackWordMs = 60;

/** Deletes the room once the caller's own track is published; a caller who leaves first needs no answer. */
export async function turnAway(call: Call, caller: Caller, parts: Parts): Promise<void> {
  await close(call, await untilAudible(call, caller, parts), parts);
}

/** For a refusal that only this replica knows of: one that reaches the database may place the call meanwhile. */
export async function turnAwayUnlessPlaced(call: Call, caller: Caller, parts: Parts): Promise<void> {
  const audible = await untilAudible(call, caller, parts);
  await call.until(({ at }) => at === 'over', otherReplicaMs - call.ageMs);
  if (await parts.livekit.isPlaced(call.room)) parts.log.info({ ms: call.ageMs }, 'call carried by another replica');
  else await close(call, audible, parts);
}

/** For a call that was placed and that nobody can say of whether it was taken: whoever talks with the caller goes on. */
export async function turnAwayUnlessAnswered(call: Call, caller: Caller, parts: Parts): Promise<void> {
  const audible = await untilAudible(call, caller, parts);
  const { agents } = await parts.livekit.occupants(call.room);
  if (agents.some((agent) => agent.audible)) parts.log.info({ ms: call.ageMs }, 'call answered');
  else await close(call, audible, parts);
}

async function close(call: Call, audible: boolean, { livekit, log, at }: Parts): Promise<void> {
  if (call.state.at === 'over') {
    log.info({ ms: call.ageMs }, 'refused caller left first');
    return;
  }
  await at('refusal_due');
  await livekit.deleteRoom(call.room);
  await at('refusal_closed');
  log.info({ audible, ms: call.ageMs }, 'refused call closed');
}

/** For a caller's track in a room that this replica decided nothing about. */
export async function turnAwayIfRefusedElsewhere(call: Call, parts: Parts): Promise<void> {
  const decision = (await decisionsOn([call.room], parts.database)).get(roomOnRecord(call.room));
  if (decision?.outcome !== 'refused' || decision.spoken) return;
  await parts.livekit.deleteRoom(call.room);
  const log = callLog(parts.log, { room: call.room });
  log.info({ reason: decision.reason, ms: call.ageMs }, 'call refused by another replica closed');
}

/** True: the caller hears busy at once now, or has left. False: the track did not come in time. */
async function untilAudible(call: Call, caller: Caller, parts: Parts): Promise<boolean> {
  const soon = await call.until(needsNoWait, trackWordMs);
  if (needsNoWait(soon) || (await isAudible(call, caller, parts))) return true;
  return needsNoWait(await call.until(needsNoWait, parts.patience.trackMs));
}

function needsNoWait(state: RoomState): boolean {
  return state.at === 'over' || (state.at === 'occupied' && state.audible);
}

/**
 * The webhook of the track may have gone to another replica, before the refusal was on record. That replica asks for the
 * decision after the track, this one for the track after the decision: one of the two sees the other.
 */
async function isAudible(call: Call, caller: Caller, { livekit, log }: Parts): Promise<boolean> {
  try {
    const { legs } = await livekit.occupants(call.room);
    return legs.some(({ sid, audible }) => sid === caller.sid && audible);
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'could not ask LiveKit for the caller');
    return false;
  }
}
