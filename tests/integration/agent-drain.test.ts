import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StackProcess } from '../../dev/stack/process.ts';
import { startProgram } from '../../dev/stack/program.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
/** The pool that serves: a test that ends it is followed by another one on the same machine. */
let pool: StackProcess;
let runDir: string;
beforeAll(async () => {
  world = await startAgentWorld();
  pool = world.pool;
  runDir = dirname(dirname(pool.logFile));
});
beforeEach(async () => {
  if (isGone(pool.pid)) await startPool();
});
afterEach(async () => {
  await world.providers.reset();
  world.database.restore();
});
afterAll(async () => {
  await pool?.close();
  await world?.close();
});

async function startPool(): Promise<void> {
  // The same name: the world reads the log of `agent`, whoever writes it.
  pool = await startProgram({
    name: 'agent',
    entry: 'agent/main',
    args: ['start'],
    env: world.env,
    runDir,
    code: 'source',
  });
  await pool.logged('ready', 60_000);
}

function isGone(pid: number): boolean {
  return !existsSync(`/proc/${pid}`);
}

const shards = () =>
  readFileSync(`/proc/${pool.pid}/task/${pool.pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const outbox = () => readdirSync(join(runDir, '.switchboard', 'outbox')).filter((name) => name.endsWith('.json'));

async function workers() {
  const { data } = await world.tables.from('workers').select().neq('version', 'seed');
  return (data ?? []) as { name: string; draining: boolean }[];
}

async function slot(session: string) {
  const { data } = await world.tables.from('active_calls').select('released').eq('session_id', session).maybeSingle();
  return data as { released: boolean } | null;
}

const until = (what: string, holds: () => boolean | Promise<boolean>) =>
  waitFor(holds, { what, deadlineMs: 30_000, intervalMs: 50 });

describe('a pool that is told to stop', () => {
  test('says so at once, takes no new call, and goes when the last one has ended (R6.3)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(300);
    process.kill(pool.pid, 'SIGTERM');
    await until('its worker to say that it drains', async () => (await workers()).every(({ draining }) => draining));
    await caller.untilHeard(caller.heardMs + 300);
    expect(caller.disconnected).toBe(false);
    await caller.hangUp();
    expect(await pool.exited).toBe('exit code 0');
    expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
    expect(await workers()).toEqual([]);
  });

  test('twice goes at once: its calls are for others, with all that was said, and no caller is hung up on (R6.3, R3.2)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    caller.say(await world.speech('What time do you close tonight?'));
    await until('the question to be known', async () =>
      (await world.transcript(session)).some(({ role }) => role === 'caller'),
    );
    const [shard = 0] = shards();
    process.kill(pool.pid, 'SIGTERM');
    await pool.logged('stopping: running calls may end', 10_000);
    process.kill(pool.pid, 'SIGTERM');
    expect(await pool.exited).toBe('exit code 0');
    expect(isGone(shard)).toBe(true);
    expect(await slot(session)).toEqual({ released: true });
    expect(await workers()).toEqual([]);
    expect(caller.disconnected).toBe(false);
    const { data } = await world.tables.from('sessions').select('ended_at').eq('id', session).single();
    expect(data).toEqual({ ended_at: null });
    await caller.hangUp();
  });
});

test('a pool that is told twice breaks off what its agents say, and keeps as much of it as was heard (R6.3, R3.5)', async () => {
  const reply = `We close at eleven. ${'The kitchen takes orders until half past ten and not a minute later. '.repeat(5)}`;
  await world.providers.script({ rules: [{ match: { kind: 'chat', user: 'close tonight' }, reply }] });
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(500);
  caller.say(await world.speech('What time do you close tonight?'));
  const speech = () => world.asked('speech', 'dev-openai-harbor-pizza');
  await until('the answer to be spoken', () => speech().some(({ user }) => user?.includes('half past ten')));
  // What was heard when the first sentence ended, and a bit of the next one.
  await caller.untilHeard(caller.heardMs + 2_000);
  process.kill(pool.pid, 'SIGTERM');
  await pool.logged('stopping: running calls may end', 10_000);
  process.kill(pool.pid, 'SIGTERM');
  expect(await pool.exited).toBe('exit code 0');
  expect(await slot(session)).toEqual({ released: true });
  const last = (await world.transcript(session)).at(-1);
  expect(last).toMatchObject({ role: 'agent', text: expect.stringContaining('We close at eleven') });
  expect(last?.text.length).toBeLessThan(reply.trim().length);
  expect(caller.disconnected).toBe(false);
  await caller.hangUp();
});

test('a call outlives its supervisor, and the next one brings its record home (R1.8, R6.3)', async () => {
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(300);
  const [shard = 0] = shards();
  process.kill(pool.pid, 'SIGKILL');
  await until('the shard to notice', async () => (await workers()).every(({ draining }) => draining));
  await caller.untilHeard(caller.heardMs + 300);
  world.database.cut();
  await caller.hangUp();
  await until('the record to be on disk', () => outbox().some((name) => name.includes(session)));
  await until('the shard to go', () => isGone(shard));
  world.database.restore();
  expect(await slot(session)).toEqual({ released: false });
  await startPool();
  expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
  await until('an empty outbox', () => outbox().length === 0);
  expect(await slot(session)).toBeNull();
});
