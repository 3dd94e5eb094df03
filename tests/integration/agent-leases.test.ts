import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
});
beforeEach(() => untilServed());
afterEach(async () => {
  await world.providers.reset();
  world.database.restore();
});
afterAll(async () => world?.close());

const workerSchema = z.object({
  name: z.string(),
  pool: z.string(),
  version: z.string(),
  capacity: z.number(),
  calls: z.number(),
  load: z.number(),
  draining: z.boolean(),
});
const slotSchema = z.object({
  worker: z.string().nullable(),
  released: z.boolean(),
  lease_expires_at: z.coerce.date(),
});

async function workers() {
  const { data } = await world.tables.from('workers').select();
  // The seed has one of its own, for a database without agents.
  return z
    .array(workerSchema)
    .parse(data)
    .filter(({ version }) => version !== 'seed');
}

async function slot(session: string) {
  const { data } = await world.tables.from('active_calls').select().eq('session_id', session).maybeSingle();
  return slotSchema.nullable().parse(data);
}

async function changeSlot(session: string, changes: object): Promise<void> {
  const { error } = await world.tables.from('active_calls').update(changes).eq('session_id', session);
  expect(error).toBeNull();
}

async function untilServed(): Promise<void> {
  await waitFor(async () => (await workers()).some(({ draining }) => !draining), {
    what: 'a worker that serves',
    deadlineMs: 30_000,
    intervalMs: 100,
  });
}

const slotOf = (session: string, what: string, holds: (found: z.infer<typeof slotSchema>) => boolean) =>
  waitFor(
    async () => {
      const found = await slot(session);
      return found !== null && holds(found) ? found : undefined;
    },
    { what, deadlineMs: 20_000, intervalMs: 50 },
  );

describe('a shard', () => {
  test('tells what it is, also before it has a call, and how many calls it has (R3.5, R3.7)', async () => {
    const idle = await workers();
    const status = { pool: 'switchboard', version: packageJson.version, capacity: 20, draining: false };
    expect(idle).toEqual([expect.objectContaining(status)]);
    const { session, caller } = await world.dial('2001');
    await caller.untilAnswered();
    const counted = async () => (await workers()).some(({ calls, load }) => calls === 1 && load > 0);
    await waitFor(counted, { what: 'the call to be told of', deadlineMs: 15_000, intervalMs: 100 });
    await caller.hangUp();
    await world.settled(session);
  });

  test('that is killed loses its call at once, and another worker may take it (R3.2, R6.3)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilAnswered();
    const { worker } = await slotOf(session, 'a holder', (found) => found.worker !== null);
    const [shard = 0] = world.shardPids();
    process.kill(shard, 'SIGKILL');
    const { lease_expires_at } = await slotOf(session, 'the call to be released', (found) => found.released);
    // Not because the lease ran out: that takes 10 s at least.
    expect(Date.now() - lease_expires_at.getTime()).toBeLessThan(5_000);
    expect((await workers()).map(({ name }) => name)).not.toContain(worker);
    expect(caller.disconnected).toBe(false);
    await untilServed();
    expect((await workers()).map(({ name }) => name)).not.toContain(worker);
    await caller.hangUp();
  });

  test('that stood still leaves a call alone that others have by now, although its clocks ran out (R3.2)', async () => {
    const hasty = { turn: { caller_silent_s: 10, silence_prompt_s: 0 } };
    await world.tables.from('sip_numbers').update({ config_override: hasty }).eq('phone_number', '2002');
    await world.changesHeard();
    const { session, caller } = await world.dial('2002');
    await caller.untilHeard(300);
    const [shard = 0] = world.shardPids();
    const stoppedMs = performance.now();
    process.kill(shard, 'SIGSTOP');
    await changeSlot(session, { worker: 'another shard', lease_expires_at: new Date(Date.now() + 60_000) });
    // Longer than a lease: until then the shard may be sure of its call.
    await waitFor(() => performance.now() - stoppedMs > 16_000, { what: 'a lease to run out', deadlineMs: 20_000 });
    process.kill(shard, 'SIGCONT');
    await world.logged(session, 'call left to others');
    expect(caller.disconnected).toBe(false);
    expect(await slot(session)).toMatchObject({ worker: 'another shard' });
    await caller.hangUp();
  });
});

describe('a database that was away for longer than a lease', () => {
  test('finds each call where it was, claimed again at once (R1.8, R3.5)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(300);
    const before = await slotOf(session, 'a holder', (found) => found.worker !== null);
    world.database.cut();
    // The outage itself would last half a minute.
    await changeSlot(session, { lease_expires_at: new Date(Date.now() - 8_000) });
    await waitFor(() => world.logText().includes('leases could not be renewed'), {
      what: 'a renewal to fail',
      deadlineMs: 15_000,
    });
    caller.say(await world.speech('What time do you close tonight?'));
    await caller.untilHeard(caller.heardMs + 500);
    world.database.restore();
    const after = await slotOf(session, 'a new lease', (found) => found.lease_expires_at.getTime() > Date.now());
    expect(after).toMatchObject({ worker: before.worker, released: false });
    expect(caller.disconnected).toBe(false);
    await caller.hangUp();
    expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
  });

  test('gets the record of a call that ended meanwhile, and nothing of it stays on disk (R1.8)', async () => {
    const outbox = join(dirname(dirname(world.pool.logFile)), '.switchboard', 'outbox');
    const kept = () => readdirSync(outbox).filter((name) => name.includes(session));
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    caller.say(await world.speech('What time do you close tonight?'));
    const asked = () => world.asked('chat', 'dev-openai-harbor-pizza').length > 0;
    await waitFor(asked, { what: 'the model to be asked', deadlineMs: 30_000 });
    world.database.cut();
    await caller.hangUp();
    await waitFor(() => kept().length === 1, { what: 'its record on disk', deadlineMs: 15_000 });
    expect(await slot(session)).not.toBeNull();
    world.database.restore();
    expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
    expect(await slot(session)).toBeNull();
    expect(await world.transcript(session)).toContainEqual({ role: 'caller', text: 'What time do you close tonight?' });
    await waitFor(() => kept().length === 0, { what: 'an empty outbox', deadlineMs: 5_000 });
  });
});

describe('a call that the platform wants to end', () => {
  test('ends after the sentence that is being said, with the reason (R3.5)', async () => {
    const reply = `We close at eleven. ${'The kitchen takes orders until half past ten and not a minute later. '.repeat(2)}`;
    await world.providers.script({ rules: [{ match: { kind: 'chat', user: 'close tonight' }, reply }] });
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    caller.say(await world.speech('What time do you close tonight?'));
    const speaks = () => world.asked('speech', 'dev-openai-harbor-pizza').some(({ user }) => user?.includes('eleven'));
    await waitFor(speaks, { what: 'the answer to begin', deadlineMs: 30_000 });
    await changeSlot(session, { end_requested: 'told_to_end' });
    await caller.untilDisconnected(30_000);
    expect((await world.settled(session)).end_reason).toBe('told_to_end');
    const said = (await world.transcript(session)).findLast(({ role }) => role === 'agent')?.text;
    expect(said).toContain('not a minute later. The kitchen takes orders until half past ten and not a minute later.');
  });

  test('because its number was switched off says so (R3.5)', async () => {
    const active = (value: boolean) =>
      world.tables.from('sip_numbers').update({ active: value }).eq('phone_number', '2001');
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(300);
    await active(false);
    await caller.untilDisconnected(30_000);
    expect((await world.settled(session)).end_reason).toBe('switched_off');
    await active(true);
    await world.changesHeard();
  });
});
