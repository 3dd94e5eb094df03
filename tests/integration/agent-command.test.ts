import { execFile } from 'node:child_process';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../dev/stack/program.ts';
import { machineEnv } from '../../dev/stack/surroundings.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

interface Ended {
  readonly code: number | string | null | undefined;
  readonly output: string;
}

/** Runs the command with nothing but the machine's environment, in a folder without .env. */
function agent(...args: string[]): Promise<Ended> {
  const command = ['--import', import.meta.resolve('tsx'), join(repository, 'agent/main.ts'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: machineEnv(), cwd: tmpdir() }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    );
  });
}

describe('the command `agent`', () => {
  test('without settings it names every missing one at once and exits with 2 (R9.2)', async () => {
    const { code, output } = await agent('start');
    expect(code).toBe(2);
    for (const name of [
      'LIVEKIT_API_KEY',
      'LIVEKIT_API_SECRET',
      'SUPABASE_URL',
      'SUPABASE_AGENT_TOKEN',
      'PROVIDER_KEYS_SECRET',
    ])
      expect(output).toContain(`${name} is not set`);
  });

  test('it says what it can do, and refuses what it cannot (R9.2)', async () => {
    expect(await agent('--help')).toMatchObject({ code: 0, output: expect.stringContaining('Usage: agent <command>') });
    expect(await agent('fly')).toMatchObject({ code: 2, output: expect.stringContaining('Usage: agent <command>') });
  });
});

describe('`agent dev` on a file change', () => {
  let world: AgentWorld;
  beforeAll(async () => {
    world = await startAgentWorld({ command: 'dev' });
  });
  afterAll(async () => world?.close());

  test('new calls go to a new shard, and the running call ends in peace on the old one (R6.3)', async () => {
    const running = await world.dial('2001');
    await running.caller.untilHeard(300);
    const [old = 0] = world.shardPids();
    utimesSync(join(repository, 'agent/greet.ts'), new Date(), new Date());
    await waitFor(() => world.registrations() === 2, { what: 'a new shard', deadlineMs: 30_000 });
    expect(world.shardPids()).toContain(old);

    const next = await world.dial('2001');
    await next.caller.untilAnswered();
    expect(running.caller.disconnected).toBe(false);
    const shardOf = (session: string) => world.logOf(session).find((line) => line.msg === 'call answered')?.pid;
    expect([shardOf(running.session) === old, shardOf(next.session) === old]).toEqual([true, false]);

    await Promise.all([running.caller.hangUp(), next.caller.hangUp()]);
    expect((await world.settled(running.session)).end_reason).toBe('caller_hung_up');
    await waitFor(() => !world.shardPids().includes(old), { what: 'the old shard to go', deadlineMs: 15_000 });
  });

  test('a shard has no provider key and no secret of ours in its environment (R7.3)', () => {
    const [shard = 0] = world.shardPids();
    const environment = readFileSync(`/proc/${shard}/environ`, 'utf8');
    expect(environment).not.toMatch(/OPENAI|DEEPGRAM|SONIOX|ELEVEN|SUPABASE|LIVEKIT|PROVIDER_KEYS/);
  });

  test('a second signal ends everything at once (R6.3)', async () => {
    const { caller } = await world.dial('2001');
    await caller.untilHeard(300);
    const shards = world.shardPids();
    process.kill(world.pool.pid, 'SIGTERM');
    await world.pool.until('its log line', 5_000, () => world.logText().includes('running calls may end'));
    process.kill(world.pool.pid, 'SIGTERM');
    expect(await world.pool.exited).toBe('exit code 0');
    await waitFor(() => shards.every((pid) => !isRunning(pid)), { what: 'the shards to be gone', deadlineMs: 5_000 });
  });
});

/** A zombie does not run: nobody has collected it yet. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
}
