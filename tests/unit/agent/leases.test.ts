import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Departures, nameWorker } from '../../../agent/departures.ts';
import type { CallOutcome } from '../../../agent/ends.ts';
import { type LeaseHolder, Leases, unlessLost } from '../../../agent/leases.ts';
import type { Call } from '../../../agent/open-call.ts';
import { waitFor } from '../../../dev/stack/wait.ts';
import { type Database, DatabaseAway } from '../../../shared/db.ts';
import { poolNameSchema, type SessionId, sessionIdSchema } from '../../../shared/ids.ts';

const session = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const pool = poolNameSchema.parse('switchboard');

interface Question {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

let asked: Question[];
let away: boolean;
let verdict: { verdict: 'keep' | 'end' | 'lost'; reason: string | null };
let draining: boolean;
let told: string[];
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  away = false;
  verdict = { verdict: 'keep', reason: null };
  draining = false;
  told = [];
});
afterEach(() => void vi.useRealTimers());

const database = {
  async rows(name: string, args: Question['args']) {
    asked.push({ name, args });
    if (away) throw new DatabaseAway('no answer');
    return (args['p_session_ids'] as SessionId[]).map((sessionId) => ({ sessionId, ...verdict }));
  },
  async row(name: string, args: Question['args']) {
    asked.push({ name, args });
    if (away) throw new DatabaseAway('no answer');
    return { released: 2 };
  },
} as unknown as Database;
const log = pino({ level: 'silent' });
const holder: LeaseHolder = {
  status: () => ({ pool, version: '1', capacity: 20, calls: 1, load: 0.1, draining }),
  end: (_session, reason) => void told.push(reason),
  lose: () => void told.push('lost'),
};
const open = async () => {
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
  const leases = new Leases({ worker: 'shard-1', database, clock, log });
  await leases.open(holder);
  return leases;
};
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);
const reports = () => asked.map(({ args }) => args['p_session_ids']);

describe('a worker', () => {
  test('says what it is before it has a call, and each five seconds from then on (R3.5)', async () => {
    const leases = await open();
    expect(asked).toEqual([
      { name: 'renew_leases', args: { p_worker: 'shard-1', p_session_ids: [], p_status: holder.status() } },
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
    leases.took(session);
    await seconds(10);
    expect(asked).toHaveLength(11);
    away = false;
    await seconds(11);
    expect(asked).toHaveLength(14);
    expect(told).toEqual([]);
  });

  test('claims only calls that it has taken and that go on here (R3.5)', async () => {
    const leases = await open();
    leases.took(session);
    await seconds(5);
    leases.dropped(session);
    await seconds(5);
    expect(reports()).toEqual([[], [session], []]);
  });

  test.each(['switched_off', 'max_duration', 'told_to_end'])(
    'ends a call with the reason that the platform gives: %s (R3.5)',
    async (reason) => {
      const leases = await open();
      leases.took(session);
      verdict = { verdict: 'end', reason };
      await seconds(5);
      expect(told).toEqual([reason]);
    },
  );
});

describe('a shard that stood still for longer than a lease', () => {
  const ended: CallOutcome = { kind: 'ended', reason: 'caller_silent' };
  const call = (leases: Leases) => ({ identity: { session }, platform: { leases } }) as unknown as Call;
  /** Its clock goes on, and nothing of it runs. */
  const standStill = () => vi.advanceTimersByTime(60_000);
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));

  test('leaves a call alone that somebody else has by now, whatever its own clocks say (R3.2)', async () => {
    const leases = await open();
    leases.took(session);
    expect(await unlessLost(ended, call(leases))).toEqual(ended);
    expect(asked).toHaveLength(1);
    standStill();
    verdict = { verdict: 'lost', reason: null };
    expect(await unlessLost(ended, call(leases))).toMatchObject({ kind: 'not_ours' });
  });

  test('ends a call that is its own still, also while the database is away (R1.8)', async () => {
    const leases = await open();
    leases.took(session);
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
    vi.useRealTimers();
    away = true;
    const departures = new Departures(database, log);
    departures.tell('shard-1');
    await waitFor(() => asked.length > 1, { what: 'another try', deadlineMs: 5_000 });
    const tries = asked.length;
    away = false;
    await departures.heard(5_000);
    expect(asked).toHaveLength(tries + 1);
  });
});

test('two workers never share a name, however often a shard of that number was started (R3.2)', () => {
  const names = Array.from({ length: 100 }, () => nameWorker('shard-1'));
  expect(new Set(names).size).toBe(100);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(128);
});
