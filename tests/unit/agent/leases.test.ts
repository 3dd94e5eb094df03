import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Departures, nameWorker } from '../../../agent/departures.ts';
import { CallEnds, type CallOutcome } from '../../../agent/ends.ts';
import { Leases, type Run, unlessLost, type WorkerStatus } from '../../../agent/leases.ts';
import type { Call } from '../../../agent/open-call.ts';
import { type Database, DatabaseAway, DatabaseFault } from '../../../shared/db.ts';
import { poolNameSchema, type SessionId, sessionIdSchema } from '../../../shared/ids.ts';

const session = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const pool = poolNameSchema.parse('switchboard');

interface Question {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

let asked: Question[];
let away: boolean;
let faulty: boolean;
/** The database answers then. */
let held: Promise<void>;
let verdict: { verdict: 'keep' | 'end' | 'lost'; reason: string | null };
let draining: boolean;
let run: Run;
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  away = false;
  faulty = false;
  held = Promise.resolve();
  verdict = { verdict: 'keep', reason: null };
  draining = false;
  run = newRun();
});
afterEach(() => void vi.useRealTimers());

const database = {
  async rows(name: string, args: Question['args']) {
    asked.push({ name, args });
    if (away) throw new DatabaseAway('no answer');
    await held;
    return (args['p_session_ids'] as SessionId[]).map((sessionId) => ({ sessionId, ...verdict }));
  },
  async row(name: string, args: Question['args']) {
    asked.push({ name, args });
    if (away) throw new DatabaseAway('no answer');
    if (faulty) throw new DatabaseFault('status 500');
    return { released: 2 };
  },
} as unknown as Database;
const log = pino({ level: 'silent' });
const status = (): WorkerStatus => ({ pool, version: '1', capacity: 20, calls: 1, load: 0.1, draining });
const newRun = () => ({ identity: { session }, ends: new CallEnds() }) as unknown as Run;
const open = async () => {
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
  const leases = new Leases({ worker: 'shard-1', database, clock, log });
  await leases.open(status);
  return leases;
};
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);
const reports = () => asked.map(({ args }) => args['p_session_ids']);

describe('a worker', () => {
  test('says what it is before it has a call, and each five seconds from then on (R3.5)', async () => {
    const leases = await open();
    expect(asked).toEqual([
      { name: 'renew_leases', args: { p_worker: 'shard-1', p_session_ids: [], p_status: status() } },
    ]);
    await seconds(20);
    expect(asked).toHaveLength(5);
    await leases.close();
    await seconds(20);
    expect(asked).toHaveLength(5);
  });

  test('says at once that it drains (R3.5, R6.3)', async () => {
    const leases = await open();
    await seconds(1);
    draining = true;
    leases.tell();
    await seconds(0);
    expect(asked.at(-1)?.args['p_status']).toMatchObject({ draining: true });
    expect(asked).toHaveLength(2);
  });

  test('claims its calls each second while the database is away, so that it is heard before they are given away (R1.8)', async () => {
    away = true;
    const leases = await open();
    leases.took(run);
    await seconds(10);
    expect(asked).toHaveLength(11);
    away = false;
    await seconds(11);
    expect(asked).toHaveLength(14);
    expect(run.ends.reached).toBeUndefined();
  });

  test('claims only calls that it has taken and that go on here (R3.5)', async () => {
    const leases = await open();
    leases.took(run);
    await seconds(5);
    leases.dropped(run);
    await seconds(5);
    expect(reports()).toEqual([[], [session], []]);
  });

  test.each(['switched_off', 'max_duration', 'told_to_end'])(
    'ends a call with the reason that the platform gives: %s (R3.5)',
    async (reason) => {
      const leases = await open();
      leases.took(run);
      verdict = { verdict: 'end', reason };
      await seconds(5);
      expect(run.ends.reached).toEqual({ kind: 'ended', reason });
    },
  );

  test('lets go of a call that is another one’s by now (R3.2)', async () => {
    const leases = await open();
    leases.took(run);
    verdict = { verdict: 'lost', reason: null };
    await seconds(5);
    expect(run.ends.reached).toMatchObject({ kind: 'not_ours' });
  });

  test('renews no call that ended while the database was asked for it (R3.5)', async () => {
    const leases = await open();
    leases.asks(run);
    run.ends.end('caller_hung_up');
    leases.dropped(run);
    leases.took(run);
    await seconds(5);
    expect(reports()).toEqual([[], []]);
  });
});

