/**
 * Whether a room and the database agree, as a pure decision. Most disagreements are the moment between two events, so each
 * verdict says for how long it must stay true before it is acted on.
 */
import type { LiveCall, RoomDecision } from '../shared/contracts.ts';
import { isEmpty, type Occupants, type SipLegIn } from './livekit.ts';
import type { Caller } from './room-state.ts';

export type RoomVerdict =
  | { readonly kind: 'fine' }
  /** A caller rings and nobody has decided: the webhook was lost, or who got it died. */
  | { readonly kind: 'undecided'; readonly forMs: number; readonly caller: Caller; readonly audible: boolean }
  /** Rings although it was admitted long ago. */
  | { readonly kind: 'overdue'; readonly forMs: number; readonly row: LiveCall }
  /** Nobody has anything to expect of this room. */
  | { readonly kind: 'leftover'; readonly forMs: number; readonly why: Leftover }
  /** An answered leg that nobody knows: of an older deployment, or put there by hand. */
  | { readonly kind: 'stranger' };

export type Leftover = 'session_over' | 'refused' | 'agents_only' | 'not_ours';

export interface RoomFile {
  readonly row: LiveCall | undefined;
  readonly decision: RoomDecision | undefined;
  /** Dispatch wrote into the room that it placed the call while the database was away. */
  readonly offline: boolean;
  readonly occupants: Occupants;
}

/** Who carries a call asks the database within half a second of its coming, unless that is slow. */
const undecidedMs = 1_500;
/** Who refuses waits 2 s for the caller's track. */
const refusedMs = 3_000;
/** As long as LiveKit itself waits after a caller has left. */
const leftBehindMs = 5_000;
/** An empty room is gone before: a Redis that came back without its memory knows the room of a leg, and not the leg. */
const forgottenMs = 15_000;
/** Longer than `speakRefusal` waits for an agent and then for its sound. */
const untoldMs = 8_000;
/** A call placed without the database has its agent by then, or was refused. */
const placedOfflineMs = 10_000;
/** A caller hears something other than ringing within 10 s of admission. */
export const longestPendingMs = 10_000;

export function judge(file: RoomFile, ownsPrefix: boolean): RoomVerdict {
  const { row, decision } = file;
  if (row !== undefined) return judgeLive(row, file.occupants);
  if (decision === undefined) return judgeUnknown(file, ownsPrefix);
  // LiveKit closes it itself, unless it has forgotten who is in it.
  if (isEmpty(file.occupants))
    return decision.over ? { kind: 'leftover', forMs: forgottenMs, why: 'session_over' } : { kind: 'fine' };
  // Whoever was to tell the caller has not come, is not heard or has died: who sent for it says busy itself before.
  if (decision.spoken && !file.occupants.agents.some(({ audible }) => audible))
    return { kind: 'leftover', forMs: untoldMs, why: 'refused' };
  if (decision.spoken) return { kind: 'fine' };
  if (decision.over) return { kind: 'leftover', forMs: undecidedMs, why: 'session_over' };
  // An admitted call without a row was admitted between two questions.
  if (decision.outcome === 'admitted') return { kind: 'fine' };
  return { kind: 'leftover', forMs: refusedMs, why: 'refused' };
}

function judgeLive(row: LiveCall, { agents }: Occupants): RoomVerdict {
  if (row.state === 'active' || row.ageMs <= longestPendingMs) return { kind: 'fine' };
  // It talks, and the database was away when the caller was answered.
  if (agents.some(({ audible }) => audible)) return { kind: 'fine' };
  return { kind: 'overdue', forMs: 0, row };
}

function judgeUnknown({ occupants, offline }: RoomFile, ownsPrefix: boolean): RoomVerdict {
  const { legs, agents, others } = occupants;
  const [first] = legs;
  if (first === undefined) {
    const agentsOnly = agents.length > 0 && others === 0;
    return agentsOnly ? { kind: 'leftover', forMs: leftBehindMs, why: 'agents_only' } : { kind: 'fine' };
  }
  if (isRinging(first, occupants)) {
    if (first.leg === undefined) return { kind: 'fine' };
    const { sid, leg, audible } = first;
    return { kind: 'undecided', forMs: offline ? placedOfflineMs : undecidedMs, caller: { sid, leg }, audible };
  }
  // Its agent brings it into the books.
  if (offline) return { kind: 'fine' };
  return ownsPrefix ? { kind: 'leftover', forMs: leftBehindMs, why: 'not_ours' } : { kind: 'stranger' };
}

function isRinging({ ringing }: SipLegIn, { agents }: Occupants): boolean {
  return ringing && !agents.some(({ audible }) => audible);
}
