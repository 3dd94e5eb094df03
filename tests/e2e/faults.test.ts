/**
 * Bad days that `npm run faults` measures, on the same platform and by the same code, without its bounds: a test machine that
 * is busy with something else makes no caller wait in vain, only longer.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../dev/faults/fault.ts';
import { faults } from '../../dev/faults/list.ts';
import { runFault } from '../../dev/faults/run.ts';
import { World } from '../../dev/faults/world.ts';
import { surroundings } from '../../dev/stack/surroundings.ts';

const faultTimeoutMs = 180_000;
/** Beside those to whom it happens. More fill the shards of a busy machine, and the next caller hears busy. */
const mostCallers = 2;
const logTailLines = 60;

const runDir = mkdtempSync(join(tmpdir(), 'switchboard-faults-'));
let world: World | undefined;
beforeAll(async () => {
  world = await World.open({
    runDir,
    code: 'source',
    tell: () => undefined,
    livekitSip: surroundings['LIVEKIT_SIP_BIN'],
    mostCallers,
  });
}, faultTimeoutMs);
afterEach(({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(logTails());
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  rmSync(runDir, { recursive: true, force: true });
}, faultTimeoutMs);

test('a shard is killed in mid-call: its callers hear an agent again, and no slot stays taken (R3.2, R3.5)', {
  timeout: faultTimeoutMs,
}, async () => {
  await isSurvived('shard-killed');
});

test('a host of agents vanishes: its callers are found by the watch and go on, and no slot stays taken (R3.2, R3.5)', {
  timeout: faultTimeoutMs,
}, async () => {
  await isSurvived('host-gone');
});

test('dispatch is killed when it has placed a call: the caller is answered all the same (R3.4, R3.6)', {
  timeout: faultTimeoutMs,
}, async () => {
  await isSurvived('dispatch-killed-call-placed');
});

test('dispatch is killed when it has claimed a lost call: another replica finds the caller an agent (R3.4, R3.6)', {
  timeout: faultTimeoutMs,
}, async () => {
  await isSurvived('dispatch-killed-lost-call-claimed');
});

test('the database is away for longer than a lease: callers notice nothing, records are written afterwards (R1.8, R3.2, R6.3)', {
  timeout: faultTimeoutMs,
}, async () => {
  await isSurvived('database-away-20s');
});

/** What is due at a certain time is for `npm run faults` to judge: here it only has to come. */
async function isSurvived(name: string): Promise<void> {
  if (world === undefined) throw new Error('the platform is up only while tests run');
  const result = await runFault(chosen(name), world);
  // Which words a caller of a busy machine understood is told by the table, and held to by the tests of resumed calls.
  expect(result).toMatchObject({ fault: null, lost: 0, slotsLeaked: 0 });
  expect(result.recoveryMs).not.toBeNull();
}

function chosen(name: string): Fault {
  const fault = faults.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`there is no fault named ${name}`);
  return fault;
}

function logTails(): string {
  const folder = join(runDir, 'logs');
  return readdirSync(folder)
    .map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(-logTailLines);
      return `--- ${name}\n${lines.join('\n')}\n`;
    })
    .join('');
}
