import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { takenSchema } from '../../shared/contracts.ts';
import { openDatabase } from '../../shared/db.ts';
import { parseKeyRing, platformOwner, sealProviderKey } from '../../shared/provider-keys.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

const pizza = '0a000000-0000-4000-8000-000000000001';
const orders = '0a000000-0000-4000-8000-000000002001';
const support = '0a000000-0000-4000-8000-000000002002';
const pizzaKey = 'dev-openai-harbor-pizza';
/** Not one that the database could know: only the provider's own schema does. */
const nonsense = { stt: { options: { not_an_option: true } } };

const recordSchema = z.object({
  end_reason: z.string(),
  answered_at: z.string().nullable(),
  config_revision: z.number().nullable(),
  config_source: z.string().nullable(),
});

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
});
afterEach(async () => {
  world.database.restore();
  await world.providers.reset();
  await saves(orders, {});
});
afterAll(async () => world?.close());

const greetings = () => world.asked('speech', pizzaKey).map(({ user }) => user);
const saves = async (number: string, config_override: object) => {
  const { error } = await world.tables.from('sip_numbers').update({ config_override }).eq('id', number);
  expect(error).toBeNull();
  await world.changesHeard();
};

async function recordOf({ session }: PlacedCall) {
  await world.settled(session);
  const { data } = await world.tables.from('sessions').select('*').eq('id', session).single();
  return recordSchema.parse(data);
}

async function greeted(called: string): Promise<PlacedCall> {
  const placed = await world.dial(called);
  await placed.caller.untilHeard(300);
  return placed;
}

/** Hangs up once it was answered; a call that is refused ends by itself. */
async function callBriefly(called: string) {
  const placed = await world.dial(called);
  const { caller } = placed;
  await waitFor(() => caller.tracks.length > 0 || caller.disconnected, { what: 'an answer', deadlineMs: 20_000 });
  if (!caller.disconnected) await caller.hangUp();
  return { placed, record: await recordOf(placed) };
}

describe('a tenant who changes what an agent says', () => {
  test('the next caller hears it, and the call that runs keeps what it started with (R2.3, R1.6)', async () => {
    const running = await greeted('2002');
    await saves(support, {
      greeting: { text: 'Now we are called Harbour Care.' },
      instructions: 'You are Harbour Care.',
    });
    const next = await greeted('2002');
    expect(greetings()).toContain('Now we are called Harbour Care.');
    await next.caller.hangUp();

    running.caller.say(await world.speech('What time do you close tonight?'));
    const asked = () => world.asked('chat', pizzaKey).find(({ user }) => user?.includes('What time do you close'));
    await waitFor(() => asked() !== undefined, { what: 'the question to reach the model', deadlineMs: 30_000 });
    expect(asked()?.system).toContain('You are customer care of Harbor Pizza');
    expect(asked()?.system).not.toContain('Harbour Care');
    await running.caller.hangUp();
    expect((await recordOf(running)).config_source).toBe('current');
  });
});

describe('a configuration that does not pass its checks', () => {
  test('callers are answered with the last good version, and their records say so (R2.2)', async () => {
    await saves(orders, { greeting: { text: 'Orders, good and well.' } });
    const good = await callBriefly('2001');
    await saves(orders, nonsense);
    const { placed, record } = await callBriefly('2001');
    const { config_revision } = good.record;
    expect(record).toMatchObject({ end_reason: 'caller_hung_up', config_source: 'last_good', config_revision });
    expect(world.logOf(placed.session)).toContainEqual(
      expect.objectContaining({
        problems: [expect.objectContaining({ path: 'stt.options.not_an_option', layer: 'number' })],
      }),
    );
  });

  test('a number that never had a good one is refused, with what is wrong (R2.2)', async () => {
    const number = { phone_number: '2077', organization_id: pizza, label: 'new', max_concurrent_calls: 5 };
    await world.tables.from('sip_numbers').insert({ ...number, config_override: nonsense });
    const { placed, record } = await callBriefly('2077');
    expect(record).toMatchObject({ end_reason: 'config_invalid', answered_at: null, config_source: null });
    expect(world.logOf(placed.session)).toContainEqual(
      expect.objectContaining({
        reason: 'config_invalid',
        problems: [expect.objectContaining({ path: 'stt.options.not_an_option', layer: 'number' })],
      }),
    );
  });
});

