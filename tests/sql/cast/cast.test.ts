/** Every table, every action, everybody: who may, and whose rows. On a real Postgres and on the embedded one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPglite } from '../../../dev/stack/supabase-connection.ts';
import { applySchema, applySeed, postgresRunner, type SqlRunner } from '../../../dev/stack/supabase-schema.ts';
import { cloneDatabase, noPostgres } from '../../support/postgres.ts';
import { cast, organizationOf } from './actors.ts';
import { reachOfAttempts } from './attempt.ts';
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
