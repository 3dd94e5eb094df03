/** Every version of a configuration: who saved it, when, which one is active, and going back to one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { currentSchema, putSchema, restoredSchema, versionSchema } from './operator.ts';
import { type Actor, databaseAs, operatorRole } from './roles.ts';

const person = (digit: string) => `0d000000-0000-4000-8000-00000000000${digit}`;
const [editorId, viewerId, neighbourId, adminId] = ['1', '2', '3', '4'].map(person);
const harbor = '0a000000-0000-4000-8000-000000000001';
const bianchi = '0b000000-0000-4000-8000-000000000001';
const notRestored = { restored: false, revision: null };

describe.skipIf(noPostgres)('the versions of a configuration', () => {
  let database: TestDatabase;
  let operator: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    operator = databaseAs(database.sql, operatorRole);
    for (const userId of [editorId, viewerId, neighbourId, adminId])
      await database.sql`insert into auth.users (id) values (${userId ?? ''})`;
    await database.sql`insert into organization_members (organization_id, user_id, role) values
      (${harbor}, ${editorId ?? ''}, 'editor'), (${harbor}, ${viewerId ?? ''}, 'viewer'),
      (${bianchi}, ${neighbourId ?? ''}, 'owner')`;
    await database.sql`insert into platform_admins (user_id) values (${adminId ?? ''})`;
  });
  afterAll(() => database.close());

  interface Named {
    readonly p_layer: 'platform' | 'organization' | 'instance' | 'number';
    readonly p_organization?: string;
    readonly p_name?: string;
  }
  const layers: readonly Named[] = [
    { p_layer: 'platform' },
    { p_layer: 'organization', p_organization: 'harbor-pizza' },
    { p_layer: 'instance', p_organization: 'harbor-pizza', p_name: 'Front counter' },
    { p_layer: 'number', p_name: '2001' },
  ];
  const columns = {
    platform: ['platform_settings', 'config', 'id'],
    organization: ['organizations', 'config', `slug = 'harbor-pizza'`],
    instance: ['agent_instances', 'config', `name = 'Front counter'`],
    number: ['sip_numbers', 'config_override', `phone_number = '2001'`],
  } as const;
  async function save({ p_layer }: Named, language: string) {
    const [table, column, where] = columns[p_layer];
    await database.sql.unsafe(`update ${table} set ${column} = '{"language": "${language}"}' where ${where}`);
  }
  const history = (layer: Named, limit = 20) =>
    operator.rows('config_history', { ...layer, p_limit: limit }, versionSchema);
  const current = (layer: Named) => operator.rows('current_config', { ...layer }, currentSchema);
  const restore = (revision: number, by = 'Ada') =>
    operator.row('restore_config', { p_revision: revision, p_by: by }, restoredSchema);
  const languages = (versions: readonly { config: { language?: unknown } }[]) =>
    versions.map((version) => version.config.language);

  test.each(layers)(
    'of $p_layer are listed newest first, the active one marked, and going back is a new version (R2.6)',
    async (layer) => {
      for (const language of ['it', 'fr', 'de']) await save(layer, language);
      const [de, fr, it] = await history(layer, 3);
      if (de === undefined || fr === undefined || it === undefined) throw new Error('three versions were saved');
      expect(languages([de, fr, it])).toEqual(['de', 'fr', 'it']);
      expect([de.active, fr.active, it.active]).toEqual([true, false, false]);
      expect(await current(layer)).toEqual([{ config: { language: 'de' }, revision: de.revision }]);

      const back = await restore(it.revision);
      expect(back.revision).toBeGreaterThan(de.revision);
      expect(await current(layer)).toEqual([{ config: { language: 'it' }, revision: back.revision }]);
      const after = await history(layer);
      expect(languages(after.slice(0, 4))).toEqual(['it', 'de', 'fr', 'it']);
      expect(after.filter((version) => version.active).map((version) => version.revision)).toEqual([back.revision]);
      expect(after[0]?.saved_by).toBe('Ada');
      expect(after[1]?.saved_by).toBeNull();
      expect(after[0]?.saved_at.getTime()).toBeGreaterThanOrEqual(de.saved_at.getTime());
    },
  );

  test('the active one, one that there never was and one whose row is gone are not restored (R2.6)', async () => {
    const [agent] = await Promise.all([
      operator.row('put_agent', { p_organization: 'harbor-pizza', p_name: 'Short-lived', p_config: {} }, putSchema),
    ]);
    expect(await restore(agent.revision)).toEqual(notRestored);
    await database.sql`delete from agent_instances where name = 'Short-lived'`;
    expect([await restore(agent.revision), await restore(999_999_999)]).toEqual([notRestored, notRestored]);
  });

  test('a version that would not be let through today is not let through again (R2.2)', async () => {
    const layer = { p_layer: 'organization', p_organization: 'studio-bianchi' } as const;
    const [newest] = await history(layer, 1);
    await database.sql`update config_versions set config = '{"retired": 1}' where revision = ${newest?.revision ?? 0}`;
    await database.sql`update organizations set config = '{}' where slug = 'studio-bianchi'`;
    await expect(restore(newest?.revision ?? 0)).rejects.toThrow('retired: no such setting');
  });

  test('what an earlier organisation said on a number is neither shown nor restored for the next one (R1.6)', async () => {
    const put = (p_organization: string, p_override: object) =>
      operator.row('put_number', { p_organization, p_phone_number: '4001', p_override }, putSchema);
    const before = await put('harbor-pizza', { instructions: 'of Harbor Pizza' });
    const now = await put('studio-bianchi', { instructions: 'of Studio Bianchi' });
    const number = { p_layer: 'number', p_name: '4001' } as const;
    expect((await history(number)).map((version) => version.revision)).toEqual([now.revision]);
    expect(await restore(before.revision)).toEqual(notRestored);
    expect(await current({ ...number, p_organization: 'harbor-pizza' })).toEqual([]);
    expect(await current({ ...number, p_organization: 'studio-bianchi' })).toHaveLength(1);
  });

  describe('for people who are signed in', () => {
    const as = (userId: string | undefined): Database => {
      const actor: Actor = { role: 'authenticated', userId: userId ?? '' };
      return databaseAs(database.sql, actor);
    };
    const restoreAs = (userId: string | undefined, revision: number) =>
      as(userId).row('restore_config_version', { p_revision: revision }, restoredSchema);
    async function olderOf(layer: Named): Promise<number> {
      await save(layer, 'fa');
      await save(layer, 'ar');
      return (await history(layer, 2))[1]?.revision ?? 0;
    }

    test.each(layers.slice(1))(
      'an editor goes back to a version of the own $p_layer, and history says who it was (R2.6)',
      async (layer) => {
        const older = await olderOf(layer);
        const back = await restoreAs(editorId, older);
        expect(back.restored).toBe(true);
        const [newest] = await history(layer, 1);
        expect(newest).toMatchObject({ revision: back.revision, config: { language: 'fa' }, saved_by: editorId });
      },
    );

    test('a viewer and a neighbour restore nothing of ours, and nobody but an admin anything of the platform (R7.1)', async () => {
      for (const layer of layers) {
        const older = await olderOf(layer);
        for (const userId of [viewerId, neighbourId, ...(layer.p_layer === 'platform' ? [editorId] : [])])
          expect(await restoreAs(userId, older), layer.p_layer).toEqual(notRestored);
        expect((await restoreAs(adminId, older)).restored).toBe(true);
      }
    });

    test('nobody who is signed in puts another name on what they save (R2.6)', async () => {
      await database.sql.begin(async (transaction) => {
        await transaction`select set_config('switchboard.saved_by', 'somebody else', true),
          set_config('request.jwt.claims', '{"email": "editor@harbor-pizza.test"}', true),
          set_config('request.jwt.claim.sub', ${editorId ?? ''}, true), set_config('role', 'authenticated', true)`;
        await transaction`update sip_numbers set config_override = '{}' where phone_number = '2002'`;
      });
      const [newest] = await history({ p_layer: 'number', p_name: '2002' }, 1);
      expect(newest?.saved_by).toBe('editor@harbor-pizza.test');
    });
  });
});
