/**
 * npm run bench:path: how long a caller waits, from the INVITE on the wire of a telephone, through the line, LiveKit, dispatch
 * and the pool: to the ringing, the answer and the first word; and to busy. One by one, and many legs at once.
 */
import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { pizza } from '../dev/faults/businesses.ts';
import { within } from '../dev/faults/caller.ts';
import { dispose } from '../dev/line/rtc.ts';
import type { Stack } from '../dev/stack/stack.ts';
import { say } from '../dev/start/printing.ts';
import { Callers } from './callers.ts';
import { answerDeadlineMs, callerNumber, openLine, tryCall } from './line.ts';
import { machine } from './machine.ts';
import { setUpCallers } from './set-up.ts';
import { type Spread, spreadOf, tally } from './statistics.ts';

const { called } = pizza;
const nobodys = '2999';
const singleCalls = 40;
const burstCalls = [8, 20];
const refusedAtOnce = [30, 200];
const settlingMs = 5_000;
/** Legs ask nothing. */
const silence = { sampleRate: 16_000, samples: new Int16Array(1_600) };
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

/**
 * Without a telephone, from the joining of the leg: our line between both is no LiveKit SIP, and the twenty rooms that it joins at once
 * are what took its 6 s. These legs are in Go, as LiveKit SIP's are.
 */
function legsAtOnce(callers: Callers, to: string, count: number): Promise<Wait[]> {
  const one = async (at: number): Promise<Wait> => {
    const room = `call_${to}_${randomBytes(6).toString('hex')}`;
    const { outcome, finalMs, firstWordMs } = await callers.ring(room, to, callerNumber(1_000 + at));
    const status = { answered: 200, refused: 486, unanswered: undefined }[outcome];
    return { status, ringingMs: undefined, finalMs: finalMs ?? undefined, firstWordMs: firstWordMs ?? undefined };
  };
  return Promise.all(Array.from({ length: count }, (_, at) => one(at)));
}

setUpCallers(say);
const stack = await openLine('path', { POOL_SESSIONS_PER_SHARD: '40' });
const callers = new Callers(stack.livekit, stack.runDir, silence);
try {
  await pause(settlingMs);
  const measured: Row[] = [];
  const tell = (row: Row) => {
    measured.push(row);
    say(JSON.stringify(row));
  };
  tell(rowOf('the first call of a new shard', await oneByOne(stack, called, 1)));
  tell(rowOf('one call after the other', await oneByOne(stack, called, singleCalls)));
  tell(rowOf('calls to a number that is nobody’s, one after the other', await oneByOne(stack, nobodys, singleCalls)));
  await pause(settlingMs);
  for (const count of burstCalls) {
    tell(rowOf(`${count} legs at once`, await legsAtOnce(callers, called, count)));
    await pause(settlingMs);
  }
  for (const count of refusedAtOnce)
    tell(rowOf(`${count} legs at once to a number that is nobody’s`, await legsAtOnce(callers, nobodys, count)));
  const result: PathResult = { rows: measured };
  say(JSON.stringify({ ...result, machine: machine() }));
} finally {
  await callers.close();
  await stack.close();
}
await dispose();
