/** The cast: who may see and change what. Each line of the stage is one person or service, each test one sentence. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { type Actor, actAs, agentRole, dispatchRole, operatorRole } from './roles.ts';

const person = (digit: string): Actor & { userId: string } => ({
  role: 'authenticated',
  userId: `0c000000-0000-4000-8000-00000000000${digit}`,
});
const owner = person('1');
const editor = person('2');
const viewer = person('3');
const neighbour = person('4');
const stranger = person('5');
const admin = person('6');
const anonymous: Actor = { role: 'anon' };

const harbor = '0a000000-0000-4000-8000-000000000001';
const bianchi = '0b000000-0000-4000-8000-000000000001';

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
    const { sql } = database;
    for (const { userId } of [owner, editor, viewer, neighbour, stranger, admin])
      await sql`insert into auth.users (id) values (${userId})`;
    await sql`insert into organization_members (organization_id, user_id, role) values
      (${harbor}, ${owner.userId}, 'owner'), (${harbor}, ${editor.userId}, 'editor'),
      (${harbor}, ${viewer.userId}, 'viewer'), (${bianchi}, ${neighbour.userId}, 'owner')`;
    await sql`insert into platform_admins (user_id) values (${admin.userId})`;
    await sql`insert into provider_keys (organization_id, provider, ciphertext, last_four)
      select id, 'openai', repeat('c', 60), 'abcd' from organizations`;
    await sql`insert into provider_keys (organization_id, provider, ciphertext, last_four)
      values (null, 'openai', repeat('p', 60), 'plat')`;
    await sql`select admit_call('2001', '', 'a', 'a', 'room-a'), admit_call('2999', '', 'b', 'b', 'room-b')`;
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
  const phoneNumbers = async (actor: Actor) =>
    attempt(actor, 'select phone_number from sip_numbers order by phone_number');
  const numbersOfHarbor = ['2001', '2002', '2009'].map((phone_number) => ({ phone_number }));

  test.each([
    ['an owner', owner],
    ['an editor', editor],
    ['a viewer', viewer],
  ])('%s sees the numbers and calls of the own organisation and no others (R7.1)', async (_who, actor) => {
    expect(await phoneNumbers(actor)).toEqual(numbersOfHarbor);
    expect(await attempt(actor, 'select distinct organization_id from sessions')).toEqual([
      { organization_id: harbor },
    ]);
    expect(await attempt(actor, 'select from call_refusals')).toHaveLength(0);
  });

  test('a member of another organisation sees only that one (R7.1)', async () => {
    expect(await phoneNumbers(neighbour)).toEqual([{ phone_number: '+390612345678' }]);
    expect(await attempt(neighbour, 'select from sessions')).toHaveLength(0);
    expect(await attempt(neighbour, 'select slug from organizations')).toEqual([{ slug: 'studio-bianchi' }]);
  });

  test("a platform admin sees every organisation, and the refusals of nobody's numbers (R7.1)", async () => {
    expect(await phoneNumbers(admin)).toHaveLength(4);
    expect(await attempt(admin, 'select reason from call_refusals')).toEqual([{ reason: 'unknown_number' }]);
  });

  test('someone who is signed in and belongs nowhere sees no row of any table (R7.1)', async () => {
    const tables = await database.sql<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'public'
      and tablename not in ('provider_keys', 'api_keys', 'webhook_endpoints')`;
    for (const { name } of tables)
      expect(await attempt(stranger, `select count(*)::int as rows from ${name}`), name).toEqual([{ rows: 0 }]);
  });

  test.each([
    ['someone who is not signed in', anonymous],
    ['the agent role', agentRole],
    ['the dispatch role', dispatchRole],
    ['the operator role', operatorRole],
  ])('%s reads and writes no table at all (R7.1)', async (_who, actor) => {
    const tables = await database.sql<
      { name: string }[]
    >`select tablename as name from pg_tables where schemaname = 'public'`;
    for (const { name } of tables)
      for (const statement of [`select from ${name}`, `delete from ${name}`, `insert into ${name} default values`])
        expect(await attempt(actor, statement), statement).toContain(`permission denied for table ${name}`);
  });

  test('an editor changes label, switch and override of an own number (R7.1)', async () => {
    const change = `update sip_numbers set label = 'x', active = true, config_override = '{}' where phone_number = '2001'`;
    expect(await attempt(editor, `${change} returning label`)).toEqual([{ label: 'x' }]);
    const [version] = await database.sql`select saved_by from config_versions order by revision desc limit 1`;
    expect(version).toEqual({ saved_by: editor.userId });
  });

  test.each(['organization_id', 'phone_number', 'max_concurrent_calls', 'agent_instance_id', 'assigned_by'])(
    'not even an owner changes %s of a number (R7.1)',
    async (column) => {
      expect(await attempt(owner, `update sip_numbers set ${column} = ${column}`)).toContain('permission denied');
    },
  );

  test('a viewer changes nothing, a neighbour nothing of ours (R7.1)', async () => {
    const change = `update sip_numbers set label = 'stolen' where organization_id = '${harbor}' returning id`;
    expect(await attempt(viewer, change)).toHaveLength(0);
    expect(await attempt(neighbour, change)).toHaveLength(0);
  });

  test('a tenant neither creates nor removes numbers, the platform does (R7.1)', async () => {
    const add = `insert into sip_numbers (phone_number, organization_id) values ('2500', '${harbor}')`;
    expect(await attempt(owner, add)).toContain('row-level security');
    expect(await attempt(owner, `delete from sip_numbers returning id`)).toHaveLength(0);
    expect(await attempt(admin, add)).toEqual([]);
    expect(await attempt(admin, `delete from sip_numbers where phone_number = '2500' returning id`)).toHaveLength(1);
  });

  test('an owner makes no member of another organisation, an editor none at all (R7.1)', async () => {
    const join = (organization: string) =>
      `insert into organization_members values ('${organization}', '${stranger.userId}', 'owner')`;
    expect(await attempt(owner, join(bianchi))).toContain('row-level security');
    expect(await attempt(editor, join(harbor))).toContain('row-level security');
    expect(await attempt(editor, `update organization_members set role = 'owner' returning user_id`)).toHaveLength(0);
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

  test('a member reads the breakers of the own organisation, and no worker (R7.1)', async () => {
    await database.sql`insert into breakers (organization_id, provider) select id, 'openai' from organizations`;
    expect(await attempt(viewer, 'select organization_id from breakers')).toEqual([{ organization_id: harbor }]);
    expect(await attempt(neighbour, 'select organization_id from breakers')).toEqual([{ organization_id: bianchi }]);
    expect(await attempt(viewer, 'select from workers')).toHaveLength(0);
    expect(await attempt(owner, 'update breakers set state = default')).toContain('permission denied');
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
