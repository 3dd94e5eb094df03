/**
 * npm run bench:path: how long a caller waits, from the INVITE on the wire of a telephone, through the line, LiveKit, dispatch
 * and the pool: to the ringing, the answer and the first word; and to busy. One by one, and many at once.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { pizza } from '../dev/faults/businesses.ts';
import { within } from '../dev/faults/caller.ts';
import { dispose } from '../dev/line/rtc.ts';
import type { Stack } from '../dev/stack/stack.ts';
import { say } from '../dev/start/printing.ts';
import { answerDeadlineMs, openLine, tryCall } from './line.ts';
import { machine } from './machine.ts';
import { type Spread, spreadOf, tally } from './statistics.ts';

const { called } = pizza;
const nobodys = '2999';
const singleCalls = 40;
const burstCalls = 20;
const refusedAtOnce = 200;
const settlingMs = 5_000;
const betweenMs = 500;

interface Wait {
  readonly status: number | undefined;
  readonly ringingMs: number | undefined;
  readonly finalMs: number | undefined;
  readonly firstWordMs: number | undefined;
}

export interface PathResult {
  readonly rows: readonly Row[];
}

interface Row {
  readonly what: string;
  readonly calls: number;
  readonly status: Readonly<Record<string, number>>;
  readonly ringingMs: Spread;
  readonly finalMs: Spread;
  readonly firstWordMs: Spread;
  readonly loadAverage: number;
}

/** One call to its first word, or to busy. */
async function wait(stack: Stack, to: string, from: number): Promise<Wait> {
  const { call, status } = await tryCall(stack, to, from, async ({ ear }) => {
    await within(answerDeadlineMs, () => ear.firstSoundMs !== undefined);
  });
  const { ringingMs, answeredMs: finalMs, ear } = call;
  return { status, ringingMs, finalMs, firstWordMs: ear.firstSoundMs };
}

function rowOf(what: string, waits: readonly Wait[]): Row {
  const known = (pick: (each: Wait) => number | undefined) => waits.map(pick).filter((ms) => ms !== undefined);
  return {
    what,
    calls: waits.length,
    status: tally(waits.map(({ status }) => status ?? 'none')),
    ringingMs: spreadOf(known(({ ringingMs }) => ringingMs)),
    finalMs: spreadOf(known(({ finalMs }) => finalMs)),
    firstWordMs: spreadOf(known(({ firstWordMs }) => firstWordMs)),
    loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

async function oneByOne(stack: Stack, to: string, count: number): Promise<Wait[]> {
  const waits: Wait[] = [];
  for (let at = 0; at < count; at += 1) {
    waits.push(await wait(stack, to, at));
    await pause(betweenMs);
  }
  return waits;
}

function atOnce(stack: Stack, to: string, count: number): Promise<Wait[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => wait(stack, to, at)));
}

const stack = await openLine('path', { POOL_SESSIONS_PER_SHARD: '40' });
try {
  await pause(settlingMs);
  const measured: Row[] = [];
  const tell = (row: Row) => {
    measured.push(row);
    say(JSON.stringify(row));
  };
  tell(rowOf('the first call of a new shard', await oneByOne(stack, called, 1)));
  tell(rowOf('one call after the other', await oneByOne(stack, called, singleCalls)));
  tell(rowOf('20 calls at once', await atOnce(stack, called, burstCalls)));
  await pause(settlingMs);
  tell(rowOf('calls to a number that is nobody’s, one after the other', await oneByOne(stack, nobodys, singleCalls)));
  tell(rowOf('200 calls at once to a number that is nobody’s', await atOnce(stack, nobodys, refusedAtOnce)));
  const result: PathResult = { rows: measured };
  say(JSON.stringify({ ...result, machine: machine() }));
} finally {
  await stack.close();
}
await dispose();
