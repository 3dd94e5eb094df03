import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { resolveConfig } from '../../shared/config/index.ts';
import { type NumberRow, numberRowSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { agentRole, databaseAs } from './roles.ts';

const layerSchema = z.looseObject({ greeting: z.object({ text: z.string() }).optional() });
const layersSchema = z.object({
  platform_config: layerSchema,
  organization_config: layerSchema,
  instance_config: layerSchema,
  config_override: layerSchema,
  config_revision: z.coerce.number(),
});

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
      { provider: 'openai', keyId: 'k1', ciphertext: 'harbor-pizza'.repeat(5), owner: 'organization' },
    ]);
  });

  test("the platform's key is used only where the owner allows it, and never instead of an own one (R2.7)", async () => {
    await database.sql`insert into provider_keys (organization_id, provider, ciphertext, last_four)
      select null, provider, repeat(provider, 10), 'plat' from unnest(array['openai', 'deepgram']) provider`;
    const owners = async () => {
      return (await lookup('2001')).providerKeys.map((key) => `${key.owner} ${key.provider}`);
    };
    expect(await owners()).toEqual(['organization openai']);
    for (const [word, expected] of [
      ['"true"', ['organization openai']],
      ['true', ['platform deepgram', 'organization openai']],
    ] as const) {
      await database.sql.unsafe(`update platform_settings set config = '{"owner": {"platform_keys": ${word}}}'`);
      expect(await owners()).toEqual(expected);
    }
    await database.sql`update platform_settings set config = '{}'`;
    await database.sql`delete from provider_keys where organization_id is null`;
  });

  test('a number that no row has is answered by the row for any number, while that is active (R1.5)', async () => {
    const labelOf = async (called: string) =>
      (await agent.rows('lookup_number', { p_called: called }, numberRowSchema)).map((row) => row.label);
    await database.sql`insert into sip_numbers (phone_number, organization_id, label)
      select '*', id, 'anybody' from organizations where slug = 'studio-bianchi'`;
    expect(await labelOf('2999')).toEqual(['anybody']);
    expect([await labelOf('2001'), await labelOf('390612345678'), await labelOf('2009')]).toEqual([
      ['orders'],
      ['reception'],
      ['old line'],
    ]);
    await database.sql`update sip_numbers set active = false where phone_number = '*'`;
    expect(await labelOf('2999')).toEqual([]);
    await database.sql`delete from sip_numbers where phone_number = '*'`;
  });

  test('an inactive number is found and says so; an unknown one is not found (R1.5)', async () => {
    expect(await lookup('2009')).toMatchObject({ active: false, organizationActive: true, tenant: 'harbor-pizza' });
    expect(await agent.rows('lookup_number', { p_called: '2999' }, numberRowSchema)).toEqual([]);
  });

  test('a change of any layer raises the version, one of another organisation does not (R2.3)', async () => {
    const versionAfter = async (change: string) => {
      await database.sql.unsafe(change);
      return (await lookup('2001')).configRevision;
    };
    const first = (await lookup('2001')).configRevision;
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

  test('every layer comes back as it stood before a revision, step by step, until one was not written yet (R2.6)', async () => {
    await database.sql`insert into organizations (slug, name, config) values ('fresh', 'Fresh', '{"language": "it"}')`;
    await database.sql`insert into agent_instances (organization_id, name, is_default, config)
      select id, 'Fresh', true, '{"greeting": {"text": "good"}}' from organizations where slug = 'fresh'`;
    await database.sql`insert into sip_numbers (phone_number, organization_id)
      select '2800', id from organizations where slug = 'fresh'`;
    await database.sql`update organizations set config = '{"language": "de"}' where slug = 'fresh'`;
    await database.sql`update agent_instances set config = '{"greeting": {"text": "broken"}}' where name = 'Fresh'`;
    const before = async (revision: number) => {
      const args = { p_called: '2800', p_revision: revision };
      return (await agent.rows('lookup_number_before', args, layersSchema))[0];
    };
    const written = (layers?: z.infer<typeof layersSchema>) => [
      layers?.instance_config.greeting?.text,
      layers?.organization_config['language'],
    ];
    const now = await agent.row('lookup_number', { p_called: '2800' }, layersSchema);
    expect(await before(now.config_revision + 1)).toEqual(now);
    const last = await before(now.config_revision);
    const first = await before(last?.config_revision ?? 0);
    expect([now, last, first].map(written)).toEqual([
      ['broken', 'de'],
      ['good', 'de'],
      ['good', 'it'],
    ]);
    expect(await before(first?.config_revision ?? 0)).toBeUndefined();
  });

  test('what an earlier organisation wrote for a number does not come back under the next one (R1.6)', async () => {
    await database.sql`insert into sip_numbers (phone_number, organization_id, config_override)
      select '2900', id, '{"instructions": "of Harbor Pizza"}' from organizations where slug = 'harbor-pizza'`;
    await database.sql`update sip_numbers set config_override = '{}', organization_id =
      (select id from organizations where slug = 'studio-bianchi') where phone_number = '2900'`;
    const now = await agent.row('lookup_number', { p_called: '2900' }, layersSchema);
    const args = { p_called: '2900', p_revision: now.config_revision };
    expect(await agent.rows('lookup_number_before', args, layersSchema)).toEqual([]);
  });

  test('a number cannot be given an agent of another organisation (R1.6)', async () => {
    const steal = database.sql`update sip_numbers
      set agent_instance_id = (select id from agent_instances where name = 'Segreteria') where phone_number = '2001'`;
    await expect(steal).rejects.toThrow('agent_is_of_the_same_organization');
  });

  test.each([
    ['a phone number with letters', `insert into sip_numbers (phone_number) values ('20a1')`],
    ['a negative limit', `update sip_numbers set max_concurrent_calls = -1`],
    ['a tenant key with a slash', `insert into organizations (slug, name) values ('a/b', 'x')`],
    ['a second row of platform settings', `insert into platform_settings (id) values (false)`],
  ])('the database itself turns down %s (R2.2)', async (_what, statement) => {
    await expect(database.sql.unsafe(statement)).rejects.toThrow('violates check constraint');
  });
});
