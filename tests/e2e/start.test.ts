/** `npm start` as a newcomer runs it, less the set-up. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type StackProcess, startProcess } from '../../dev/stack/process.ts';
import { repository } from '../../dev/stack/program.ts';
import { testCalls } from '../../dev/start/test-calls.ts';
import { leftovers } from '../../dev/testing/leftovers.mjs';

const commandDeadlineMs = 240_000;
const upDeadlineMs = 90_000;
const stopDeadlineMs = 30_000;

test('npm start -- --once --json tells what became of each test call (R9.1)', {
  timeout: commandDeadlineMs,
}, async () => {
  const { command } = await start('--once', '--json');
  await command.succeeded(commandDeadlineMs);
  const { calls } = JSON.parse(outputOf(command).trimEnd().split('\n').at(-1) ?? '');
  expect(Object.keys(calls[0])).toEqual([
    ...['called', 'caller', 'sip', 'reason', 'tenant', 'agent'],
    ...['inviteTo180Ms', 'inviteTo200Ms', 'inviteToFirstAudioMs', 'endReason', 'transfers', 'services', 'transcript'],
  ]);
  expect(calls.map(({ called }: { called: string }) => called)).toEqual(testCalls.map(({ called }) => called));
});

test('Ctrl-C in the middle of a call stops every process that npm start began (R9.1)', {
  timeout: commandDeadlineMs,
}, async () => {
  const { command, mark } = await start();
  await command.until('the whole platform', upDeadlineMs, () => outputOf(command).includes('everything is up'));
  process.kill(command.pid, 'SIGINT');
  await command.succeeded(stopDeadlineMs);
  expect(outputOf(command)).toContain('stopping');
  expect(await leftovers(mark, 0)).toEqual([]);
});

async function start(...args: readonly string[]): Promise<{ command: StackProcess; mark: string }> {
  const mark = randomUUID();
  const command = await startProcess({
    name: 'start',
    command: process.execPath,
    args: ['--import', import.meta.resolve('tsx'), 'dev/start.ts', ...args],
    env: { SWITCHBOARD_TEST_RUN: mark },
    runDir: mkdtempSync(join(tmpdir(), 'switchboard-start-')),
    cwd: repository,
  });
  onTestFinished(async () => {
    await command.close();
    await leftovers(mark, 0);
  });
  return { command, mark };
}

function outputOf(command: StackProcess): string {
  return readFileSync(command.logFile, 'utf8');
}
