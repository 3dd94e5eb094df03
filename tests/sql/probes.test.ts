/** Who tries providers for whom. Time is moved by writing the columns. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { probeOrderSchema } from '../../agent/probe-order.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { harbor } from './endpoints.ts';
import { type Actor, agentRole, databaseAs } from './roles.ts';

const editor: Actor & { readonly userId: string } = {
  role: 'authenticated',
  userId: '0e000000-0000-4000-8000-000000000011',
};
const orders = '0a000000-0000-4000-8000-000000002001';
const finishedSchema = z.object({ finished: z.boolean() });

describe.skipIf(noPostgres)('a probe', () => {
  const { database } = openBooks({ emptied: false });
  beforeAll(async () => {
    await database.sql`insert into auth.users (id) values (${editor.userId})`;
    await database.sql`insert into organization_members (organization_id, user_id, role)
      values (${harbor}, ${editor.userId}, 'owner')`;
  });
  beforeEach(() => database.sql`delete from private.probes`);

  /** The answer of an API function that gives one value. */
  const ask = async (call: string, args: Readonly<Record<string, unknown>>) => {
    const answer = z.record(z.string(), z.unknown());
    return (await databaseAs(database.sql, editor).row(call, args, answer))[call];
  };
  const askFor = async (draft: object | null = null) =>
    z.uuid().parse(await ask('api_probe_number', { p_id: orders, p_draft: draft }));
  const agent = () => databaseAs(database.sql, agentRole);
  const take = async (worker: string, pool = 'switchboard') => {
    const [taken] = await agent().rows('take_probe', { p_worker: worker, p_pool: pool }, probeOrderSchema);
    return taken;
  };
  const finish = async (id: string, worker: string, result: object) => {
    const args = { p_id: id, p_worker: worker, p_result: result };
    return (await agent().row('finish_probe', args, finishedSchema)).finished;
  };
  const stateOf = async (id: string) =>
    z.looseObject({ state: z.string() }).parse(await ask('api_probe', { p_id: id })).state;
  const letPass = (seconds: number) => database.sql`update private.probes set
    asked_at = asked_at - make_interval(secs => ${seconds}), taken_at = taken_at - make_interval(secs => ${seconds})`;

  test('is taken by one host of the tenant’s pool, and read by who asked for it when it is done (R2.8)', async () => {
    const id = await askFor({ language: 'it' });
    expect(await stateOf(id)).toBe('waiting');
    expect(await take('elsewhere', 'another-pool')).toBeUndefined();
    expect(await take('one')).toEqual({
      about: 'number',
      id,
      called: '2001',
      draft: { language: 'it' },
      tenant: 'harbor-pizza',
    });
    expect([await take('two'), await stateOf(id)]).toEqual([undefined, 'running']);
    expect(await finish(id, 'one', { problems: [], services: [] })).toBe(true);
    expect(await ask('api_probe', { p_id: id })).toMatchObject({
      state: 'finished',
      result: { problems: [], services: [] },
    });
  });

  test('of a key comes with the sealed key, whose it is, and where its provider is reached (R2.8, R7.3)', async () => {
    const [layers] = await database.sql`select platform.config as platform, organization.config as organization
      from platform_settings platform, organizations organization where organization.id = ${harbor}`;
    const [key] = await database.sql`insert into provider_keys (organization_id, provider, ciphertext, last_four)
      values (${harbor}, 'openai', repeat('c', 60), 'cccc') returning id, provider, ciphertext`;
    const id = z.uuid().parse(await ask('api_probe_key', { p_id: key?.['id'] }));
    expect(await take('one')).toMatchObject({
      about: 'key',
      id,
      tenant: 'harbor-pizza',
      key: { provider: key?.['provider'], ciphertext: key?.['ciphertext'], owner: 'organization' },
      layers,
    });
  });

  test('whose host is gone goes to another one, and the first is not believed any more (R2.8)', async () => {
    const id = await askFor();
    await take('one');
    await letPass(13);
    expect(await take('two')).toMatchObject({ id });
    expect(await finish(id, 'one', { late: true })).toBe(false);
    expect(await finish(id, 'two', { services: [] })).toBe(true);
    expect(await finish(id, 'two', { again: true })).toBe(false);
  });

  test('that nobody takes ends by itself (R2.8)', async () => {
    const id = await askFor();
    await letPass(46);
    expect([await stateOf(id), await take('one')]).toEqual(['nobody_there', undefined]);
  });

  test('waits with four others at most, each of which costs the tenant a little (R2.8)', async () => {
    for (let asked = 0; asked < 5; asked++) await askFor();
    await expect(askFor()).rejects.toMatchObject({ code: 'PT409' });
    await letPass(46);
    await askFor();
  });

  test('is forgotten after an hour (R2.8)', async () => {
    const id = await askFor();
    await letPass(3601);
    await askFor();
    expect(await ask('api_probe', { p_id: id })).toBeNull();
  });
});
