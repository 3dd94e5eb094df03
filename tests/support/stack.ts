/** A whole platform of its own for one test file: free ports, a temporary folder, gone afterwards. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { z } from 'zod';
import type { Entry } from '../../dev/providers/journal.ts';
import type { ScriptInput } from '../../dev/providers/script.ts';
import { type Stack, startStack } from '../../dev/stack/stack.ts';
import { surroundings } from '../../dev/stack/surroundings.ts';
import { CallRecords } from '../../dev/start/records.ts';

const LOG_TAIL_LINES = 40;
const CONTROL_DEADLINE_MS = 5_000;

export interface TestStack {
  readonly stack: Stack;
  readonly records: CallRecords;
  /** What the provider stand-ins were asked and what they answered. */
  journal(): Promise<Entry[]>;
  /** Tells the stand-ins what to do from now on, and empties the journal. */
  script(script: ScriptInput): Promise<void>;
}

/** Starts the stack before the first test of the file; a failed test is told with the end of every process's log. */
export function useStack(options: { readonly shards?: number } = {}): () => TestStack {
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-e2e-'));
  let running: TestStack | undefined;
  beforeAll(async () => {
    const livekitSip = surroundings['LIVEKIT_SIP_BIN'];
    const stack = await startStack({ runDir, code: 'source', ...options, ...(livekitSip ? { livekitSip } : {}) });
    running = { stack, records: new CallRecords(stack.database), ...standIns(stack.providers?.port ?? 0) };
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

function standIns(port: number): Pick<TestStack, 'journal' | 'script'> {
  const ask = async (path: string, method: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`http://127.0.0.1:${port}/control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CONTROL_DEADLINE_MS),
    });
    if (!response.ok) throw new Error(`${method} /control/${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    journal: async () => z.array(z.custom<Entry>()).parse(await (await ask('journal', 'GET')).json()),
    script: async (script) => {
      await ask('reset', 'POST');
      await ask('script', 'PUT', script);
    },
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
