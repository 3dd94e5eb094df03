import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What a test stopped in its last moment may need this long to be gone. */
const SETTLE_MS = 3_000;
const LOOK_EVERY_MS = 100;

/**
 * Processes that a test run started and that outlived it: found by the run's mark in their environment (Linux only), reported
 * and killed, so that one forgetful test does not disturb the next run.
 */
export async function leftovers(testRun, settleMs = SETTLE_MS) {
  const deadline = performance.now() + settleMs;
  let left = marked(testRun);
  while (left.length > 0 && performance.now() < deadline) {
    await delay(LOOK_EVERY_MS);
    left = marked(testRun);
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  return left;
}

function marked(testRun) {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`SWITCHBOARD_TEST_RUN=${testRun}`))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }));
}

/** Empty for a process that is gone meanwhile or belongs to somebody else. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return '';
    throw error;
  }
}
