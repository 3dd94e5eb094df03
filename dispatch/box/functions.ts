/** What a function is on a box: its arguments parsed once, and rows as SQL would give them. */
import { z } from 'zod';
import { type Database, DatabaseFault, onlyRow } from '../../shared/db.ts';
import { isRefusal } from '../../shared/reasons.ts';
import type { LedgerCall } from './call-book.ts';
import type { Ledger } from './ledger.ts';
import { recordSchema } from './record.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Answer = (args: unknown) => readonly Row[];
export type Functions = Readonly<Record<string, Answer>>;

export function answer<Args>(schema: z.ZodType<Args>, rows: (args: Args) => readonly Row[]): Answer {
  return (args) => rows(schema.parse(args));
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

/** Functions that dispatch and agents both call. */
export function commonFunctions(ledger: Ledger): Functions {
  const finished = z.object({
    p_session_id: z.uuid(),
    p_end_reason: z.string(),
    p_record: recordSchema.nullish(),
    p_worker: z.string().nullish(),
  });
  const told = z.object({
    p_refusal_id: z.coerce.number().int(),
    p_outcome: z.enum(['played', 'forwarded', 'failed', 'caller_left', 'busy']),
  });
  return {
    finish_call: answer(finished, (p) => {
      const by = { worker: p.p_worker ?? null, record: p.p_record ?? null };
      return [{ finished: ledger.finish(p.p_session_id, p.p_end_reason, by) }];
    }),
    end_refusal: answer(told, (p) => [{ ended: ledger.endRefusal(p.p_refusal_id, p.p_outcome) }]),
  };
}

export function decisionOn({ reason, session }: LedgerCall) {
  const refused = reason !== null && isRefusal(reason);
  return { outcome: refused ? 'refused' : 'admitted', reason: refused ? reason : null, session_id: session };
}

export function whoseIs({ number }: LedgerCall) {
  return {
    organization_id: number?.organizationId ?? null,
    tenant: number?.tenant ?? null,
    number_id: number?.numberId ?? null,
    pool: number?.pool ?? null,
  };
}
