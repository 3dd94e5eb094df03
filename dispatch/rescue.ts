/**
 * What becomes of a call that nobody holds: its worker died, was cut off or gave it away, or nobody had taken it. LiveKit
 * neither offers a lost job again nor closes a room in which a caller still waits.
 */
import type { LostCall } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import { callLog } from '../shared/log.ts';
import type { EndReason } from '../shared/reasons.ts';
import type { Call } from './calls.ts';
import { connect } from './connect.ts';
import { type AgentIn, isEmpty, type Occupants } from './livekit.ts';
import type { Parts, Patience } from './parts.ts';
import { awaitAgent } from './place.ts';
import { turnAway } from './refuse.ts';
import type { Caller } from './room-state.ts';
import { finish, takeBack } from './settle.ts';

/** No placement begins later: then the caller hears busy. */
const lastPlacementMs = 8_000;
/** Of an answered call: each is tried for 4 s, and the caller hears silence meanwhile. */
const mostPlacements = 6;
/** So often the room of an answered call may be empty: after a restart of LiveKit the caller is on the way back into it. */
const mostEmptySights = 3;

export async function rescue(call: Call, lost: LostCall, given: Parts): Promise<void> {
  const { sessionId: session, sipCallId, tenant, numberId: number } = lost;
  const log = callLog(given.log, { call: sipCallId, room: lost.room, session, tenant, number });
  const parts = { ...given, log };
  await parts.at('lost_call_claimed');

  const lostMs = call.ageMs;
  const verdict = verdictOn(lost, await lookInto(lost, parts));
  log.warn({ verdict: verdict.kind, worker: lost.worker, state: lost.state, ageMs: lost.ageMs }, 'lost call found');
  await parts.at('lost_call_seen');
  switch (verdict.kind) {
    case 'unknown':
      return;
    case 'in_hands': {
      // Taken by nobody and not heard, it may be mute. Who waits for it elsewhere has lost the right to place the call again.
      if (lost.state === 'active' || verdict.isHeard) return;
      const patience = patienceFor(lost, parts.patience, lostMs);
      const waiting = { call, caller: verdict.caller, session: lost, state: lost.state, gone: new Set<string>() };
      return connect(waiting, { ...parts, patience }, awaitAgent);
    }
    case 'caller_gone':
      return settle(lost, lost.state === 'pending' ? 'caller_gave_up' : 'worker_lost', parts);
    case 'too_late':
      return lost.state === 'pending' ? refuse(call, verdict.caller, lost, parts) : settle(lost, 'worker_lost', parts);
    case 'place': {
      // A process that was killed stays in the room for 15 to 20 s, and is heard by nobody.
      await Promise.all(verdict.agents.map(({ identity }) => parts.livekit.remove(lost.room, identity)));
      const { caller } = verdict;
      // Their leaving may have been told to another replica.
      const told = call.state.at === 'occupied' ? call.state.agents : [];
      const gone = new Set([...verdict.agents, ...told].map(({ sid }) => sid));
      const patience = patienceFor(lost, parts.patience, lostMs);
      return connect({ call, caller, session: lost, state: lost.state, gone }, { ...parts, patience });
    }
  }
}

/** Of a call that rings, what is left of it; both limits count from when this replica first heard of the call. */
function patienceFor({ state, ageMs }: LostCall, usual: Patience, lostMs: number): Patience {
  if (state === 'active') return usual;
  const earlierMs = ageMs - lostMs;
  return { ...usual, placeUntilMs: usual.placeUntilMs - earlierMs, ringUntilMs: usual.ringUntilMs - earlierMs };
}

export type RescueVerdict =
  /** An agent is there that could not take the call yet, because the database was away, or is about to. */
  | { readonly kind: 'in_hands'; readonly caller: Caller; readonly isHeard: boolean }
  /** LiveKit did not answer, or has just come back and knows nothing; the watch finds the call again in 4 s. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'caller_gone' }
  /** The caller waited long enough; undefined: LiveKit did not say whether there still is one. */
  | { readonly kind: 'too_late'; readonly caller: Caller | undefined }
  | { readonly kind: 'place'; readonly caller: Caller; readonly agents: Occupants['agents'] };

/** @param seen undefined: LiveKit did not answer */
export function verdictOn(lost: LostCall, seen: Occupants | undefined): RescueVerdict {
  const pending = lost.state === 'pending';
  const late = pending ? lost.ageMs > lastPlacementMs : lost.placements > mostPlacements;
  if (seen === undefined) return late ? { kind: 'too_late', caller: undefined } : { kind: 'unknown' };
  if (!pending && isEmpty(seen) && lost.placements <= mostEmptySights) return { kind: 'unknown' };
  const found = seen.legs.find(({ leg }) => leg?.sipCallId === lost.sipCallId);
  if (found?.leg === undefined) return { kind: 'caller_gone' };
  const isAtWork = ({ audible }: AgentIn) => audible || (pending && !late);
  const caller = { sid: found.sid, leg: found.leg };
  if (lost.worker === null && seen.agents.some(isAtWork))
    return { kind: 'in_hands', caller, isHeard: seen.agents.some(({ audible }) => audible) };
  return late ? { kind: 'too_late', caller } : { kind: 'place', caller, agents: seen.agents };
}

/** Undefined: LiveKit does not answer. */
async function lookInto(lost: LostCall, { livekit, log }: Parts): Promise<Occupants | undefined> {
  try {
    return await livekit.occupants(lost.room);
  } catch (thrown) {
    log.error({ err: coerceError(thrown) }, 'could not ask LiveKit for a lost call');
    return undefined;
  }
}

async function settle({ sessionId, room }: LostCall, reason: EndReason, parts: Parts): Promise<void> {
  // The slot is freed first: a room that cannot be deleted must not keep it taken.
  if (!(await finish(parts.database, sessionId, reason))) return;
  await parts.at('lost_call_settled');
  await parts.livekit.deleteRoom(room);
  parts.log.warn({ reason }, 'lost call ended');
}

async function refuse(call: Call, caller: Caller | undefined, lost: LostCall, parts: Parts): Promise<void> {
  const reason = 'no_worker';
  if (!(await takeBack(parts.database, lost.sessionId, reason))) return;
  await parts.at('lost_call_settled');
  if (caller === undefined) await parts.livekit.deleteRoom(lost.room);
  else await turnAway(call, caller, parts);
  parts.log.warn({ reason }, 'lost call refused');
}
