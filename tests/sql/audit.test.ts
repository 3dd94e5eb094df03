/** What people and commands change is written down, with who it was, whichever way it came. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { postgresRunner } from '../../dev/stack/supabase-schema.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { admin, bianchi, editorOfHarbor, harbor, ownerOfBianchi, ownerOfHarbor } from './cast/actors.ts';
import { changeable, rights } from './cast/rights.ts';
import { addRows } from './cast/rows.ts';
import { type Actor, actAs, operatorRole } from './roles.ts';

const number = '0a000000-0000-4000-8000-000000002001';

describe.skipIf(noPostgres)('the audit log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
    await addRows(postgresRunner(database.sql));
  });
  beforeEach(() => database.sql`truncate audit_log`);
  afterAll(() => database?.close());

  const does = (actor: Actor, statement: string, email = 'ada@harbor-pizza.test') =>
    actAs(database.sql, actor, async (transaction) => {
      await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ email })}, true)`;
      return transaction.unsafe(statement);
    });
  const seenBy = async ({ actor }: { readonly actor: Actor }) =>
    [
      ...(await actAs(
        database.sql,
        actor,
        (transaction) =>
          transaction`select organization_id, actor, actor_name, action, target_table, target_id, before, after
            from audit_log order by id`,
      )),
    ].map((row) => ({ ...row }));

  test('an editor who changes a label is named, with the label before and after and nothing else (R5.2)', async () => {
    await does(editorOfHarbor.actor, `update sip_numbers set label = 'counter', active = true where id = '${number}'`);
    expect(await seenBy(ownerOfHarbor)).toEqual([
      {
        organization_id: harbor,
        actor: editorOfHarbor.actor.userId,
        actor_name: 'ada@harbor-pizza.test',
        action: 'number.changed',
        target_table: 'sip_numbers',
        target_id: number,
        before: { label: 'orders' },
        after: { label: 'counter' },
      },
    ]);
  });

  test('what is saved as it was is no change (R5.2)', async () => {
    await does(editorOfHarbor.actor, `update sip_numbers set label = label where id = '${number}'`);
    expect(await seenBy(admin)).toEqual([]);
  });

  test('a number that goes to another business is seen by both, each its own half (R5.2)', async () => {
    const assign = (organization: string) =>
      database.sql`update sip_numbers set organization_id = ${organization}, agent_instance_id = null where id = ${number}`;
    await assign(bianchi);
    const what = { target_id: number, before: { organization_id: harbor }, after: { organization_id: bianchi } };
    expect(await seenBy(ownerOfHarbor)).toMatchObject([{ ...what, action: 'number.unassigned' }]);
    expect(await seenBy(ownerOfBianchi)).toMatchObject([{ ...what, action: 'number.assigned' }]);
    await assign(harbor);
  });

  test('a command is named as it names itself, and nobody else as the platform (R5.2)', async () => {
    await does(operatorRole, `select * from put_organization('harbor-pizza', p_name => 'Harbor', p_by => 'Ada')`);
    await database.sql`update organizations set name = 'Harbor Pizza' where id = ${harbor}`;
    expect(await seenBy(ownerOfHarbor)).toMatchObject([
      { actor: null, actor_name: 'Ada', action: 'organization.changed', after: { name: 'Harbor' } },
      { actor: null, actor_name: 'the platform', action: 'organization.changed', after: { name: 'Harbor Pizza' } },
    ]);
  });

  test('nobody who is signed in goes by another name (R7.1)', async () => {
    const forged = `select set_config('switchboard.saved_by', 'the owner', true);
      update sip_numbers set label = 'forged' where id = '${number}'`;
    await does(editorOfHarbor.actor, forged);
    expect(await seenBy(ownerOfHarbor)).toMatchObject([{ actor_name: 'ada@harbor-pizza.test' }]);
  });

  test('a call that is ended and breakers that are reset by a command of the platform are in it (R5.5)', async () => {
    const [call] = await database.sql`select session_id as id from active_calls where organization_id = ${harbor}`;
    await actAs(database.sql, operatorRole, async (transaction) => {
      await transaction`select * from end_call(${String(call?.['id'])})`;
      await transaction`select * from reset_breakers('harbor-pizza')`;
    });
    expect(
      (await seenBy(ownerOfHarbor)).map(({ action, actor_name, target_id }) => [action, actor_name, target_id]),
    ).toEqual([
      ['call.ended', 'the platform', call?.['id']],
      ['breaker.reset', 'the platform', 'all'],
    ]);
    expect(await seenBy(ownerOfBianchi)).toEqual([]);
  });

  test('no sealed text and no hash is in it (R7.3)', async () => {
    await database.sql`insert into provider_keys (organization_id, provider, ciphertext, last_four)
      values (${harbor}, 'deepgram', repeat('s', 60), 'wxyz')`;
    await database.sql`insert into api_keys (organization_id, name, hash, last_four)
      values (${harbor}, 'exchange', repeat('5ec4', 16), 'wxyz')`;
    await database.sql`insert into webhook_endpoints (organization_id, url, secret_ciphertext)
      values (${harbor}, 'https://a.test', 'sealed-secret')`;
    const seen = await seenBy(ownerOfHarbor);
    expect(seen.map(({ action }) => action)).toEqual(['provider_key.added', 'api_key.added', 'webhook.added']);
    expect(JSON.stringify(seen)).not.toMatch(/ssssss|5ec45ec4|sealed-secret/);
  });

  test('a ticket that somebody opens or closes is in it, one that an agent opened is part of its call (R5.2)', async () => {
    await database.sql`insert into tickets (organization_id, title) values (${harbor}, 'of an agent')`;
    await does(
      editorOfHarbor.actor,
      `insert into tickets (organization_id, title) values ('${harbor}', 'of a person')`,
    );
    await does(editorOfHarbor.actor, `update tickets set status = 'closed' where title = 'of an agent'`);
    expect(await seenBy(ownerOfHarbor)).toMatchObject([
      { action: 'ticket.added', after: { title: 'of a person' } },
      { action: 'ticket.changed', before: { status: 'open' }, after: { status: 'closed' } },
    ]);
  });

  test('a business that is deleted leaves its history to the platform (R5.2)', async () => {
    await database.sql`insert into organizations (slug, name) values ('short-lived', 'Short')`;
    await database.sql`insert into agent_instances (organization_id, name)
      select id, 'Desk' from organizations where slug = 'short-lived'`;
    await database.sql`delete from organizations where slug = 'short-lived'`;
    const seen = await seenBy(admin);
    expect(seen.map(({ action }) => action).sort()).toEqual([
      'agent.added',
      'agent.removed',
      'organization.added',
      'organization.removed',
    ]);
    expect(seen.every(({ organization_id }) => organization_id === null)).toBe(true);
  });

  test('every table that people may write is followed (R5.2)', async () => {
    const followed = await database.sql<{ name: string }[]>`
      select c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'audit_change'`;
    const names = new Set(followed.map(({ name }) => name));
    const written = Object.entries(rights).filter(([, may]) => may.add !== 'nobody' || may.remove !== 'nobody');
    for (const table of [...Object.keys(changeable), ...written.map(([name]) => name)]) expect(names).toContain(table);
  });
});
