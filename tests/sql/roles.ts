/** Acting in the database as somebody: the way PostgREST does, with the role and the user of a token. */
import type { Sql, TransactionSql } from 'postgres';
import type { z } from 'zod';
import type { Database } from '../../shared/db.ts';

export type Actor =
  | { readonly role: 'anon' | 'switchboard_agent' | 'switchboard_dispatch' | 'switchboard_operator' | 'service_role' }
  | { readonly role: 'authenticated'; readonly userId: string };

export const agentRole: Actor = { role: 'switchboard_agent' };
export const dispatchRole: Actor = { role: 'switchboard_dispatch' };
export const operatorRole: Actor = { role: 'switchboard_operator' };

export function actAs<Result>(
  sql: Sql,
  actor: Actor,
  act: (transaction: TransactionSql) => Promise<Result>,
): Promise<Result> {
  const run = async (transaction: TransactionSql): Promise<Result> => {
    const userId = actor.role === 'authenticated' ? actor.userId : '';
    await transaction`select set_config('request.jwt.claim.sub', ${userId}, true), set_config('role', ${actor.role}, true)`;
    return act(transaction);
  };
  return sql.begin(run) as Promise<Result>;
}

/** The door of shared/db.ts over a direct connection, so that a test of the functions runs on both. */
export function databaseAs(sql: Sql, actor: Actor): Database {
  async function rows<Row>(name: string, args: Readonly<Record<string, unknown>>, row: z.ZodType<Row>): Promise<Row[]> {
    const named = Object.keys(args).map((key, index) => `${key} => $${index + 1}`);
    const text = `select * from public.${name}(${named.join(', ')})`;
    const found = await actAs(sql, actor, (transaction) => transaction.unsafe(text, Object.values(args) as string[]));
    return found.map((values) => row.parse({ ...values }));
  }
  return {
    rows,
    async row(name, args, row) {
      const [only] = await rows(name, args, row);
      if (only === undefined) throw new Error(`${name} returned no row`);
      return only;
    },
  };
}
