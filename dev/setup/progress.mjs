/** How set-up talks: one line when a long step begins, one every few seconds while it runs, one sentence when it cannot be done. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRESS_EVERY_MS = 5_000;
const LOG_TAIL_LINES = 20;
const LOG_FOLDER = join('.switchboard', 'setup');

/** A step that cannot be done here. Its message is one sentence that says what to do about it. */
export class CannotDo extends Error {
  name = 'CannotDo';
}

export function say(line) {
  process.stdout.write(`[setup] ${line}\n`);
}

/**
 * Runs a program with its output in a log file and the seconds on the screen.
 * @throws CannotDo with `advice` and the end of the log when it fails
 */
export async function run({ what, command, args, env, advice }) {
  mkdirSync(LOG_FOLDER, { recursive: true });
  const logFile = join(LOG_FOLDER, `${what.replaceAll(/[^a-z0-9]+/gi, '-')}.log`);
  say(`${what} …`);
  const seconds = stopwatch();
  const ticker = setInterval(() => say(`${what} … ${seconds()} s`), PROGRESS_EVERY_MS);
  const log = openSync(logFile, 'w');
  try {
    const failure = await outcome(spawn(command, args, { env, stdio: ['ignore', log, log] }));
    if (failure) throw new CannotDo(`${advice}\n${what}: ${failure}; the end of ${logFile}:\n${tail(logFile)}`);
    say(`${what}: done in ${seconds()} s`);
  } finally {
    clearInterval(ticker);
    closeSync(log);
  }
}

function outcome(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
}

function stopwatch() {
  const begun = performance.now();
  return () => Math.round((performance.now() - begun) / 1000);
}

function tail(logFile) {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
  return lines.map((line) => `  ${line}`).join('\n');
}
