/** LiveKit, Redis or the database are away. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { waitFor } from '../stack/wait.ts';
import { cafe, pizza } from './businesses.ts';
import { within } from './caller.ts';
import type { Fault, Outcome } from './fault.ts';
import { seconds } from './printing.ts';
import { outcomeOf, tryCall, untilAnswered } from './ringing.ts';
import type { World } from './world.ts';

const recordDeadlineMs = 30_000;
/** What the books make of rooms that a Redis without memory does not know: a call without a room is settled after 15 s. */
const forgottenMs = 25_000;
/** After an outage the leases of all calls are over: nobody may take them for lost before their workers were heard. */
const afterwardsMs = 12_000;
const shownSchema = z.object({ id: z.string(), admission: z.string(), end_reason: z.string().nullable() });

export const databaseAwayQuick: Fault = {
  name: 'database-away-20s',
  sentence: 'The database is away for 20 s in mid-call, longer than a lease',
  bound: { what: 'the record of a call that ended meanwhile is written, from the return of the database', ms: 10_000 },
  quick: true,
  run: (world) => awayInMidCall(world, 20_000),
};

export const databaseAway: Fault = {
  name: 'database-away-60s',
  sentence: 'The database is away for 60 s in mid-call',
  bound: { what: 'the record of a call that ended meanwhile is written, from the return of the database', ms: 10_000 },
  run: (world) => awayInMidCall(world, 60_000),
};

async function awayInMidCall(world: World, awayMs: number): Promise<Outcome> {
  const database = databaseOf(world);
  await using load = await world.load(4);
  await using leaver = await world.greeted(pizza);
  const live = load.live.length + 1;
  const before = load.mark();
  database.freeze();
  const backAt = performance.now() + awayMs;
  let backMs: number;
  try {
    await leaver.ask();
    await leaver.hangUp();
    await delay(backAt - performance.now());
  } finally {
    database.thaw();
    backMs = performance.now();
  }
  const recordMs = await recordedMs(world, leaver.phone.callId, backMs);
  await delay(afterwardsMs);
  const mute = await load.unanswered();
  const worstMs = load.worstAnswerMs(before);
  const record = recordMs === null ? undefined : await world.records.of(leaver.phone.callId);
  const said = record?.outcome === 'settled' ? record.transcript.map(({ text }) => text) : [];
  return {
    live,
    lost: load.cut.length + mute.length,
    recoveryMs: recordMs,
    heard: worstMs === null ? 'an answer was missing' : `every answer, the slowest after ${seconds(worstMs)}`,
    problems: [
      ...(worstMs === null ? ['a caller got no answer'] : []),
      ...(said.includes(pizza.question.text) ? [] : ['the record lacks what the caller said']),
    ],
  };
}

export const databaseAwayRefusing: Fault = {
  name: 'database-away-incoming-refuse',
  sentence: 'Calls come while the database is away (DISPATCH_WITHOUT_DATABASE=refuse)',
  bound: { what: 'the caller hears busy', ms: 10_000 },
  async run(world) {
    const database = databaseOf(world);
    await using load = await world.load(3);
    const live = load.live.length;
    database.freeze();
    let wait: Awaited<ReturnType<typeof outcomeOf>>;
    try {
      wait = await tryCall(world, cafe);
    } finally {
      database.thaw();
    }
    const nextMs = await untilAnswered(world, cafe, 30_000);
    const mute = await load.unanswered();
    return {
      live,
      lost: load.cut.length + mute.length,
      recoveryMs: wait.outcome === 'busy' ? wait.ms : null,
      heard: wait.heard,
      problems: nextMs === null ? ['no call was answered when the database was back'] : [],
    };
  },
};