describe('a database that goes away between admission and answer', () => {
  test('a caller of a known number is answered with what was last known, and the claim is made up for (R2.3)', async () => {
    await callBriefly('2001');
    const placed = await world.dial('2001', {}, { beforeDispatch: () => world.database.cut() });
    await placed.caller.untilHeard(300);
    world.database.restore();
    await world.logged(placed.session, 'the call is taken now');
    await placed.caller.hangUp();
    const record = await recordOf(placed);
    expect(record).toMatchObject({ end_reason: 'caller_hung_up', config_source: 'stale' });
    expect(record.answered_at).not.toBeNull();
  });

  test('a call that somebody else has taken meanwhile is left to them (R1.6)', async () => {
    await callBriefly('2001');
    const placed = await world.dial('2001', {}, { beforeDispatch: () => world.database.cut() });
    await placed.caller.untilAnswered();
    const { url, anonKey, agentToken } = world.supabase;
    const other = openDatabase({ url, anonKey, token: agentToken, deadlineMs: 10_000 });
    const args = { p_session_id: placed.session, p_worker: 'another-shard' };
    expect(await other.row('take_call', args, takenSchema)).toMatchObject({ taken: true });
    world.database.restore();
    await world.logged(placed.session, 'call left to others');
    expect(placed.caller.disconnected).toBe(false);
    const { data } = await world.tables.from('sessions').select('end_reason').eq('id', placed.session).single();
    expect(data).toEqual({ end_reason: null });
  });

  test('a shard that died meanwhile is followed by one that knows what it knew (R2.3)', async () => {
    await callBriefly('2002');
    const [shard] = world.shardPids();
    const registered = world.registrations();
    world.database.cut();
    process.kill(shard ?? 0, 'SIGKILL');
    await waitFor(() => world.registrations() > registered, { what: 'another shard', deadlineMs: 30_000 });
    const placed = await greeted('2002');
    await placed.caller.hangUp();
    world.database.restore();
    expect(await recordOf(placed)).toMatchObject({ end_reason: 'caller_hung_up', config_source: 'stale' });
  });
});

describe('provider keys', () => {
  test('a tenant without one is refused, then served with the platform’s when its owner allows it (R2.7)', async () => {
    const { tables } = world;
    const revoked = { revoked_at: new Date().toISOString() };
    await tables.from('provider_keys').update(revoked).eq('organization_id', pizza).eq('provider', 'deepgram');
    await world.changesHeard();
    const { placed, record } = await callBriefly('2001');
    expect(record.end_reason).toBe('provider_key_missing');
    expect(world.logOf(placed.session)).toContainEqual(
      expect.objectContaining({ problems: [expect.objectContaining({ message: 'there is no key for deepgram' })] }),
    );

    await addKey(null, 'deepgram', 'dev-deepgram-platform');
    const { data } = await tables.from('platform_settings').select('config').single();
    const { config } = z.object({ config: z.record(z.string(), z.unknown()) }).parse(data);
    await tables
      .from('platform_settings')
      .update({ config: { ...config, owner: { platform_keys: true } } })
      .eq('id', true);
    await world.changesHeard();
    await greeted('2001').then(({ caller }) => caller.hangUp());
    expect(world.asked('listen', 'dev-deepgram-platform').length).toBeGreaterThan(0);

    await addKey(pizza, 'deepgram', 'dev-deepgram-harbor-pizza');
    await world.changesHeard();
    await greeted('2001').then(({ caller }) => caller.hangUp());
    expect(world.asked('listen', 'dev-deepgram-harbor-pizza').length).toBeGreaterThan(0);
  });

  test('what somebody exported into the worker’s environment is never used (R2.7)', async () => {
    const { caller } = await greeted('2001');
    await caller.hangUp();
    const keys = new Set(world.providers.journal({}).map(({ key }) => key));
    expect([...keys].filter((key) => key.includes('somebody-else'))).toEqual([]);
    expect(world.env).toMatchObject({ OPENAI_API_KEY: 'dev-openai-somebody-else', OPENAI_BASE_URL: expect.anything() });
  });
});

/** @param organization null: the platform */
async function addKey(organization: string | null, provider: string, key: string): Promise<void> {
  const ring = parseKeyRing(world.env['PROVIDER_KEYS_SECRET'] ?? '');
  const tenant = organization === null ? platformOwner : ('harbor-pizza' as never);
  const { keyId, ciphertext } = sealProviderKey(ring, { tenant, provider }, key);
  const row = {
    id: randomUUID(),
    organization_id: organization,
    provider,
    key_id: keyId,
    ciphertext,
    last_four: key.slice(-4),
  };
  const { error } = await world.tables.from('provider_keys').insert(row);
  expect(error).toBeNull();
}
