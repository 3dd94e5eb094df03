/** Asks the database whether this call may come in, and whose it is. */
import { ConstantBackoff, handleType, retry } from 'cockatiel';
import { type Admission, admissionSchema, roomDecisionSchema, type SipLeg } from '../shared/contracts.ts';
import { type Database, DatabaseAway, DatabaseFault } from '../shared/db.ts';
import type { RoomName } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import { printable } from './printable.ts';

export type Admitted = Extract<Admission, { outcome: 'admitted' }>;
export type Decision =
  | Admission
  /** Another replica got the same webhook first and is carrying this call. */
  | { readonly outcome: 'carried_elsewhere'; readonly session: Admitted }
  /** A proxy delivered one INVITE by two ways: LiveKit SIP made two rooms of it, and the other one has the call. */
  | { readonly outcome: 'merged'; readonly session: Admitted };

/** `admit_call` may be asked twice for one call; a moment's ringing is better than busy. */
const onceMore = retry(handleType(DatabaseAway), { maxAttempts: 1, backoff: new ConstantBackoff(500) });

export async function admit(room: RoomName, leg: SipLeg, database: Database, log: Logger): Promise<Decision> {
  try {
    const question = admissionArguments(room, leg);
    const admission = await onceMore.execute(() => database.row('admit_call', question, admissionSchema));
    if (admission.outcome === 'refused' || !admission.repeated) return admission;
    const outcome = (await decisionOn(room, database)) === undefined ? 'merged' : 'carried_elsewhere';
    return { outcome, session: admission };
  } catch (thrown) {
    // Whatever the database's trouble is, the caller must not ring on for it.
    if (!(thrown instanceof DatabaseAway || thrown instanceof DatabaseFault)) throw thrown;
    log.error({ err: thrown }, 'nobody could say whose number this is');
    return { outcome: 'refused', reason: 'database_away', tenant: null, numberId: null };
  }
}

/** What any replica decided about the call in this room; undefined: nothing yet, or nothing about this room. */
export async function decisionOn(room: RoomName, database: Database) {
  const [decision] = await database.rows('room_decision', { p_room: roomOnRecord(room) }, roomDecisionSchema);
  return decision;
}

function admissionArguments(room: RoomName, leg: SipLeg) {
  return {
    p_called: leg.called,
    p_caller: leg.caller,
    p_sip_call_id: leg.sipCallId,
    p_sip_from_tag: leg.fromTag,
    p_room: roomOnRecord(room),
  };
}

/** A room's name holds what was dialled. */
function roomOnRecord(room: RoomName): string {
  return printable(room, 256);
}