export const databaseAwayAdmitting: Fault = {
  name: 'database-away-incoming-admit',
  sentence: 'Calls come while the database is away (DISPATCH_WITHOUT_DATABASE=admit-known)',
  bound: { what: 'the caller of a known number is answered', ms: 8_000 },
  async run(world) {
    const database = databaseOf(world);
    await using load = await world.load(3);
    const env = { DISPATCH_WITHOUT_DATABASE: 'admit-known' };
    const replica = await world.stack.fleet.addDispatch({ env });
    const live = load.live.length;
    world.relay.targets = [replica.url];
    try {
      // The number is known from a call before.
      if ((await tryCall(world, cafe)).outcome !== 'greeted') throw new Error('the first call was not answered');
      database.freeze();
      let backMs: number;
      await using caller = await world.dial(cafe);
      const wait = await outcomeOf(caller)
        .then(async (outcome) => {
          if (caller.isLive) await caller.phone.untilQuiet();
          const answerMs = caller.isLive ? await caller.ask() : null;
          await caller.hangUp();
          return { ...outcome, answerMs };
        })
        .finally(() => {
          database.thaw();
          backMs = performance.now();
        });
      backMs ??= performance.now();
      const recordMs = await recordedMs(world, caller.phone.callId, backMs);
      const [row] = await world.rows.read('sessions', { sip_call_id: caller.phone.callId });
      const shown = row === undefined ? undefined : shownSchema.parse(row);
      const mute = await load.unanswered();
      return {
        live,
        lost: load.cut.length + mute.length + (wait.answerMs === null ? 1 : 0),
        recoveryMs: wait.outcome === 'greeted' ? wait.ms : null,
        heard: wait.heard,
        problems: [
          ...(recordMs === null ? ['the call never came into the books'] : []),
          ...(shown && shown.admission !== 'offline' ? [`its session is marked ${shown.admission}`] : []),
        ],
      };
    } finally {
      database.thaw();
      await world.stack.fleet.remove(replica);
    }
  },
};

export const livekitRestarted: Fault = {
  name: 'livekit-restarted',
  sentence: 'livekit-server is killed with -9 and started again',
  bound: { what: 'the next call is answered, from the return of the server', ms: 15_000 },
  run: (world) => restart(world, world.stack.livekit, 'may cut calls'),
};

export const redisRestarted: Fault = {
  name: 'redis-restarted',
  sentence: 'Redis is killed with -9 and started again, empty',
  bound: { what: 'the next call is answered, from the return of Redis', ms: 15_000 },
  async run(world) {
    const { redis } = world.stack;
    if (redis === undefined) throw new Error('this machine has no redis-server');
    return restart(world, redis, 'may cut nobody');
  },
};

interface Restartable {
  kill(): Promise<void>;
  revive(): Promise<void>;
}

async function restart(world: World, part: Restartable, may: 'may cut calls' | 'may cut nobody'): Promise<Outcome> {
  await using load = await world.load(4);
  const live = load.live.length;
  await part.kill();
  await part.revive();
  const answeredMs = await untilAnswered(world, pizza, 60_000);
  // A call whose media server died may take a moment to find out.
  await delay(may === 'may cut calls' ? afterwardsMs : forgottenMs);
  const mute = await load.unanswered();
  const goneOn = load.live.length - mute.length;
  const [otherMs] = [await untilAnswered(world, cafe, 30_000)];
  await Promise.all(load.callers.map((caller) => caller.hangUp()));
  return {
    live,
    lost: may === 'may cut calls' ? mute.length : load.cut.length + mute.length,
    recoveryMs: answeredMs,
    heard: `${goneOn} of ${live} calls went on, ${load.cut.length} were let go, the next caller was greeted`,
    problems: otherMs === null ? ['the cafe does not answer'] : [],
  };
}

function databaseOf({ stack }: World) {
  if (stack.supabase === undefined) throw new Error('this stack does not own its database');
  return stack.supabase;
}

/** From the return of the database until the call is on record as ended; null: it never was. */
async function recordedMs(world: World, sipCallId: string, backMs: number): Promise<number | null> {
  const ended = async () => {
    const [row] = await world.rows.read('sessions', { sip_call_id: sipCallId });
    return typeof row?.['end_reason'] === 'string';
  };
  await waitFor(async () => (await ended().catch(away)) !== undefined, { what: 'the database', deadlineMs: 20_000 });
  return (await within(recordDeadlineMs, ended)) ? Math.round(performance.now() - backMs) : null;
}

/** Just back, it may still be busy with what was asked before. */
function away(): undefined {
  return undefined;
}
