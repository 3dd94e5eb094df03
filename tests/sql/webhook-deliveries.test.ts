/** Who sends what is owed, how often it is tried, and what people may do about it. Time is moved by writing the columns. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import {
  addEndpoint,
  bianchi,
  claim,
  harbor,
  inOpenTransaction,
  letClaimsRunOut,
  letTimePass,
  owe,
  release,
  settle,
} from './endpoints.ts';
import { resealedSchema, sealedKeySchema } from './operator.ts';
import { type Actor, databaseAs, dispatchRole, operatorRole } from './roles.ts';

const person = (digit: number): Actor & { readonly userId: string } => ({
  role: 'authenticated',
  userId: `0e000000-0000-4000-8000-00000000000${digit}`,
});
const [editor, viewer, neighbour] = [person(1), person(2), person(3)];

const deliverySchema = z.looseObject({
  id: z.uuid(),
  state: z.string(),
  attempts: z.int(),
  payload: z.looseObject({}),
});
const webhookSchema = z.looseObject({
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  active: z.boolean(),
});
const minute = 60_000;
const hour = 60 * minute;
const waitsMs = [10_000, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour, 24 * hour];

describe.skipIf(noPostgres)('deliveries', () => {
  const { database, dispatch } = openBooks({ emptied: false });
  beforeAll(async () => {
    for (const { userId } of [editor, viewer, neighbour])
      await database.sql`insert into auth.users (id) values (${userId})`;
    await database.sql`insert into organization_members (organization_id, user_id, role) values
      (${harbor}, ${editor.userId}, 'editor'), (${harbor}, ${viewer.userId}, 'viewer'),
      (${bianchi}, ${neighbour.userId}, 'owner')`;
  });
  beforeEach(() => database.sql`delete from webhook_endpoints`);

  const endpoint = (organization = harbor) => addEndpoint(database.sql, organization);
  const row = async (id: string) => (await database.sql`select * from webhook_deliveries where id = ${id}`)[0];
  const idsOf = (claimed: readonly { readonly id: string }[]) => claimed.map(({ id }) => id);
  /** The answer of an API function that gives one document. */
  const ask = async (actor: Actor, call: string, args: Readonly<Record<string, unknown>>) => {
    const answer = z.record(z.string(), z.unknown());
    return (await databaseAs(database.sql, actor).row(call, args, answer))[call];
  };
  const items = async (actor: Actor, call: string, args: Readonly<Record<string, unknown>> = {}) => {
    const rows = await databaseAs(database.sql, actor).rows(call, args, z.object({ item: z.looseObject({}) }));
    return rows.map(({ item }) => item);
  };
  const replay = (actor: Actor, id: string) => ask(actor, 'api_replay_delivery', { p_id: id });
  async function claimOnly() {
    const [only, ...others] = await claim(dispatch);
    if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} were claimed`);
    return only;
  }

  test('whoever claims a delivery gets all that is needed to send it, and nobody else gets it (R5.5)', async () => {
    await database.sql`update platform_settings set config = '{"owner": {"private_hosts": ["10.0.0.7:8443"]}}'`;
    const [id] = await owe(database.sql, await endpoint(), 1);
    expect(await claimOnly()).toEqual({
      id,
      attempt: 1,
      event: 'webhook.test',
      body: '{"at": "", "data": {}, "type": "webhook.test"}',
      tenant: 'harbor-pizza',
      url: 'https://hooks.test/in',
      sealedSecret: { keyId: 'k1', ciphertext: 'sealed' },
      privateHosts: ['10.0.0.7:8443'],
    });
    await database.sql`update platform_settings set config = '{}'`;
    expect(await claim(dispatch)).toEqual([]);
  });

  test('of many replicas that ask at the same moment each delivery is sent by one (R5.5)', async () => {
    const endpoints = [];
    for (let count = 0; count < 12; count++) endpoints.push(await endpoint(count % 2 === 0 ? harbor : bianchi));
    for (const id of endpoints) await owe(database.sql, id, 1);
    const pool = database.connect(8);
    const replicas = Array.from({ length: 8 }, () => databaseAs(pool, dispatchRole));
    const claimed = (await Promise.all(replicas.map((replica) => claim(replica, 3)))).flat();
    await pool.end();
    expect(new Set(idsOf(claimed)).size).toBe(claimed.length);
    expect(claimed.length + (await claim(dispatch)).length).toBe(12);
  });

  test('what another replica is claiming at this moment is not waited for (R5.5)', async () => {
    const [one, other] = [await endpoint(), await endpoint(bianchi)];
    await owe(database.sql, one, 1);
    await inOpenTransaction(database, async (slow) => {
      expect(await slow`select * from claim_webhook_deliveries(10)`).toHaveLength(1);
      const [due] = await owe(database.sql, other, 1);
      expect(idsOf(await claim(dispatch))).toEqual([due]);
    });
  });

  test('an endpoint that does not answer gets three at once, the oldest first, and holds up nobody else (R5.5)', async () => {
    const [hanging, healthy] = [await endpoint(), await endpoint(bianchi)];
    const owed = await owe(database.sql, hanging, 20_000);
    const [other] = await owe(database.sql, healthy, 1);
    const claimed = await claim(dispatch);
    expect(idsOf(claimed)).toEqual([...owed.slice(0, 3), other]);
    expect(await claim(dispatch)).toEqual([]);
    const [oldest] = claimed;
    if (oldest) await settle(dispatch, oldest);
    expect(idsOf(await claim(dispatch))).toEqual([owed[3]]);
    await letClaimsRunOut(database.sql);
    const endpoints = await Promise.all(
      (await claim(dispatch)).map(async ({ id }) => (await row(id))?.['endpoint_id']),
    );
    expect(endpoints.toSorted()).toEqual([hanging, hanging, hanging, healthy].toSorted());
  });

  test('where there is room for some alone, each endpoint gets its turn (R5.5)', async () => {
    for (let count = 0; count < 6; count++) await owe(database.sql, await endpoint(), 500);
    const turns = new Set<string>();
    for (let round = 0; round < 60 && turns.size < 6; round++) {
      const [claimed] = await claim(dispatch, 1);
      if (claimed === undefined) throw new Error('nothing was due');
      turns.add(z.string().parse((await row(claimed.id))?.['endpoint_id']));
      await settle(dispatch, claimed);
    }
    expect(turns.size).toBe(6);
  });

  test('one that failed is tried again after 10 s, later each time, and given up after nine attempts (R5.5)', async () => {
    const [id] = await owe(database.sql, await endpoint(), 1);
    for (const waitMs of waitsMs) {
      const { againAt } = await settle(dispatch, await claimOnly(), 500);
      const tookMs = (againAt?.getTime() ?? 0) - Date.now();
      expect(tookMs).toBeGreaterThan(0.8 * waitMs - 2_000);
      expect(tookMs).toBeLessThan(1.2 * waitMs + 2_000);
      expect(await claim(dispatch)).toEqual([]);
      await letTimePass(database.sql);
    }
    expect(await settle(dispatch, await claimOnly(), 500)).toEqual({ settled: true, againAt: null });
    expect(await row(id ?? '')).toMatchObject({
      attempts: 9,
      next_attempt_at: null,
      delivered_at: null,
      response_status: 500,
      last_error: 'answered 500',
    });
    await letTimePass(database.sql);
    expect(await claim(dispatch)).toEqual([]);
  });

  test('those that failed together do not come back together: each waits a fifth less or more (R5.5)', async () => {
    const waits = await database.sql`
      select failed, min(wait)::float as least, max(wait)::float as most
      from (
        select failed, extract(epoch from private.retry_at(failed) - clock_timestamp()) * 1000 as wait
        from generate_series(1, 8) failures (failed), generate_series(1, 500)
      ) waits
      group by failed order by failed`;
    expect(waits).toHaveLength(waitsMs.length);
    for (const [at, { least, most }] of waits.entries()) {
      const waitMs = waitsMs[at] ?? 0;
      expect([least / waitMs, most / waitMs]).toEqual([expect.closeTo(0.8, 1.5), expect.closeTo(1.2, 1.5)]);
    }
  });

  test('one that was delivered is not sent again, and its endpoint’s answer is kept (R5.5)', async () => {
    const [id] = await owe(database.sql, await endpoint(), 1);
    expect(await settle(dispatch, await claimOnly())).toEqual({ settled: true, againAt: null });
    expect(await row(id ?? '')).toMatchObject({ response_status: 200, last_error: null, claimed_until: null });
    await letTimePass(database.sql);
    expect(await claim(dispatch)).toEqual([]);
  });

  test('what a replica that died had claimed is sent by another, and the dead one has no say in it (R5.5)', async () => {
    await owe(database.sql, await endpoint(), 1);
    const dead = await claimOnly();
    await letClaimsRunOut(database.sql);
    const alive = await claimOnly();
    expect(alive).toEqual({ ...dead, attempt: 2 });
    expect((await settle(dispatch, dead, 500)).settled).toBe(false);
    expect(await release(dispatch, dead)).toBe(false);
    expect((await settle(dispatch, alive)).settled).toBe(true);
    expect((await settle(dispatch, alive, 500)).settled).toBe(false);
  });

  test('what a replica gives back is due at once and was no attempt (R5.5)', async () => {
    await owe(database.sql, await endpoint(), 1);
    const claimed = await claimOnly();
    expect([await release(dispatch, claimed), await release(dispatch, claimed)]).toEqual([true, false]);
    expect(await claimOnly()).toEqual(claimed);
  });

  test('one that fails after its endpoint was switched off is not tried again (R5.5)', async () => {
    await owe(database.sql, await endpoint(), 1);
    const claimed = await claimOnly();
    await database.sql`update webhook_endpoints set active = false`;
    expect(await settle(dispatch, claimed, 500)).toEqual({ settled: true, againAt: null });
  });

  test('what ended thirty days ago is removed, what waits is kept (R5.5)', async () => {
    const id = await endpoint();
    const [ended = '', givenUp = '', recent = '', waiting = ''] = await owe(database.sql, id, 4);
    await database.sql`update webhook_deliveries set next_attempt_at = null, created_at = now() - interval '40 days',
      attempted_at = now() - interval '31 days' where id = ${ended}`;
    await database.sql`update webhook_deliveries set next_attempt_at = null, created_at = now() - interval '31 days'
      where id = ${givenUp}`;
    await database.sql`update webhook_deliveries set next_attempt_at = null, created_at = now() - interval '40 days',
      attempted_at = now() - interval '29 days' where id = ${recent}`;
    await database.sql`update webhook_deliveries set created_at = now() - interval '40 days',
      next_attempt_at = now() + interval '1 hour' where id = ${waiting}`;
    await claim(dispatch);
    const left = await database.sql`select id from webhook_deliveries order by id`;
    expect(left.map((kept) => kept['id'])).toEqual([recent, waiting].toSorted());
  });

  test('an editor has any delivery sent again, with the same id and payload and all its retries (R5.5)', async () => {
    const [id = ''] = await owe(database.sql, await endpoint(), 1);
    const first = await claimOnly();
    await settle(dispatch, first);
    expect(await replay(editor, id)).toMatchObject({ id, state: 'waiting', attempts: 1, deliveredAt: null });
    const second = await claimOnly();
    expect(second).toEqual({ ...first, attempt: 2 });
    const { againAt } = await settle(dispatch, second, 500);
    expect((againAt?.getTime() ?? 0) - Date.now()).toBeLessThan(15_000);
    expect(await replay(editor, id)).toMatchObject({ state: 'waiting' });
    await settle(dispatch, await claimOnly());
    expect(
      deliverySchema.parse((await items(editor, 'api_webhook_deliveries', await deliveriesOf(id)))[0]),
    ).toMatchObject({
      state: 'delivered',
      attempts: 3,
    });
  });

  test('one that is being sent at this moment is not sent a second time (R5.5)', async () => {
    const [id = ''] = await owe(database.sql, await endpoint(), 1);
    const claimed = await claimOnly();
    await replay(editor, id);
    expect(await claim(dispatch)).toEqual([]);
    expect((await settle(dispatch, claimed)).settled).toBe(true);
  });

  test('viewers and other tenants neither see nor send again what a webhook was told (R7.1, R5.5)', async () => {
    const webhook = await endpoint();
    const [id = ''] = await owe(database.sql, webhook, 1);
    for (const actor of [viewer, neighbour]) {
      expect(await items(actor, 'api_webhooks')).toEqual([]);
      expect(await items(actor, 'api_webhook_deliveries', { p_webhook_id: webhook })).toEqual([]);
    }
    for (const [call, args] of [
      ['api_replay_delivery', { p_id: id }],
      ['api_test_webhook', { p_id: webhook }],
      ['api_change_webhook', { p_id: webhook, p_changes: { active: false } }],
      ['api_remove_webhook', { p_id: webhook }],
    ] as const) {
      await expect(ask(viewer, call, args)).rejects.toThrow('your role does not allow this');
      expect([null, false]).toContain(await ask(neighbour, call, args));
    }
    const added = { p_webhook: { organization: harbor, url: 'https://a.test/' }, p_sealed: sealed('a') };
    for (const actor of [viewer, neighbour])
      await expect(ask(actor, 'api_add_webhook', added)).rejects.toThrow('your role does not allow this');
    expect(await row(id)).toMatchObject({ attempts: 0 });
  });

  test('an editor adds, changes, tests and removes a webhook, and reads its secret nowhere (R7.3, R5.5)', async () => {
    const wanted = { organization: harbor, url: 'https://a.test/', events: ['call.ended'] };
    const added = webhookSchema.parse(
      await ask(editor, 'api_add_webhook', { p_webhook: wanted, p_sealed: sealed('never-shown') }),
    );
    expect(added).toMatchObject({ url: 'https://a.test/', events: ['call.ended'], active: true, waiting: 0 });
    const changes = { url: 'https://b.test/', events: [], active: false, secret_ciphertext: 'mine', id: bianchi };
    const changed = await ask(editor, 'api_change_webhook', { p_id: added.id, p_changes: changes });
    expect(changed).toMatchObject({ id: added.id, url: 'https://b.test/', events: [], active: false });
    const test = await ask(editor, 'api_test_webhook', { p_id: added.id });
    expect(test).toMatchObject({ event: 'webhook.test', payload: { data: { webhook: added.id } }, state: 'waiting' });
    expect(await claimOnly()).toMatchObject({ sealedSecret: { keyId: 'k7', ciphertext: 'never-shown' } });
    const shown = [await items(editor, 'api_webhooks'), changed, test, added];
    expect(JSON.stringify(shown)).not.toMatch(/never-shown|ciphertext/);
    expect(await ask(editor, 'api_remove_webhook', { p_id: added.id })).toBe(true);
    expect(await ask(editor, 'api_remove_webhook', { p_id: added.id })).toBe(false);
    expect(await database.sql`select from webhook_deliveries`).toHaveLength(0);
  });

  test('a business has ten webhooks, and no eleventh (R5.5)', async () => {
    for (let count = 0; count < 10; count++) await endpoint();
    const wanted = { organization: harbor, url: 'https://a.test/' };
    await expect(ask(editor, 'api_add_webhook', { p_webhook: wanted, p_sealed: sealed('a') })).rejects.toThrow(
      'at most 10',
    );
  });

  test('secrets of webhooks are sealed anew together with provider keys (R7.3)', async () => {
    const id = await endpoint();
    const operator = databaseAs(database.sql, operatorRole);
    const old = await operator.rows('sealed_keys', { p_not_key_id: 'k2' }, sealedKeySchema);
    expect(old).toEqual([{ id, tenant: 'harbor-pizza', provider: 'webhook', key_id: 'k1', ciphertext: 'sealed' }]);
    const reseal = (was: string) =>
      operator.row('reseal_key', { p_id: id, p_key_id: 'k2', p_ciphertext: 'anew', p_was: was }, resealedSchema);
    expect([await reseal('another'), await reseal('sealed')]).toEqual([{ resealed: false }, { resealed: true }]);
    expect(await operator.rows('sealed_keys', { p_not_key_id: 'k2' }, sealedKeySchema)).toEqual([]);
    await owe(database.sql, id, 1);
    expect(await claimOnly()).toMatchObject({ sealedSecret: { keyId: 'k2', ciphertext: 'anew' } });
  });

  const sealed = (ciphertext: string) => ({ keyId: 'k7', ciphertext });
  const deliveriesOf = async (id: string) => ({ p_webhook_id: (await row(id))?.['endpoint_id'] });
});
