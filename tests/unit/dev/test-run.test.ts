import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { leftovers } from '../../../dev/testing/leftovers.mjs';
import { readCounts } from '../../../dev/testing/report.mjs';

describe('the last line of a test run', () => {
  const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] };

  test('counts a file that could not be loaded as one failure (R9.3)', () => {
    const report = reportOf([passing, { status: 'failed', assertionResults: [] }], { passed: 1, failed: 0 });
    expect(readCounts(report)).toEqual({ complete: true, passed: 1, failed: 1, skipped: 0 });
  });

  test('counts a failed test once, not again with its file (R9.3)', () => {
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(readCounts(reportOf([passing, failing], { passed: 1, failed: 1 }))).toMatchObject({ passed: 1, failed: 1 });
  });

  test('says so when there is no report at all (R9.3)', () => {
    expect(readCounts(join(tmpdir(), 'no-such-report.json'))).toMatchObject({ complete: false });
  });
});

test('a process that outlives its test run is found, named and ended (R9.3)', async () => {
  const testRun = `unit-${process.pid}`;
  const forgotten = spawn('sleep', ['60'], { env: { SWITCHBOARD_TEST_RUN: testRun }, stdio: 'ignore' });
  const exited = once(forgotten, 'exit');
  expect(await leftovers(testRun, 0)).toEqual([{ pid: forgotten.pid, command: 'sleep 60' }]);
  expect((await exited)[1]).toBe('SIGKILL');
});

function reportOf(testResults: readonly unknown[], { passed, failed }: { passed: number; failed: number }): string {
  const path = join(mkdtempSync(join(tmpdir(), 'switchboard-report-')), 'report.json');
  const counts = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0 };
  writeFileSync(path, JSON.stringify({ ...counts, testResults }));
  return path;
}
