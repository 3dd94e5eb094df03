import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository, startProgram } from '../../dev/stack/program.ts';
import { machineEnv } from '../../dev/stack/surroundings.ts';

const runDir = mkdtempSync(join(tmpdir(), 'switchboard-dispatch-program-'));
/** Complete, with nobody at any of its addresses. */
const settings = {
  LIVEKIT_URL: 'ws://127.0.0.1:1',
  LIVEKIT_API_KEY: 'key',
  LIVEKIT_API_SECRET: 's'.repeat(32),
  SUPABASE_URL: 'http://127.0.0.1:1',
  SUPABASE_ANON_KEY: 'anon',
  SUPABASE_DISPATCH_TOKEN: 'token',
  DISPATCH_PORT: '0',
  SIP_TRUNK_FILE: join(repository, 'sip-trunk.json'),
};

describe('the dispatch program', () => {
  test('names every setting that is missing or wrong at once (R9.3)', async () => {
    const started = await dispatch(['start'], { DISPATCH_PORT: 'many', SUPABASE_URL: 'not-an-address' });
    expect(started.code).toBe(2);
    const wrong = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'SUPABASE_DISPATCH_TOKEN', 'DISPATCH_PORT', 'SUPABASE_URL'];
    for (const name of wrong) expect(started.problem).toContain(name);
  });

  test.each([['frobnicate'], ['start --frobnicate'], ['token --role owner'], ['start twice']])(
    'does not guess what "%s" means (R9.3)',
    async (line) => {
      expect(await dispatch(line.split(' '), settings)).toMatchObject({ code: 2, out: '' });
    },
  );

  test('mints a token for one narrow role (R7.1)', async () => {
    const { out } = await dispatch(['token', '--role', 'agent'], { SUPABASE_JWT_SECRET: 's'.repeat(32) });
    const claims = JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ role: 'switchboard_agent' });
  });

  test('says in one sentence that LiveKit does not answer (R9.3)', async () => {
    const problem = 'dispatch: LiveKit does not answer at ws://127.0.0.1:1.\n';
    expect(await dispatch(['provision'], settings)).toMatchObject({ code: 1, problem });
  });

  test('starts without LiveKit and without a database, and stops cleanly when it is told to (R6.3)', async () => {
    const main = { name: 'dispatch', entry: 'dispatch/main', args: ['start'], env: settings };
    const running = await startProgram({ ...main, runDir, code: 'source' });
    try {
      await running.logged('listening', 20_000);
      await running.logged('not ready, trying again', 20_000);
      process.kill(running.pid, 'SIGTERM');
      expect(await running.exited).toBe('exit code 0');
    } finally {
      await running.close();
    }
  });
});

/** Runs the program to its end. */
function dispatch(args: string[], env: Record<string, string>) {
  const command = ['--import', import.meta.resolve('tsx'), join(repository, 'dispatch', 'main.ts'), ...args];
  return new Promise<{ code: number; out: string; problem: string }>((resolve) => {
    const options = { cwd: runDir, env: { ...machineEnv(), ...env }, timeout: 30_000 };
    execFile(process.execPath, command, options, (error, out, problem) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, problem });
    });
  });
}
