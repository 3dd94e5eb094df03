/** Asks the database whether this call may come in, and whose it is. */
import { ConstantBackoff, handleType, retry } from 'cockatiel';
import { type Admission, admissionSchema, roomDecisionSchema, type SipLeg } from '../shared/contracts.ts';
import { type Database, DatabaseAway, DatabaseFault } from '../shared/db.ts';
import type { RoomName } from '../shared/ids.ts';
import type { OfflineAdmission } from '../shared/jobs.ts';
import { admitKnown, nobodyCouldSay } from './admit-known.ts';
import type { Call } from './calls.ts';
import { roomOnRecord } from './decisions.ts';
import type { Parts } from './parts.ts';
import type { Caller } from './room-state.ts';

export type Admitted = Extract<Admission, { outcome: 'admitted' }> & {
  /** Admitted from memory: the database knows nothing of it yet. */
  readonly offline?: OfflineAdmission;
};
export type Refused = Extract<Admission, { outcome: 'refused' }> & {
  /** False: only this replica knows of it, another one may have placed the call meanwhile. */
  readonly onRecord: boolean;
};
export type Decision =
  | Admitted
  | Refused
  /** Another replica got the same webhook first and is carrying this call. */
  | { readonly outcome: 'carried_elsewhere'; readonly session: Admitted }
  /** A proxy delivered one INVITE by two ways: LiveKit SIP made two rooms of it, and the other one has the call. */
  | { readonly outcome: 'merged'; readonly session: Admitted };

/** `admit_call` may be asked twice for one call; a moment's ringing is better than busy. */
const onceMore = retry(handleType(DatabaseAway), { maxAttempts: 1, backoff: new ConstantBackoff(500) });

export async function admit(call: Call, caller: Caller, parts: Parts): Promise<Decision> {
  const { database, known, log } = parts;
  const { answer: admission, unheard } = await ask(call.room, caller.leg, database);
  if (admission instanceof Error) {
    // Whatever the database's trouble is, the caller must not ring on for it.
    log.error({ err: admission }, 'nobody could say whose number this is');
    if (known === undefined || !(admission instanceof DatabaseAway)) return nobodyCouldSay;
    return admitKnown(call, caller, { ...parts, known });
  }
  known?.learn(caller.leg.called, admission);
  if (admission.outcome === 'refused') return { ...admission, onRecord: true };
  const outcome = admission.repeated ? await whyRepeated(call.room, unheard, parts) : 'admitted';
  // Another replica's call has a line too, where this one heard of it.
  if (outcome !== 'merged') known?.hold({ room: call.room, callerSid: caller.sid }, admission);
  return outcome === 'admitted' ? admission : { outcome, session: admission };
}

interface Asked {
  /** The database's answer, or its trouble. */
  readonly answer: Admission | DatabaseAway | DatabaseFault;
  /** Asked before without hearing an answer: that question may have admitted the call. */
  readonly unheard: boolean;
}

async function ask(room: RoomName, leg: SipLeg, database: Database): Promise<Asked> {
  let tries = 0;
  const question = admissionArguments(room, leg);
  try {
    const answer = await onceMore.execute(() => {
      tries += 1;
      return database.row('admit_call', question, admissionSchema);
    });
    return { answer, unheard: tries > 1 };
  } catch (thrown) {
    if (thrown instanceof DatabaseAway || thrown instanceof DatabaseFault) return { answer: thrown, unheard: true };
    throw thrown;
  }
}

async function whyRepeated(
  room: RoomName,
  unheard: boolean,
  { database, livekit, log }: Parts,
): Promise<'admitted' | 'merged' | 'carried_elsewhere'> {
  try {
    if ((await decisionOn(room, database)) === undefined) return 'merged';
    // If another replica carries it after all, `claim_call` and `take_call` let one of the two have it.
    return unheard && !(await livekit.isPlaced(room)) ? 'admitted' : 'carried_elsewhere';
  } catch (thrown) {
    if (!(thrown instanceof DatabaseAway || thrown instanceof DatabaseFault)) throw thrown;
    // Of the two this one closes no room; the watcher finds a call that nobody carries.
    log.warn({ err: thrown }, 'could not ask in which room the call is carried');
    return 'carried_elsewhere';
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
