/** Trying things in the database as somebody, without a trace: each attempt is rolled back. */
import { z } from 'zod';
import type { SqlRunner } from '../../../dev/stack/supabase-schema.ts';
import type { Actor } from '../roles.ts';
import { type Holder, organizationOf, type Player } from './actors.ts';
import type { Action, Reach, Rights } from './rights.ts';

/** `stopped`: a constraint or a trigger said no, which nothing gets to that a policy stops. */
export type Outcome =
  | { readonly is: 'done'; readonly rows: readonly Record<string, unknown>[] }
  | { readonly is: 'stopped'; readonly why: string }
  | { readonly is: 'refused'; readonly by: 'grant' | 'policy'; readonly why: string };

const failureSchema = z.object({ code: z.string(), message: z.string() });

export async function attempt(database: SqlRunner, actor: Actor, statement: string): Promise<Outcome> {
  await database.script('begin');
  try {
    const userId = actor.role === 'authenticated' ? actor.userId : '';
    await database.query(`select set_config('request.jwt.claim.sub', $1, true), set_config('role', $2, true)`, [
      userId,
      actor.role,
    ]);
    return { is: 'done', rows: await database.query(statement, []) };
  } catch (thrown) {
    const failure = failureSchema.safeParse(thrown);
    if (!failure.success) throw thrown;
    const { code, message: why } = failure.data;
    if (/^(23|PT)/.test(code)) return { is: 'stopped', why };
    if (code !== '42501') throw thrown;
    return { is: 'refused', by: why.includes('row-level security') ? 'policy' : 'grant', why };
  } finally {
    await database.script('rollback');
  }
}

/** How far somebody really gets, tried with the rows of each holder. */
export async function reachOfAttempts(
  database: SqlRunner,
  { actor }: Player,
  table: string,
  to: { readonly action: Action; readonly rights: Rights },
): Promise<Reach> {
  const reached: Holder[] = [];
  for (const holder of to.rights.holders) {
    const outcome = await attempt(database, actor, statementFor(table, to.action, to.rights, holder));
    if (outcome.is === 'refused' && outcome.by === 'grant') return 'refused';
    const touchesNothing = outcome.is === 'done' && to.action !== 'add' && outcome.rows.length === 0;
    if (outcome.is !== 'refused' && !touchesNothing) reached.push(holder);
  }
  return reached;
}

function statementFor(table: string, action: Action, { holder: column, column: changed }: Rights, holder: Holder) {
  const organization = organizationOf[holder];
  const value = organization === null ? 'null' : `'${organization}'`;
  const theirs = column === null ? 'true' : `${column} is not distinct from ${value}`;
  switch (action) {
    case 'read':
      return `select 1 as found from ${table} where ${theirs}`;
    case 'add':
      return column === null
        ? `insert into ${table} default values`
        : `insert into ${table} (${column}) values (${value})`;
    case 'change':
      return `update ${table} set ${changed} = ${changed} where ${theirs} returning 1 as found`;
    case 'remove':
      return `delete from ${table} where ${theirs} returning 1 as found`;
  }
}
