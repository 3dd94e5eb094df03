/** The functions that dispatch and agents call, answered by the ledger and the files: rows as SQL would give them. */
import { z } from 'zod';
import { type Database, DatabaseFault, onlyRow } from '../../shared/db.ts';
import { isRefusal } from '../../shared/reasons.ts';
import type { Ledger, LedgerCall } from './ledger.ts';
import type { DidSource } from './source.ts';

export type Row = Readonly<Record<string, unknown>>;
type Answer = (args: unknown) => readonly Row[];
export type Functions = Readonly<Record<string, Answer>>;

const text = z.string();
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
const heldSchema = z.object({ p_session_id: z.uuid(), p_worker: text });

/** A function of one border: its arguments parsed once. */
function answer<Args>(schema: z.ZodType<Args>, rows: (args: Args) => readonly Row[]): Answer {
  return (args) => rows(schema.parse(args));
}

export function dispatchFunctions(ledger: Ledger): Functions {
  return {
    admit_call: answer(inviteSchema, (invite) => {
      const { call, repeated } = ledger.admit(invite);
      return [{ ...decisionOn(call), ...whoseIs(call), repeated }];
    }),
    room_decision: answer(z.object({ p_room: text }), ({ p_room }) => {
      const call = ledger.inRoom(p_room);
      return call === undefined ? [] : [{ ...decisionOn(call), reason: call.reason }];
    }),
    refuse_call: answer(z.object({ p_session_id: z.uuid(), p_reason: text }), (p) => [
      { refused: ledger.refuse(p.p_session_id, p.p_reason) },
    ]),
    expired_calls: answer(z.object({ p_limit: z.int() }), ({ p_limit }) =>
      ledger.expired(p_limit).map(({ call, worker }) => ({
        session_id: call.session,
        sip_call_id: call.invite.sipCallId,
        ...whoseIs(call),
        room: call.invite.room,
        state: call.state,
        worker,
      })),
    ),
    finish_call: finishCall(ledger),
  };
}

export function agentFunctions(ledger: Ledger, source: Pick<DidSource, 'lookUp' | 'changesSince'>): Functions {
  return {
    take_call: answer(heldSchema, (p) => {
      const taken = ledger.take(p.p_session_id, p.p_worker);
      return [{ taken, reason: taken ? null : (ledger.session(p.p_session_id)?.reason ?? null) }];
    }),
    answer_call: answer(heldSchema, (p) => [{ answered: ledger.answer(p.p_session_id, p.p_worker) }]),
    renew_leases: answer(z.object({ p_worker: text, p_session_ids: z.array(z.uuid()) }), (p) =>
      p.p_session_ids.map((session) => {
        const verdict = ledger.renew(session, p.p_worker) ? 'keep' : 'lost';
        return { session_id: session, verdict, reason: ledger.session(session)?.reason ?? null };
      }),
    ),
    finish_call: finishCall(ledger),
    open_ticket: answer(heldSchema.extend({ p_ticket: z.looseObject({ id: z.uuid() }) }), (p) => {
      const opened = ledger.openTicket(p.p_session_id, p.p_worker, p.p_ticket);
      return [{ opened, reason: opened ? null : (ledger.session(p.p_session_id)?.reason ?? null) }];
    }),
    lookup_number: answer(z.object({ p_called: text }), ({ p_called }) => {
      const row = source.lookUp(p_called);
      return row === undefined ? [] : [row];
    }),
    // A file that does not pass its checks never comes into force, so no earlier version is ever asked for.
    lookup_number_before: () => [],
    config_changes: answer(z.object({ p_since: z.number().nullish() }), (p) => source.changesSince(p.p_since ?? null)),
  };
}

/** The same door as to SQL, without a network in between. */
export function databaseOf(functions: Functions): Database {
  async function rows<Found>(name: string, args: Row, row: z.ZodType<Found>): Promise<Found[]> {
    const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (run === undefined) throw new DatabaseFault(`there is no ${name} on a box without a database`);
    return z.array(row).parse(run(args));
  }
  return {
    rows,
    async row(name, args, row) {
      return onlyRow(name, await rows(name, args, row));
    },
  };
}

function finishCall(ledger: Ledger): Answer {
  const schema = z.object({
    p_session_id: z.uuid(),
    p_end_reason: text,
    p_record: z.unknown().optional(),
    p_worker: text.nullish(),
  });
  return answer(schema, (p) => {
    const by = { worker: p.p_worker ?? null, record: p.p_record ?? null };
    return [{ finished: ledger.finish(p.p_session_id, p.p_end_reason, by) }];
  });
}

function decisionOn({ reason, session }: LedgerCall) {
  const refused = reason !== null && isRefusal(reason);
  return { outcome: refused ? 'refused' : 'admitted', reason: refused ? reason : null, session_id: session };
}

function whoseIs({ number }: LedgerCall) {
  return {
    organization_id: number?.organizationId ?? null,
    tenant: number?.tenant ?? null,
    number_id: number?.numberId ?? null,
    pool: number?.pool ?? null,
  };
}
