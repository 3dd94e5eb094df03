import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
});
afterAll(async () => world?.close());

/** The room is closed, which the caller hears as busy; nothing was ever published, and no provider was asked anything. */
async function expectRefused({ session, caller }: PlacedCall, reason: string): Promise<void> {
  await caller.untilDisconnected();
  expect(caller.tracks).toEqual([]);
  const { end_reason, answered_at } = await world.settled(session);
  expect({ end_reason, answered_at }).toEqual({ end_reason: reason, answered_at: null });
  expect(world.providers.journal()).toEqual([]);
  const { data } = await world.tables.from('call_refusals').select('reason').eq('session_id', session);
  expect(data).toEqual([{ reason }]);
}

const pizza = '0a000000-0000-4000-8000-000000000001';
const studio = '0b000000-0000-4000-8000-000000000001';

/** A number that nobody called yet, and that never had another configuration than this one. */
async function addNumber(phone_number: string, organization_id: string, config_override = {}): Promise<void> {
  const row = { phone_number, organization_id, label: 'new', max_concurrent_calls: 5, config_override };
  const { error } = await world.tables.from('sip_numbers').insert(row);
  expect(error).toBeNull();
}

describe('a call that must not be answered', () => {
  test('a number whose override does not pass its checks hears busy, and the log names the field and the layer (R2.1, R2.2)', async () => {
    const broken = { turn: { min_endpointing_ms: 'soon', colour: 'red' } };
    await addNumber('2081', pizza, broken);
    const call = await world.dial('2081');
    await expectRefused(call, 'config_invalid');
    const problems = JSON.stringify(world.logOf(call.session));
    expect(problems).toContain('"path":"turn.min_endpointing_ms"');
    expect(problems).toContain('"path":"turn.colour","message":"no such setting","layer":"number"');
  });

  test('a number that names an option its provider does not have hears busy (R2.2)', async () => {
    await addNumber('2082', pizza, { llm: { options: { temprature: 0.3 } } });
    await expectRefused(await world.dial('2082'), 'config_invalid');
  });

  test('a number without an agent hears busy (R2.2)', async () => {
    const instances = world.tables.from('agent_instances');
    await addNumber('2083', studio);
    await instances.update({ is_default: false }).eq('name', 'Segreteria');
    await expectRefused(await world.dial('2083'), 'config_missing');
    await instances.update({ is_default: true }).eq('name', 'Segreteria');
  });

  test('a number that went to another business since the call was admitted hears busy (R1.6)', async () => {
    await expectRefused(await world.dial('2001', { tenant: 'studio-bianchi' }), 'tenant_mismatch');
  });

  test('a business without its own key hears busy and never uses somebody else’s (R2.7)', async () => {
    await world.tables.from('provider_keys').delete().eq('provider', 'deepgram').eq('last_four', 'izza');
    await expectRefused(await world.dial('2002'), 'provider_key_missing');
  });

  test('a job that is none of ours is never joined, and the shard goes on (R1.3)', async () => {
    const { room, caller } = await world.dial('+390612345678', { session_id: 'not a session' });
    const next = await world.dial('+390612345678');
    await next.caller.untilAnswered();
    expect(caller.tracks, `audio in ${room}`).toEqual([]);
    await next.caller.hangUp();
    expect((await world.settled(next.session)).end_reason).toBe('caller_hung_up');
  });

  test('a caller who gives up before the answer is on record as such (R1.8)', async () => {
    const { session } = await world.dial('+390612345678', {}, { hangUpBefore: 'dispatch' });
    expect(await world.settled(session)).toMatchObject({ end_reason: 'caller_gave_up', answered_at: null });
  });
});
