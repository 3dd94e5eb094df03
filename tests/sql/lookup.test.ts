import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../shared/config.ts';
import { type NumberRow, numberRowSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { agentRole, databaseAs } from './roles.ts';

describe.skipIf(noPostgres)('looking a number up', () => {
  let database: TestDatabase;
  let agent: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    agent = databaseAs(database.sql, agentRole);
    await database.sql`insert into provider_keys (organization_id, provider, key_id, ciphertext, last_four, revoked_at)
      select id, 'openai', key_id, repeat(slug, 5), 'abcd', case when key_id = 'k0' then now() end
      from organizations, unnest(array['k0', 'k1']) key_id`;
  });
  afterAll(() => database.close());

  async function lookup(called: string): Promise<NumberRow> {
    return agent.row('lookup_number', { p_called: called }, numberRowSchema);
  }
  async function greetingOf(called: string): Promise<string> {
    const resolved = resolveConfig((await lookup(called)).layers);
    return resolved.outcome === 'usable' ? resolved.config.greeting.text : resolved.outcome;
  }

  test('each number of the seeded world has its own usable greeting, in the language of its business (R1.4)', async () => {
    const greetings = await Promise.all(['2001', '2002', '+390612345678', '2009'].map(greetingOf));
    expect(greetings).toEqual([
      expect.stringContaining('orders'),
      expect.stringContaining('customer care'),
      expect.stringContaining('buongiorno'),
      expect.stringContaining('Harbor Pizza, good evening'),
    ]);
  });

  test('a number comes with the keys of its own organisation only, without revoked ones (R2.7)', async () => {
    expect((await lookup('2001')).providerKeys).toEqual([
      { provider: 'openai', keyId: 'k1', ciphertext: 'harbor-pizza'.repeat(5) },
    ]);
  });

  test('an inactive number is found and says so; an unknown one is not found (R1.5)', async () => {
    expect(await lookup('2009')).toMatchObject({ active: false, organizationActive: true, tenant: 'harbor-pizza' });
    expect(await agent.rows('lookup_number', { p_called: '2999' }, numberRowSchema)).toEqual([]);
  });

  test('a change of any layer raises the version, one of another organisation does not (R2.3)', async () => {
    const versionAfter = async (change: string) => {
      await database.sql.unsafe(change);
      return (await lookup('2001')).configVersion;
    };
    const first = (await lookup('2001')).configVersion;
    expect(await versionAfter(`update organizations set config = '{}' where slug = 'studio-bianchi'`)).toBe(first);
    const versions = [
      await versionAfter(`update sip_numbers set config_override = '{}' where phone_number = '2001'`),
      await versionAfter(`update agent_instances set config = config where name = 'Front counter'`),
      await versionAfter(`update organizations set config = config where slug = 'harbor-pizza'`),
      await versionAfter(`update platform_settings set config = '{}'`),
    ];
    expect([first, ...versions]).toEqual([...new Set([first, ...versions])].sort((a, b) => a - b));
  });

  test('every saved configuration is kept, with its layer and its row (R2.6)', async () => {
    await database.sql`update sip_numbers set config_override = '{"greeting": {"text": "new"}}' where phone_number = '2002'`;
    expect(
      await database.sql`select version.layer, version.config, version.organization_id is not null as owned
        from config_versions version join sip_numbers number on number.config_revision = version.revision
        where number.phone_number = '2002'`,
    ).toEqual([{ layer: 'number', config: { greeting: { text: 'new' } }, owned: true }]);
    expect(
      await database.sql`select version.config -> 'greeting' -> 'text' as greeting
        from config_versions version join sip_numbers number on number.id = version.sip_number_id
        where number.phone_number = '2002' order by revision`,
    ).toEqual([{ greeting: expect.stringContaining('customer care') }, { greeting: 'new' }]);
  });

  test('a number cannot be given an agent of another organisation (R1.6)', async () => {
    const steal = database.sql`update sip_numbers
      set agent_instance_id = (select id from agent_instances where name = 'Segreteria') where phone_number = '2001'`;
    await expect(steal).rejects.toThrow('agent_is_of_the_same_organization');
  });

  test.each([
    ['a phone number with letters', `insert into sip_numbers (phone_number) values ('20a1')`],
    ['a refusal that nobody understands', `update sip_numbers set on_refusal = '{"action": "shout"}'`],
    ['a refusal without an action', `update sip_numbers set on_refusal = '{}'`],
    ['a forward to a web address', `update sip_numbers set on_refusal = '{"action": "forward", "to": "http://x"}'`],
    ['a negative limit', `update sip_numbers set max_concurrent_calls = -1`],
    ['a configuration that is a list', `update organizations set config = '[]'`],
    ['a tenant key with a slash', `insert into organizations (slug, name) values ('a/b', 'x')`],
    ['a second row of platform settings', `insert into platform_settings (id) values (false)`],
  ])('the database itself turns down %s (R2.2)', async (_what, statement) => {
    await expect(database.sql.unsafe(statement)).rejects.toThrow('violates check constraint');
  });
});
