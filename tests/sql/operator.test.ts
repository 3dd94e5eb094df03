/** What the commands of whoever runs the platform write. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { numberRowSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { putSchema } from './operator.ts';
import { agentRole, databaseAs, operatorRole } from './roles.ts';

const assignedSchema = z.object({
  phone_number: z.string(),
  organization: z.string().nullable(),
  agent: z.string().nullable(),
  label: z.string(),
  active: z.boolean(),
});

const unchanged = { created: false, changed: false };
const changed = { created: false, changed: true };
const created = { created: true, changed: true };

describe.skipIf(noPostgres)('the operator', () => {
  let database: TestDatabase;
  let operator: Database;
  let agent: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    operator = databaseAs(database.sql, operatorRole);
    agent = databaseAs(database.sql, agentRole);
  });
  afterAll(() => database.close());

  const put = (name: 'put_organization' | 'put_agent' | 'put_number', args: Record<string, unknown>) =>
    operator.row(name, { ...args, p_by: 'import-did' }, putSchema);
  const organization = (p_slug: string, args: object = {}) => put('put_organization', { p_slug, ...args });
  const instance = (p_organization: string, p_name: string, args: object = {}) =>
    put('put_agent', { p_organization, p_name, ...args });
  const number = (p_organization: string, p_phone_number: string, args: object = {}) =>
    put('put_number', { p_organization, p_phone_number, ...args });
  const savedVersions = async () => (await database.sql`select from config_versions`).length;
  const lookup = (called: string) => agent.row('lookup_number', { p_called: called }, numberRowSchema);

  test('a business is imported with its agents and numbers and answers, and importing it again saves nothing (R2.4)', async () => {
    const bring = async () => [
      await organization('trattoria', { p_name: 'Trattoria', p_config: { language: 'it' } }),
      await instance('trattoria', 'Sala', { p_default: true, p_config: { greeting: { text: 'Sala' } } }),
      await instance('trattoria', 'Cucina', { p_default: false, p_config: {} }),
      await number('trattoria', '3001', { p_label: 'sala', p_override: {}, p_active: true }),
      await number('trattoria', '3002', { p_label: 'cucina', p_agent: 'Cucina', p_override: { language: 'en' } }),
    ];
    const first = await bring();
    expect(first).toMatchObject(first.map(() => created));
    expect(await lookup('3001')).toMatchObject({
      tenant: 'trattoria',
      label: 'sala',
      active: true,
      layers: { organization: { language: 'it' }, instance: { greeting: { text: 'Sala' } }, number: {} },
    });
    expect((await lookup('3002')).layers).toMatchObject({ instance: {}, number: { language: 'en' } });
    const versions = await savedVersions();
    expect(await bring()).toEqual(first.map((outcome) => ({ ...outcome, ...unchanged })));
    expect(await savedVersions()).toBe(versions);
  });

  test('what is not given stays, what is given changes, and only a configuration that changes is a version (R2.6)', async () => {
    await organization('bakery', { p_name: 'Bakery', p_config: { language: 'de' } });
    const agentBefore = await instance('bakery', 'Counter', { p_config: { language: 'en' } });
    const before = await number('bakery', '3101', { p_label: 'shop', p_override: { language: 'fr' } });
    const versions = await savedVersions();
    expect(await organization('bakery', { p_name: 'The Bakery' })).toMatchObject(changed);
    expect(await instance('bakery', 'Counter', { p_default: true })).toEqual({ ...agentBefore, ...changed });
    expect(await number('bakery', '3101', { p_active: false, p_max_concurrent_calls: 4 })).toEqual({
      ...before,
      ...changed,
    });
    expect(await savedVersions()).toBe(versions);
    expect(await lookup('3101')).toMatchObject({
      organizationName: 'The Bakery',
      label: 'shop',
      active: false,
      layers: { organization: { language: 'de' }, instance: { language: 'en' }, number: { language: 'fr' } },
    });
    for (const after of [
      await organization('bakery', { p_config: { language: 'it' } }),
      await instance('bakery', 'Counter', { p_config: { language: 'it' } }),
      await number('bakery', '3101', { p_override: { language: 'it' } }),
    ]) {
      expect(after).toMatchObject(changed);
      expect(after.revision).toBeGreaterThan(before.revision);
    }
    expect(await savedVersions()).toBe(versions + 3);
    expect(
      await database.sql`select active, max_concurrent_calls, assigned_by from sip_numbers where phone_number = '3101'`,
    ).toEqual([{ active: false, max_concurrent_calls: 4, assigned_by: null }]);
  });

  test('an organisation has one default agent: the last one that was named (R2.1)', async () => {
    await organization('twins');
    await instance('twins', 'One', { p_default: true });
    expect(await instance('twins', 'Two', { p_default: true })).toMatchObject(created);
    expect(
      await database.sql`select name from agent_instances where is_default and organization_id =
      (select id from organizations where slug = 'twins')`,
    ).toEqual([{ name: 'Two' }]);
    expect(await instance('twins', 'One', { p_default: true })).toMatchObject(changed);
  });

  test('a number that goes to another organisation brings neither its label nor its words along (R1.6)', async () => {
    await organization('old');
    await organization('next');
    await instance('old', 'Old', { p_default: true });
    await instance('next', 'Next', { p_default: true, p_config: { language: 'de' } });
    await number('old', '3201', { p_label: 'secret', p_agent: 'Old', p_override: { instructions: 'of the old one' } });
    expect(await number('next', '3201', {})).toMatchObject(changed);
    const row = await lookup('3201');
    expect([row.tenant, row.label, row.layers.instance, row.layers.number]).toEqual([
      'next',
      '',
      { language: 'de' },
      {},
    ]);
  });

  test('the agent for any number is imported like a number (R1.5)', async () => {
    await organization('everybody');
    await instance('everybody', 'Default', { p_default: true });
    expect(await number('everybody', '*', { p_max_concurrent_calls: 20 })).toMatchObject(created);
    expect(await lookup('3999')).toMatchObject({ tenant: 'everybody' });
    await database.sql`delete from sip_numbers where phone_number = '*'`;
  });

  test('whose numbers these are is told before they are imported, unknown ones left out (R2.4)', async () => {
    await organization('owner-of-one', { p_name: 'One' });
    await instance('owner-of-one', 'Own');
    await number('owner-of-one', '3501', { p_agent: 'Own', p_label: 'one' });
    expect(
      await operator.rows('numbers_as_assigned', { p_phone_numbers: ['3501', '2009', '3999'] }, assignedSchema),
    ).toEqual([
      { phone_number: '2009', organization: 'harbor-pizza', agent: null, label: 'old line', active: false },
      { phone_number: '3501', organization: 'owner-of-one', agent: 'Own', label: 'one', active: true },
    ]);
  });

  test("the platform's own layer is saved when it changes, and checked like any other (R2.1)", async () => {
    const save = (p_config: object) =>
      operator.row('put_platform', { p_config, p_by: 'Ada' }, putSchema.extend({ id: z.null() }));
    const first = await save({ language: 'fa' });
    expect(first).toMatchObject(changed);
    expect(await save({ language: 'fa' })).toEqual({ ...first, ...unchanged });
    expect((await lookup('2001')).layers.platform).toEqual({ language: 'fa' });
    await expect(save({ langage: 'fa' })).rejects.toThrow('langage: no such setting');
    await save({});
  });

  test.each([
    ['an organisation that there is not', () => number('nobody', '3301'), 'there is no organisation "nobody"'],
    ['an agent that there is not', () => number('harbor-pizza', '3301', { p_agent: 'x' }), 'has no agent "x"'],
    [
      'an agent of another organisation',
      () => number('harbor-pizza', '3301', { p_agent: 'Segreteria' }),
      'the organisation has no agent "Segreteria"',
    ],
    ['a number that nobody can dial', () => number('harbor-pizza', '33o1'), 'phone_number_can_be_dialled'],
    ['a tenant key with a slash', () => organization('a/b'), 'slug_is_a_tenant_key'],
    [
      'a setting that there is not',
      () => organization('harbor-pizza', { p_config: { greting: {} } }),
      'greting: no such',
    ],
  ])('%s is an error that says so, and nothing is written (R2.2)', async (_what, act, message) => {
    const before =
      await database.sql`select (select count(*) from sip_numbers) as numbers, (select count(*) from organizations) as organizations`;
    await expect(act()).rejects.toThrow(message);
    expect(
      await database.sql`select (select count(*) from sip_numbers) as numbers, (select count(*) from organizations) as organizations`,
    ).toEqual(before);
  });

  test('two imports of the same business at the same moment make it once (R2.4)', async () => {
    const pool = database.connect(8);
    const bring = async (one: Database) => {
      await one.row('put_organization', { p_slug: 'twice', p_name: 'Twice', p_config: {} }, putSchema);
      await one.row('put_agent', { p_organization: 'twice', p_name: 'Only', p_default: true, p_config: {} }, putSchema);
      return one.row('put_number', { p_organization: 'twice', p_phone_number: '3401', p_override: {} }, putSchema);
    };
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => bring(databaseAs(pool, operatorRole))));
    await pool.end();
    expect(outcomes.filter((outcome) => outcome.created)).toHaveLength(1);
    expect(new Set(outcomes.map((outcome) => outcome.id)).size).toBe(1);
  });
});
