/** What the rights of rows (cast/) do not say: columns that nobody reads, and functions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresRunner } from '../../dev/stack/supabase-schema.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { editorOfHarbor, ownerOfHarbor, admin as platformAdmin, stranger as signedIn } from './cast/actors.ts';
import { addRows } from './cast/rows.ts';
import { type Actor, actAs, agentRole, dispatchRole, operatorRole } from './roles.ts';

const anonymous: Actor = { role: 'anon' };
const owner = ownerOfHarbor.actor;
const editor = editorOfHarbor.actor;
const stranger = signedIn.actor;
const admin = platformAdmin.actor;

const none = `'00000000-0000-4000-8000-000000000000'`;
/** What each service may execute, and with it only that service. */
const functions: readonly [Actor, readonly string[]][] = [
  [
    dispatchRole,
    [
      `admit_call('2001', '', 'x', 'x', 'x')`,
      `room_decision('x')`,
      `room_decisions(array['x'])`,
      `claim_lost_calls(1)`,
      `claim_call(${none}, 1)`,
      `live_calls()`,
      `refuse_call(${none}, 'no_worker')`,
      `forget_recordings()`,
      `claim_webhook_deliveries(1)`,
      `settle_webhook_delivery(${none}, 1, true, 200, null)`,
      `release_webhook_delivery(${none}, 1)`,
    ],
  ],
  [
    agentRole,
    [
      `lookup_number('2001')`,
      `lookup_number_before('2001', 1)`,
      `config_changes(null)`,
      `take_call(${none}, 'w')`,
      `answer_call(${none}, 'w')`,
      `open_ticket(${none}, 'w', '{}')`,
      `renew_leases('w', array[${none}::uuid])`,
      `note_calls('w', '[]')`,
      `release_call(${none}, 'w')`,
      `release_worker('w')`,
      `adopt_call(${none}, 'w', '{}')`,
      `report_provider(${none}, 'w', 'openai', 'timeout', false)`,
      `take_probe('w', 'switchboard')`,
      `finish_probe(${none}, 'w', '{}')`,
      `keep_recording(${none}, 'w', '{}', 1, '')`,
    ],
  ],
  [
    operatorRole,
    [
      `current_config('platform')`,
      `config_history('platform')`,
      `restore_config(0)`,
      `put_platform('{}')`,
      `put_organization('harbor-pizza')`,
      `put_agent('harbor-pizza', 'Front counter')`,
      `put_number('harbor-pizza', '2001')`,
      `numbers_as_assigned(array['2001'])`,
      `put_provider_key('harbor-pizza', 'openai', 'k1', repeat('c', 60), 'abcd')`,
      `sealed_keys('k1')`,
      `reseal_key(${none}, 'k1', repeat('c', 60), '')`,
      `operator_breakers()`,
      `reset_breakers('nobody')`,
      `operator_calls()`,
      `end_call(${none})`,
      `operator_workers()`,
      `operator_pools()`,
      `set_pool('switchboard', null)`,
      `pin_pool('nobody', 'switchboard')`,
    ],
  ],
];

describe.skipIf(noPostgres)('policies', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
    await addRows(postgresRunner(database.sql));
  });
  afterAll(() => database.close());

  /** Rows that come back, or the refusal of the database in its own words. */
  async function attempt(actor: Actor, statement: string): Promise<readonly object[] | string> {
    try {
      return await actAs(database.sql, actor, (transaction) => transaction.unsafe(statement));
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === '42501') return thrown.message;
      throw thrown;
    }
  }
  test('an editor changes label, switch and override of an own number (R7.1)', async () => {
    const change = `update sip_numbers set label = 'x', active = true, config_override = '{}' where phone_number = '2001'`;
    expect(await attempt(editor, `${change} returning label`)).toEqual([{ label: 'x' }]);
    const [version] = await database.sql`select saved_by from config_versions order by revision desc limit 1`;
    expect(version).toEqual({ saved_by: editor.userId });
  });

  test('nobody who signs in reads the sealed text of a provider key; owners see which are theirs, the platform its own (R7.3)', async () => {
    expect(await attempt(owner, 'select provider, last_four from provider_keys')).toEqual([
      { provider: 'openai', last_four: 'abcd' },
    ]);
    expect(await attempt(editor, 'select last_four from provider_keys')).toHaveLength(0);
    expect(await attempt(admin, 'select last_four from provider_keys where organization_id is null')).toEqual([
      { last_four: 'plat' },
    ]);
    for (const actor of [owner, admin])
      expect(await attempt(actor, 'select ciphertext from provider_keys')).toContain('permission denied');
  });

  test('each service executes its own functions and those of no other (R7.1)', async () => {
    for (const [owning, calls] of functions)
      for (const call of calls) {
        expect(typeof (await attempt(owning, `select * from ${call}`)), call).toBe('object');
        for (const actor of [dispatchRole, agentRole, operatorRole, anonymous, stranger, owner, admin])
          if (actor !== owning)
            expect(await attempt(actor, `select * from ${call}`), call).toContain('permission denied for function');
      }
  });

  test('no service executes more than what is listed here (R7.1)', async () => {
    const shared = ['finish_call', 'end_refusal'];
    for (const [{ role }, calls] of functions) {
      const granted = await database.sql<{ name: string }[]>`
        select distinct p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'private') and has_function_privilege(${role}, p.oid, 'execute')`;
      const listed = new Set([...calls.map((call) => call.slice(0, call.indexOf('('))), ...shared]);
      expect(granted.map(({ name }) => name).filter((name) => !listed.has(name))).toEqual([]);
    }
  });

  test('only the two that hold calls settle them, and only people restore what policies let them see (R7.1)', async () => {
    for (const actor of [operatorRole, anonymous, stranger, owner, admin])
      expect(await attempt(actor, `select * from finish_call(${none}, 'drained')`)).toContain('permission denied');
    for (const actor of [dispatchRole, agentRole, operatorRole, anonymous])
      expect(await attempt(actor, 'select * from restore_config_version(1)')).toContain('permission denied');
  });

  test('every function of the API is executed by somebody (R7.1)', async () => {
    const unused = await database.sql`
      select proname from pg_proc p where pronamespace = 'public'::regnamespace and not exists (
        select from aclexplode(p.proacl) acl where acl.grantee <> p.proowner and acl.privilege_type = 'EXECUTE'
      )`;
    expect(unused).toEqual([]);
  });
});
