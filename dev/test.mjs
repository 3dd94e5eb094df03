/**
 * node dev/test.mjs [what vitest takes]
 *
 * Lint, types and every test, all of them even when an early one fails. The last line is `N passed, N failed`, from the
 * counts of vitest's own report; a check that fails, a crash of vitest and a process left behind each count as one failure.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leftovers } from './testing/leftovers.mjs';
import { readCounts } from './testing/report.mjs';

const CHECKS = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['eslint', '.'],
  ['tsc', '-p', 'tsconfig.json'],
  ['tsc', '-p', 'dashboard/tsconfig.json'],
];
const REPORT = join('.switchboard', 'test', 'report.json');

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), '..'));
const testRun = randomUUID();
const env = { ...process.env, SWITCHBOARD_TEST_RUN: testRun };

const failures = [];
for (const [tool, ...args] of CHECKS) {
  if ((await run(tool, args)) !== 0) failures.push(`${tool} found something, see above`);
}

mkdirSync(dirname(REPORT), { recursive: true });
rmSync(REPORT, { force: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const exitCode = await run('vitest', ['run', ...reporters, ...process.argv.slice(2)]);
const tests = readCounts(REPORT);
if (!tests.complete) failures.push('vitest wrote no report');
else if (exitCode !== 0 && tests.failed === 0)
  failures.push(`vitest ended with exit code ${exitCode} although no test failed`);
for (const { pid, command } of await leftovers(testRun)) failures.push(`process ${pid} was left behind: ${command}`);

const failed = tests.failed + failures.length;
for (const failure of failures) say(`failed: ${failure}`);
say(`${tests.passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

function run(tool, args) {
  say(`> ${tool} ${args.join(' ')}`);
  const child = spawn(join('node_modules', '.bin', tool), args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
