/** What the database itself holds of a configuration, whoever writes it: the table editor asks nobody else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tenantConfigSchema } from '../../shared/config/index.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';

const columns = [
  { layer: 'platform', table: 'platform_settings', column: 'config' },
  { layer: 'organization', table: 'organizations', column: 'config' },
  { layer: 'instance', table: 'agent_instances', column: 'config' },
  { layer: 'number', table: 'sip_numbers', column: 'config_override' },
] as const;

const typedSchema = z.object({ properties: z.record(z.string(), z.looseObject({ type: z.string() })) });

describe.skipIf(noPostgres)('the checks of a configuration in the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(() => database.close());

  const save = ({ table, column }: (typeof columns)[number], config: unknown) =>
    database.sql.unsafe(`update ${table} set ${column} = $1::text::jsonb`, [JSON.stringify(config)]);

  test('know the settings of the schema and the type of each, no other (R2.2)', async () => {
    const { properties } = typedSchema.parse(
      z.toJSONSchema(tenantConfigSchema, { io: 'input', unrepresentable: 'any' }),
    );
    const types = Object.fromEntries(Object.entries(properties).map(([setting, { type }]) => [setting, type]));
    const [row] = await database.sql`select private.config_types() as types`;
    expect(row?.['types']).toEqual(types);
  });

  test.each(columns)(
    'on the layer $layer turn down what the table editor lets through, with its path (R2.2)',
    async (at) => {
      for (const [config, problem] of [
        [[], 'it must be an object, not of type array'],
        ['hello', 'it must be an object, not of type string'],
        [null, 'it must be an object, not of type null'],
        [{ greting: { text: 'hello' } }, 'greting: no such setting'],
        [{ greeting: 'hello' }, 'greeting: must be of type object or null, not string'],
        [{ language: 7 }, 'language: must be of type string or null, not number'],
        [{ languages: 'it' }, 'languages: must be of type array or null, not string'],
        [{ instructions: 'x'.repeat(70_000) }, 'it must not be longer than 65536 bytes'],
        [{ mode: true, colour: 1 }, 'colour: no such setting; mode: must be of type string or null, not boolean'],
      ] as const)
        await expect(save(at, config)).rejects.toThrow(`${at.table}.${at.column} is no configuration: ${problem}`);
      await expect(save(at, { greting: {} })).rejects.toMatchObject({
        code: '23514',
        hint: expect.stringContaining('greeting, hours, instructions'),
      });
    },
  );

  test.each(columns)('on the layer $layer let through what clears and what is written (R2.1)', async (at) => {
    const cleared = Object.fromEntries(Object.keys(tenantConfigSchema.shape).map((setting) => [setting, null]));
    const { owner, ...others } = cleared;
    await save(at, others);
    await save(at, { instructions: 'ü'.repeat(30_000), custom_context: { anything: [1, null, { at: 'all' }] } });
    await save(at, {});
    expect(owner).toBeNull();
  });

  test('let only the platform say what its owner allows (R2.1)', async () => {
    for (const at of columns)
      for (const owner of [{ platform_keys: true }, {}, null])
        if (at.layer === 'platform') await save(at, { owner });
        else
          await expect(save(at, { owner })).rejects.toThrow(
            'owner: only the configuration of the platform may set this',
          );
  });

  test('hold for new rows too, and change nothing of what was saved before (R2.2)', async () => {
    await expect(
      database.sql`insert into organizations (slug, name, config) values ('new', 'New', '{"greting": {}}')`,
    ).rejects.toThrow('greting: no such setting');
    await database.sql`update organizations set config = '{"language": "it"}' where slug = 'harbor-pizza'`;
    await expect(
      database.sql`update organizations set config = '{"language": []}' where slug = 'harbor-pizza'`,
    ).rejects.toThrow('organizations.config is no configuration');
    expect(
      await database.sql`select organization.config, version.config as newest
        from organizations organization join config_versions version on version.revision = organization.config_revision
        where slug = 'harbor-pizza'`,
    ).toEqual([{ config: { language: 'it' }, newest: { language: 'it' } }]);
  });
});
