import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type StackProcess, startProcess } from '../../../dev/stack/process.ts';
import { waitFor } from '../../../dev/stack/wait.ts';

const deadlineMs = 5_000;

describe('a part of the local stack', () => {
  test('that ends before it is ready fails at once, with the end of its log (R9.1)', async () => {
    const part = await shell('echo "port 15060 is taken"; exit 3');
    await expect(part.logged('ready', deadlineMs)).rejects.toThrow(/ended with exit code 3[\s\S]*port 15060 is taken/);
  });

  test('is ready when it says so itself (R9.1)', async () => {
    const part = await shell(`echo '{"msg":"listening","port":7}'; sleep 60`);
    expect(await part.logged('listening', deadlineMs)).toMatchObject({ port: 7 });
    await part.close();
  });

  test('takes what it started along when it is stopped (R9.1)', async () => {
    const part = await shell('sleep 60 & echo "{\\"msg\\":\\"started\\",\\"child\\":$!}"; wait');
    const { child } = await part.logged('started', deadlineMs);
    await part.close();
    await waitFor(() => !isAlive(Number(child)), { what: 'the child of the part to be gone', deadlineMs });
  });

  test('that will not listen is killed when its grace is over (R9.1)', async () => {
    const part = await shell(`trap '' TERM; echo '{"msg":"deaf"}'; while true; do sleep 0.05; done`);
    await part.logged('deaf', deadlineMs);
    await part.close();
    expect(await part.exited).toBe('signal SIGKILL');
  });

  test('sees none of our own variables, above all no provider key (R7.3)', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'dev-must-not-travel');
    const part = await shell('env');
    await part.succeeded(deadlineMs);
    vi.unstubAllEnvs();
    expect(readFileSync(part.logFile, 'utf8')).not.toContain('dev-must-not-travel');
  });
});

function shell(script: string): Promise<StackProcess> {
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-process-'));
  return startProcess({ name: 'part', command: 'sh', args: ['-c', script], runDir, graceMs: 200 });
}

/** A zombie is gone too: somebody else collects it. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return false;
    throw error;
  }
}
