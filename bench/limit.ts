/**
 * npm run bench:limit -- [calls]: what happens past the limit. So many callers as the pool holds talk with it, then twice as
 * many more dial at once, again and again: those are to hear busy at once, and the others are not to notice.
 */
import { loadavg } from 'node:os';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { pizza } from '../dev/faults/businesses.ts';
import { Caller } from '../dev/faults/caller.ts';
import { dispose } from '../dev/line/rtc.ts';
import type { Stack } from '../dev/stack/stack.ts';
import { say } from '../dev/start/printing.ts';
import { answerDeadlineMs, callerNumber, openLine, tryCall } from './line.ts';
import { machine } from './machine.ts';
import { type Spread, spreadOf, tally } from './statistics.ts';

const room = Number(process.argv[2] ?? 6);
const rushes = 6;
const betweenRushesMs = 5_000;
const calmMs = 30_000;
const settlingMs = 5_000;
const apartMs = 1_000;

export interface LimitResult {
  /** Calls that the pool holds. */
  readonly room: number;
  readonly dialledBeyond: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Of those who had been let in. */
  readonly lost: number;
  /** From the INVITE to the final answer of those beyond. */
  readonly busyMs: Spread;
  readonly answersBeforeMs: Answers;
  readonly answersDuringMs: Answers;
  readonly answersAfterMs: Answers;
  readonly loadAverage: number;
}

interface Answers extends Spread {
  readonly unanswered: number;
}

interface Turned {
  readonly status: number;
  readonly finalMs: number;
}

const stack = await openLine('limit', { POOL_SESSIONS_PER_SHARD: String(room) });
try {
  await pause(settlingMs);
  const callers: Caller[] = [];
  for (let at = 0; at < room; at += 1) {
    const caller = await Caller.dial(stack.sip, pizza, callerNumber(at));
    await caller.phone.answer();
    caller.converse();
    callers.push(caller);
    await pause(apartMs);
  }
  const before = await talk(callers, () => pause(calmMs));
  const turned: Turned[] = [];
  const during = await talk(callers, async () => {
    for (let rush = 0; rush < rushes; rush += 1) {
      turned.push(...(await dialAtOnce(stack, 2 * room)));
      await pause(betweenRushesMs);
    }
  });
  const load = loadavg()[0] ?? 0;
  const after = await talk(callers, () => pause(calmMs));
  const lost = callers.filter(({ isLive }) => !isLive).length;
  await Promise.all(callers.map((caller) => caller[Symbol.asyncDispose]()));
  const result: LimitResult = {
    ...{ room, dialledBeyond: turned.length, lost, loadAverage: load },
    statuses: tally(turned.map(({ status }) => status)),
    busyMs: spreadOf(turned.map(({ finalMs }) => finalMs)),
    ...{ answersBeforeMs: before, answersDuringMs: during, answersAfterMs: after },
  };
  say(JSON.stringify({ ...result, machine: machine() }));
} finally {
  await stack.close();
}
await dispose();

/** @returns from the caller's last word to the agent's first sound, of the turns that began meanwhile */
async function talk(callers: readonly Caller[], meanwhile: () => Promise<unknown>): Promise<Answers> {
  const marks = callers.map(({ answersMs }) => answersMs.length);
  await meanwhile();
  const answers = callers.flatMap(({ answersMs }, at) => answersMs.slice(marks[at]));
  const heard = answers.filter((ms) => ms !== null);
  return { unanswered: answers.length - heard.length, ...spreadOf(heard) };
}

function dialAtOnce(stack: Stack, calls: number): Promise<Turned[]> {
  return Promise.all(
    Array.from({ length: calls }, async (_, at) => {
      const { call, status } = await tryCall(stack, pizza.called, 1_000 + at);
      return { status: status ?? 0, finalMs: call.answeredMs ?? answerDeadlineMs };
    }),
  );
}
