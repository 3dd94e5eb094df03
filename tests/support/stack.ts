/** A whole platform of its own for one test file: free ports, a temporary folder, gone afterwards. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type RemoteProviders, remoteProviders } from '../../dev/providers/remote.ts';
import { type Stack, type StackOptions, startStack } from '../../dev/stack/stack.ts';
import { surroundings } from '../../dev/stack/surroundings.ts';
import { CallRecords } from '../../dev/start/records.ts';

const LOG_TAIL_LINES = 40;

export interface TestStack extends RemoteProviders {
  readonly stack: Stack;
  readonly records: CallRecords;
}

/** Starts the stack before the first test of the file; a failed test is told with the end of every process's log. */
export function useStack(options: Pick<StackOptions, 'shards' | 'people'> = {}): () => TestStack {
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-e2e-'));
  let running: TestStack | undefined;
  beforeAll(async () => {
    const livekitSip = surroundings['LIVEKIT_SIP_BIN'];
    const stack = await startStack({ runDir, code: 'source', ...options, ...(livekitSip ? { livekitSip } : {}) });
    running = { stack, records: new CallRecords(stack.database), ...remoteProviders(stack.providers?.port ?? 0) };
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(logTails(runDir));
  });
  afterAll(async () => {
    await running?.stack.close();
    rmSync(runDir, { recursive: true, force: true });
  });
  return () => {
    if (!running) throw new Error('the stack is up only while tests run');
    return running;
  };
}

function logTails(runDir: string): string {
  const folder = join(runDir, 'logs');
  return readdirSync(folder)
    .map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
      return `--- ${name}\n${lines.join('\n')}\n`;
    })
    .join('');
}
