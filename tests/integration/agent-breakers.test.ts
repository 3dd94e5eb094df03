import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld({ breakers: 'kept' });
});
beforeEach(() => world.tables.from('breakers').delete().not('id', 'is', null));
afterEach(() => world?.providers.reset());
afterAll(async () => world?.close());

const pizza = '0a000000-0000-4000-8000-000000000001';
const keys = {
  deepgram: 'dev-deepgram-harbor-pizza',
  soniox: 'dev-soniox-harbor-pizza',
  openai: 'dev-openai-harbor-pizza',
};
const refusing = (kind: 'listen' | 'chat', key: string) =>
  world.providers.script({ rules: [{ match: { kind, key }, fault: { type: 'status', status: 401 } }] });
const heardByDeepgram = () => world.asked('listen', keys.deepgram).length;
const heardBySoniox = () => world.asked('listen', keys.soniox).length;

/** A number of Harbor Pizza that nobody called before. */
async function number(phone_number: string, config_override: object): Promise<string> {
  const row = { phone_number, organization_id: pizza, label: 'test', active: true, config_override };
  const { error } = await world.tables.from('sip_numbers').upsert(row, { onConflict: 'phone_number' });
  expect(error).toBeNull();
  return phone_number;
}

const breakersSchema = z.array(
  z.object({ provider: z.string().nullable(), state: z.string(), last_reason: z.string().nullable() }),
);
async function breakers(): Promise<Readonly<Record<string, string>>> {
  const { data } = await world.tables
    .from('breakers')
    .select('provider,state,last_reason')
    .eq('organization_id', pizza);
  return Object.fromEntries(breakersSchema.parse(data).map(({ provider, state }) => [provider ?? 'all', state]));
}
const untilBreaker = (provider: string, state: string) =>
  waitFor(async () => (await breakers())[provider] === state, {
    what: `the breaker of ${provider} to be ${state}`,
    deadlineMs: 30_000,
    intervalMs: 200,
  });

async function hangUp({ session, caller }: PlacedCall): Promise<void> {
  await caller.hangUp();
  expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
}

const twoRecognisers = { stt: { provider: 'deepgram', fallbacks: [{ provider: 'soniox' }] } };

describe('a provider that refuses the key in mid-call', () => {
  test('is spared the next call, tried by one after a while, and serves again once that went well (R4.2, R3.4)', async () => {
    const called = await number('3101', twoRecognisers);
    await refusing('listen', keys.deepgram);
    const first = await world.dial(called);
    await first.caller.untilHeard(500);
    await untilBreaker('deepgram', 'open');
    await hangUp(first);
    expect(heardByDeepgram()).toBeGreaterThan(0);
    await world.providers.reset();

    const second = await world.dial(called);
    await second.caller.untilHeard(500);
    await waitFor(() => heardBySoniox() > 0, { what: 'the second one to listen', deadlineMs: 20_000 });
    await hangUp(second);
    expect(heardByDeepgram()).toBe(0);
    expect(await breakers()).toEqual({ deepgram: 'open' });

    const due = { open_until: new Date(Date.now() - 1_000).toISOString() };
    await world.tables.from('breakers').update(due).eq('provider', 'deepgram');
    const probe = await world.dial(called);
    await probe.caller.untilHeard(500);
    await waitFor(() => heardByDeepgram() > 0, { what: 'the first one to listen', deadlineMs: 20_000 });
    await untilBreaker('deepgram', 'half_open');
    probe.caller.say(await world.speech('What time do you close tonight?'));
    await waitFor(() => world.asked('chat', keys.openai).length > 0, { what: 'it to understand', deadlineMs: 60_000 });
    await hangUp(probe);
    await untilBreaker('deepgram', 'closed');
  }, 180_000);

  test('is tried all the same where nobody stands behind it: its breaker may speak of other work (R4.2)', async () => {
    const called = await number('3102', {});
    const open = { organization_id: pizza, provider: 'openai', state: 'open', open_until: '2099-01-01T00:00:00Z' };
    const { error } = await world.tables.from('breakers').insert(open);
    expect(error).toBeNull();
    const placed = await world.dial(called);
    await placed.caller.untilHeard(500);
    placed.caller.say(await world.speech('What time do you close tonight?'));
    await waitFor(() => world.asked('chat', keys.openai).length > 0, {
      what: 'its model to think',
      deadlineMs: 60_000,
    });
    await hangUp(placed);
  });

  test('and leaves nobody to think closes the business’s line at once, and no other’s (R4.2, R1.6)', async () => {
    const called = await number('3103', {});
    await refusing('chat', keys.openai);
    const { session, caller } = await world.dial(called);
    await caller.untilHeard(500);
    caller.say(await world.speech('What time do you close tonight?'));
    await caller.untilDisconnected(40_000);
    expect((await world.settled(session)).end_reason).toBe('provider_failed');
    await untilBreaker('all', 'open');
    expect(await breakers()).toEqual({ all: 'open', openai: 'open' });
    await expect(world.dial(called)).rejects.toThrow('breaker_open');

    const other = await world.dial('+390612345678');
    await other.caller.untilHeard(500);
    await hangUp(other);
  });
});