describe('a call that comes back to the shard that lost it, before its last run there is over', () => {
  let again: Run;
  beforeEach(() => {
    again = newRun();
    run.ends.abandon('the lease was lost');
  });

  test('is renewed when that run is over, and given away by its newest run alone (R3.5)', async () => {
    const leases = await open();
    leases.took(run);
    leases.asks(again);
    expect(leases.dropped(run)).toBe(false);
    leases.took(again);
    await seconds(5);
    expect(reports().at(-1)).toEqual([session]);
    expect(leases.dropped(run)).toBe(false);
    expect(leases.dropped(again)).toBe(true);
  });

  test('does not end by what the platform said of the run before (R3.5)', async () => {
    const leases = await open();
    run = newRun();
    leases.took(run);
    verdict = { verdict: 'lost', reason: null };
    let answer: () => void = () => undefined;
    held = new Promise((resolve) => {
      answer = resolve;
    });
    await seconds(5);
    expect(reports().at(-1)).toEqual([session]);
    leases.asks(again);
    leases.took(again);
    answer();
    await seconds(0);
    expect([run.ends.reached, again.ends.reached]).toEqual([undefined, undefined]);
  });
});

describe('a shard that stood still for longer than a lease', () => {
  const ended: CallOutcome = { kind: 'ended', reason: 'caller_silent' };
  const call = (leases: Leases) => ({ identity: { session }, platform: { leases } }) as unknown as Call;
  /** Its clock goes on, and nothing of it runs. */
  const standStill = () => vi.advanceTimersByTime(60_000);
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));

  test('leaves a call alone that somebody else has by now, whatever its own clocks say (R3.2)', async () => {
    const leases = await open();
    leases.took(run);
    expect(await unlessLost(ended, call(leases))).toEqual(ended);
    expect(asked).toHaveLength(1);
    standStill();
    verdict = { verdict: 'lost', reason: null };
    expect(await unlessLost(ended, call(leases))).toMatchObject({ kind: 'not_ours' });
  });

  test('ends a call that is its own still, also while the database is away (R1.8)', async () => {
    const leases = await open();
    leases.took(run);
    standStill();
    expect(await unlessLost(ended, call(leases))).toEqual(ended);
    away = true;
    expect(await unlessLost(ended, call(leases))).toEqual(ended);
    expect(asked).toHaveLength(3);
  });

  test('ends a call that was never taken, because the database was away all the time (R1.8)', async () => {
    const leases = await open();
    standStill();
    verdict = { verdict: 'lost', reason: null };
    expect(await unlessLost(ended, call(leases))).toEqual(ended);
  });
});

describe('the supervisor of a shard that died', () => {
  test('frees its calls at once, and once more for a renewal that was on its way (R3.2)', async () => {
    new Departures(database, log).tell('shard-1');
    await seconds(0);
    expect(asked).toEqual([{ name: 'release_worker', args: { p_worker: 'shard-1' } }]);
    await seconds(10);
    expect(asked).toHaveLength(2);
  });

  test('frees them as soon as the database is back (R1.8, R3.2)', async () => {
    away = true;
    const departures = new Departures(database, log);
    departures.tell('shard-1');
    await seconds(60);
    expect(asked).toHaveLength(61);
    away = false;
    await seconds(1);
    await departures.heard(0);
    expect(asked).toHaveLength(62);
  });

  test('tries on, more and more seldom, while the database answers with errors (R1.8, R3.2)', async () => {
    faulty = true;
    new Departures(database, log).tell('shard-1');
    await seconds(60);
    // After 0, 1, 3, 7 and 15 s, and each 10 s from then on.
    expect(asked).toHaveLength(9);
    faulty = false;
    await seconds(10);
    expect(asked).toHaveLength(11);
  });
});

test('two workers never share a name, however often a shard of that number was started (R3.2)', () => {
  const names = Array.from({ length: 100 }, () => nameWorker('shard-1'));
  expect(new Set(names).size).toBe(100);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(128);
});
