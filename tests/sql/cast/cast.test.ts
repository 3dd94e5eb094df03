/** Every table, every action, everybody: who may, and whose rows. On a real Postgres and on the embedded one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPglite } from '../../../dev/stack/supabase-connection.ts';
import { applySchema, applySeed, postgresRunner, type SqlRunner } from '../../../dev/stack/supabase-schema.ts';
import { cloneDatabase, noPostgres } from '../../support/postgres.ts';
import { cast, organizationOf } from './actors.ts';
import { attempt, reachOfAttempts } from './attempt.ts';
import { apiFunctions, may } from './functions.ts';
import { actions, changeable, reachOf, rights, sentence } from './rights.ts';
import { addRows } from './rows.ts';

interface Opened {
  readonly database: SqlRunner;
  close(): Promise<void>;
}

async function openReal(): Promise<Opened> {
  const { sql, close } = await cloneDatabase();
  return { database: postgresRunner(sql), close };
}

async function openEmbedded(): Promise<Opened> {
  const { connection, migrate } = await openPglite();
  const runner = await new Promise<SqlRunner>((resolve, reject) => {
    migrate(async (database) => resolve(database)).catch(reject);
  });
  await applySchema(runner);
  await applySeed(runner);
  return { database: runner, close: () => connection.close() };
}

const checks = Object.entries(rights).flatMap(([table, may]) =>
  actions.flatMap((action) =>
    cast.map((player) => {
      const reach = reachOf(player, may, action);
      return [sentence(player, table, action, reach), { table, may, action, player, reach }] as const;
    }),
  ),
);

const deeds = apiFunctions.flatMap(({ least, does, statement }) =>
  cast.map((player) => {
    const allowed = may(player, least);
    return [`${player.who} ${allowed ? does : `is kept from it: ${does}`}`, { player, statement, allowed }] as const;
  }),
);

describe.each([
  { name: 'a real Postgres', open: openReal, skipped: noPostgres },
  { name: 'the embedded Postgres', open: openEmbedded, skipped: false },
])('on $name', ({ open, skipped }) => {
  describe.skipIf(skipped)('the cast', () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
      await addRows(opened.database);
    });
    afterAll(() => opened?.close());
    const found = async (text: string) => opened.database.query(text, []);

    test('every table has its line (R7.1)', async () => {
      const tables = await found(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
      expect(Object.keys(rights)).toEqual(tables.map(({ name }) => name));
    });

    test('everybody who is said to have rows has some (R7.1)', async () => {
      for (const [table, { holder, holders }] of Object.entries(rights)) {
        const whose = await found(`select distinct ${holder ?? 'null::uuid'} as organization from ${table}`);
        const expected = holders.map((each) => organizationOf[each]);
        expect(new Set(whose.map(({ organization }) => organization)), table).toEqual(new Set(expected));
      }
    });

    test.each(checks)('%s (R7.1)', async (_says, { table, may, action, player, reach }) => {
      expect(await reachOfAttempts(opened.database, player, table, { action, rights: may })).toEqual(reach);
    });

    test('every function of the API has its line (R7.1)', async () => {
      const functions = await found(`select distinct proname as name from pg_proc
        where pronamespace = 'public'::regnamespace and proname like 'api\\_%' order by 1`);
      const lines = new Set(apiFunctions.map(({ name }) => name));
      expect(new Set(functions.map(({ name }) => name))).toEqual(lines);
    });

    test.each(deeds)('%s (R7.1)', async (_says, { player, statement, allowed }) => {
      const outcome = await attempt(opened.database, player.actor, statement);
      if (player.standing.is === 'outside') expect(outcome).toMatchObject({ is: 'refused', by: 'grant' });
      else if (allowed) expect(outcome).toMatchObject({ is: 'done', rows: expect.arrayContaining([{ found: 1 }]) });
      else expect(outcome.is === 'refused' || (outcome.is === 'done' && outcome.rows.length === 0)).toBe(true);
    });

    test('nobody who is signed in writes another column than those named here (R7.1)', async () => {
      const granted = await found(`select table_name as "table", column_name as "column"
        from information_schema.column_privileges where table_schema = 'public' and grantee = 'authenticated'
        and privilege_type = 'UPDATE' order by 1, 2`);
      const columns = Object.entries(changeable).flatMap(([table, names]) =>
        names.map((column) => ({ table, column })),
      );
      expect(granted.map((row) => ({ ...row }))).toEqual(columns);
    });
  });
});
