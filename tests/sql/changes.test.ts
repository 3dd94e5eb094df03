/** The change feed: what every shard polls to know whose configuration it has to read again. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { configChangeSchema, numberRowSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { agentRole, databaseAs } from './roles.ts';

const planSchema = z.tuple([
  z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: z.object({ 'Shared Hit Blocks': z.number() }) })]) }),
]);

describe.skipIf(noPostgres)('the change feed', () => {
  let database: TestDatabase;
  let agent: Database;
  let since = 0;
  beforeAll(async () => {
    database = await cloneDatabase();
    agent = databaseAs(database.sql, agentRole);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    const [newest] = await changes(null);
    since = newest?.revision ?? 0;
  });

  const changes = (after: number | null) => agent.rows('config_changes', { p_since: after }, configChangeSchema);
  /** What a poller sees that last asked when the test began; it goes on from there. */
  async function poll(): Promise<(string | null)[]> {
    const seen = await changes(since);
    since = seen.at(-1)?.revision ?? since;
    return seen.map((change) => change.tenant);
  }

  test('who asks for the first time hears the newest revision, and then of nothing until something changes (R2.3)', async () => {
    expect(await changes(null)).toEqual([{ tenant: null, revision: since }]);
    expect(await poll()).toEqual([]);
  });

  const harbor = `(select id from organizations where slug = 'harbor-pizza')`;
  const key = `insert into provider_keys (organization_id, provider, ciphertext, last_four)`;
  test.each([
    ['the configuration of an organisation', `update organizations set config = '{}' where slug = 'harbor-pizza'`],
    ['the name of an organisation', `update organizations set name = 'Harbor' where slug = 'harbor-pizza'`],
    ['the status of an organisation', `update organizations set status = 'suspended' where slug = 'harbor-pizza'`],
    ['an agent', `update agent_instances set config = '{}' where name = 'Front counter'`],
    ['a new agent', `insert into agent_instances (organization_id, name) values (${harbor}, 'Night')`],
    ['a removed agent', `delete from agent_instances where name = 'Night'`],
    ['the override of a number', `update sip_numbers set config_override = '{}' where phone_number = '2001'`],
    ['the switch of a number', `update sip_numbers set active = false where phone_number = '2001'`],
    ['the label of a number', `update sip_numbers set label = 'x' where phone_number = '2001'`],
    ['a new number', `insert into sip_numbers (phone_number, organization_id) values ('2003', ${harbor})`],
    ['a removed number', `delete from sip_numbers where phone_number = '2003'`],
    ['a new key', `${key} values (${harbor}, 'openai', repeat('c', 60), 'abcd')`],
    ['a key that was sealed anew', `update provider_keys set ciphertext = repeat('d', 60), key_id = 'k2'`],
    ['a removed key', `delete from provider_keys`],
  ])('%s is a change of that tenant and of no other (R2.3)', async (_what, change) => {
    await database.sql.unsafe(change);
    expect(await poll()).toEqual(['harbor-pizza']);
  });

  test.each([
    ['the configuration of the platform', `update platform_settings set config = '{}'`],
    ['a key of the platform', `${key} values (null, 'openai', repeat('p', 60), 'abcd')`],
    ['a removed key of the platform', `delete from provider_keys where organization_id is null`],
  ])('%s is a change for all tenants (R2.3)', async (_what, change) => {
    await database.sql.unsafe(change);
    expect(await poll()).toEqual([null]);
  });

  test('a number that moves, and an organisation with a new tenant key, are changes of both (R2.3)', async () => {
    await database.sql`update sip_numbers set organization_id = (select id from organizations where slug = 'studio-bianchi')
      where phone_number = '2002'`;
    expect((await poll()).sort()).toEqual(['harbor-pizza', 'studio-bianchi']);
    await database.sql`insert into organizations (slug, name) values ('short-lived', 'x')`;
    await database.sql`update organizations set slug = 'renamed' where slug = 'short-lived'`;
    expect((await poll()).sort()).toEqual(['renamed', 'short-lived']);
    await database.sql`delete from organizations where slug = 'renamed'`;
    expect(await poll()).toEqual(['renamed']);
  });

  test('a number that gets a row of its own is a change of the tenant that answered any number so far (R2.3)', async () => {
    await database.sql`insert into sip_numbers (phone_number, organization_id)
      select '*', id from organizations where slug = 'studio-bianchi'`;
    await poll();
    await database.sql.unsafe(`insert into sip_numbers (phone_number, organization_id) values ('2004', ${harbor})`);
    expect((await poll()).sort()).toEqual(['harbor-pizza', 'studio-bianchi']);
    await database.sql`delete from sip_numbers where phone_number in ('*', '2004')`;
  });

  test('a change that is taken back is none (R2.3)', async () => {
    const undo = database.sql.begin(async (transaction) => {
      await transaction`update organizations set name = 'Nobody'`;
      throw new Error('taken back');
    });
    await expect(undo).rejects.toThrow('taken back');
    expect(await poll()).toEqual([]);
  });

  test('of two changes that are saved at once, the one that is committed last is seen although it began first (R2.3)', async () => {
    const writers = database.connect(2);
    const [first, second] = [await writers.reserve(), await writers.reserve()];
    await first`begin`;
    await first`update organizations set name = 'One' where slug = 'harbor-pizza'`;
    // Takes its revision now and not when it commits.
    await first`set constraints all immediate`;
    const other = second`update organizations set name = 'Two' where slug = 'studio-bianchi'`.execute();
    const waits = () =>
      database.sql`select from pg_locks where locktype = 'advisory' and not granted`.then((rows) => rows.length > 0);
    const seen = new Set<string | null>();
    await Promise.race([other, waitFor(waits, { what: 'the second to wait for the first', deadlineMs: 5_000 })]);
    for (const tenant of await poll()) seen.add(tenant);
    await first`commit`;
    await other;
    for (const tenant of await poll()) seen.add(tenant);
    first.release();
    second.release();
    await writers.end();
    expect([...seen].sort()).toEqual(['harbor-pizza', 'studio-bianchi']);
  });

  test('a poller that asks all the time while forty tenants save at once hears of every one (R2.3)', async () => {
    await database.sql`insert into organizations (slug, name) select 'busy-' || one, 'x' from generate_series(1, 40) one`;
    await poll();
    const writers = database.connect(10);
    let saving = true;
    const seen: (string | null)[] = [];
    const listen = async () => {
      while (saving) seen.push(...(await poll()));
      seen.push(...(await poll()));
    };
    const listening = listen();
    await Promise.all(
      Array.from(
        { length: 40 },
        (_, one) => writers`update organizations set name = 'y' where slug = ${`busy-${one + 1}`}`,
      ),
    );
    saving = false;
    await listening;
    await writers.end();
    expect(new Set(seen).size).toBe(40);
  });

  test('a save waits for no other that is still being written, so two cannot wait for each other (R2.3)', async () => {
    const writers = database.connect(2);
    const slow = await writers.reserve();
    await slow`begin`;
    await slow`update organizations set name = 'Slow' where slug = 'harbor-pizza'`;
    await writers`set statement_timeout = '5s'`;
    await writers`update organizations set name = 'Quick' where slug = 'studio-bianchi'`;
    expect(await poll()).toEqual(['studio-bianchi']);
    await slow`commit`;
    slow.release();
    await writers.end();
    expect(await poll()).toEqual(['harbor-pizza']);
  });

  test('a look-up says up to which change it is new, the platform included (R2.3)', async () => {
    const revision = async () =>
      (await agent.row('lookup_number', { p_called: '2001' }, numberRowSchema)).changedRevision;
    await database.sql`update organizations set name = 'Harbor Pizza' where slug = 'harbor-pizza'`;
    expect(await revision()).toBe((await changes(null))[0]?.revision);
    await database.sql`update organizations set name = 'Studio' where slug = 'studio-bianchi'`;
    expect(await revision()).toBeLessThan((await changes(null))[0]?.revision ?? 0);
    await database.sql`update platform_settings set config = '{}'`;
    expect(await revision()).toBe((await changes(null))[0]?.revision);
  });

  test('who remembers more than the database does, because it came back from a backup, forgets everything (R2.3)', async () => {
    expect(await changes(since + 1000)).toEqual([{ tenant: null, revision: since }]);
  });

  test('asking costs a handful of pages with five thousand tenants (R2.3)', async () => {
    await database.sql`insert into organizations (slug, name) select 'many-' || one, 'x' from generate_series(1, 5000) one`;
    // A table that has been in use for a while, with its holes: on a fresh one every plan is a good one.
    for (const name of ['y', 'z']) await database.sql`update organizations set name = ${name}`;
    await database.sql`vacuum analyze private.changes`;
    const [newest] = await changes(null);
    const explain = () =>
      database.sql.unsafe(
        `explain (analyze, buffers, format json) select * from config_changes(${newest?.revision ?? 0})`,
      );
    await explain();
    const [
      {
        'QUERY PLAN': [{ Plan: plan }],
      },
    ] = planSchema.parse(await explain());
    expect(plan['Shared Hit Blocks']).toBeLessThan(12);
  });
});
