/** The functions that dispatch itself calls, answered by the ledger. */
import { z } from 'zod';
import type { LedgerCall } from './call-book.ts';
import { answer, commonFunctions, decisionOn, type Functions, type Row, whoseIs } from './functions.ts';
import type { Ledger } from './ledger.ts';

const text = z.string();
const limitSchema = z.object({ p_limit: z.int() });
const cut = (longest: number) => text.nullish().transform((value) => (value ?? '').slice(0, longest));
const inviteSchema = z
  .object({
    p_called: cut(64),
    p_caller: cut(256),
    p_sip_call_id: cut(512),
    p_sip_from_tag: cut(128),
    p_room: cut(256),
  })
  .transform((p) => ({
    called: p.p_called,
    caller: p.p_caller,
    sipCallId: p.p_sip_call_id,
    fromTag: p.p_sip_from_tag,
    room: p.p_room,
  }));
const claimSchema = z.object({
  p_session_id: z.uuid(),
  p_placements: z.int(),
  p_from_worker: z.boolean().nullish(),
});

export function dispatchFunctions(ledger: Ledger, nowMs: () => number): Functions {
  const { book, holding } = ledger;
  const ageMs = ({ startedAtMs }: LedgerCall) => Math.round(nowMs() - startedAtMs);
  const lost = (limit: number) =>
    holding.lost(limit).map(({ call, worker }) => ({ ...callRow(call, ageMs(call)), worker }));
  return {
    ...commonFunctions(ledger),
    admit_call: answer(inviteSchema, (invite) => {
      const { call, repeated } = ledger.admit(invite);
      const given = { number_limit: call.number?.maxCalls ?? null, answer: ledger.answerOf(call), repeated };
      return [{ ...decisionOn(call), ...whoseIs(call), ...given }];
    }),
    room_decision: answer(z.object({ p_room: text }), ({ p_room }) => {
      const call = book.inRoom(p_room);
      return call === undefined ? [] : [{ ...decisionOn(call), reason: call.reason }];
    }),
    room_decisions: answer(z.object({ p_rooms: z.array(text) }), ({ p_rooms }) =>
      [...new Set(p_rooms)].flatMap((room) => {
        const call = book.inRoom(room);
        return call === undefined
          ? []
          : [{ room, ...decisionOn(call), reason: call.reason, ...howItStands(call, ledger) }];
      }),
    ),
    refuse_call: answer(z.object({ p_session_id: z.uuid(), p_reason: text }), (p) => [
      { refused: ledger.refuse(p.p_session_id, p.p_reason) },
    ]),
    // Nothing is recorded on a box.
    forget_recordings: () => [{ forgotten: 0 }],
    claim_lost_calls: answer(limitSchema, ({ p_limit }) => lost(p_limit)),
    claim_call: answer(claimSchema, (p) => [
      { claimed: holding.claim(p.p_session_id, p.p_placements, p.p_from_worker ?? false) },
    ]),
    live_calls: answer(z.object({}), () => book.lives().map((call) => callRow(call, ageMs(call)))),
  };
}

/** Over: it had a session, and that ended. Spoken: refused, and an agent tells the caller so. */
function howItStands(call: LedgerCall, ledger: Ledger) {
  const over = call.session !== null && call.endedAtMs !== null;
  return { over, spoken: call.answer !== null && ledger.refusals.isOn(call.answer) };
}

function callRow(call: LedgerCall, age_ms: number): Row {
  return {
    session_id: call.session,
    sip_call_id: call.invite.sipCallId,
    ...whoseIs(call),
    called_number: call.invite.called,
    caller_number: call.invite.caller,
    room: call.invite.room,
    state: call.state,
    worker: call.worker,
    placements: call.placements,
    age_ms,
  };
}
