/**
 * Limits under many callers at the same moment, from three processes as from three replicas of dispatch. What is judged is
 * the whole history in the order of the commits and not a final count: never one more than the limit at any instant, and
 * nobody refused while there was room.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forgetHistory, judgeHistory, keepHistory, type Level } from '../support/admission-history.ts';
import { DispatchProcess, type Done } from '../support/dispatch-process.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { admit, invite } from './calls.ts';
import { databaseAs, dispatchRole } from './roles.ts';

const connections = [17, 17, 16];
const callers = 500;
/** Two of one organisation and one of another. */
const numbers = ['2001', '2002', '+390612345678'];

interface Limit {
  readonly level: Level;
  readonly reason: string;
  readonly table: string;
  readonly called: readonly string[];
}
const limits: readonly Limit[] = [
  { level: 'number', reason: 'number_busy', table: 'sip_numbers', called: ['2001'] },
  { level: 'organisation', reason: 'organization_busy', table: 'organizations', called: ['2001', '2002'] },
  { level: 'pool', reason: 'pool_busy', table: 'pools', called: numbers },
  { level: 'platform', reason: 'platform_busy', table: 'platform_settings', called: numbers },
];
/** The narrowest and the widest limit are tried at each size, the two between them at one. */
const sizes = (level: Level) => (level === 'number' || level === 'platform' ? [1, 7, 50] : [7]);
const cases = limits.flatMap((limit) => sizes(limit.level).map((size) => ({ ...limit, size })));
type Case = (typeof cases)[number];

describe.skipIf(noPostgres)('capacity', () => {
  let database: TestDatabase;
  let replicas: DispatchProcess[] = [];
  beforeAll(async () => {
    database = await cloneDatabase();
    await keepHistory(database.sql);
    replicas = await Promise.all(connections.map((count) => DispatchProcess.start(database.url, count)));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await database.close();
  });
  beforeEach(async () => {
    await forgetHistory(database.sql);
    await database.sql`update sip_numbers set max_concurrent_calls = 1000`;
    await database.sql`update organizations set max_concurrent_calls = null, max_calls_per_second = null`;
    await database.sql`update pools set max_concurrent_calls = null`;
    await database.sql`update platform_settings set max_concurrent_calls = null`;
  });

  /** 500 callers at the same moment, shared out among the replicas. */
  async function rush(called: readonly string[], ending: boolean): Promise<Done> {
    const dialled = Array.from({ length: callers }, (_, caller) => called[caller % called.length] ?? '');
    const done = await Promise.all(
      replicas.map((replica, at) =>
        replica.rush({ called: dialled.filter((_, caller) => caller % replicas.length === at), ending }),
      ),
    );
    return {
      admitted: done.reduce((sum, { admitted }) => sum + admitted, 0),
      refused: done.flatMap(({ refused }) => refused),
    };
  }

  async function rushAt({ table, size, called }: Case, ending: boolean): Promise<Done> {
    await database.sql`update ${database.sql(table)} set max_concurrent_calls = ${size}`;
    return rush(called, ending);
  }
  const verdictOn = ({ level, reason, size }: Case) => judgeHistory(database.sql, { level, reason, limit: size });

  for (const one of cases) {
    test(`of 500 callers at once exactly ${one.size} come in when the ${one.level} has ${one.size} lines (R3.2)`, async () => {
      const { admitted, refused } = await rushAt(one, false);
      expect(admitted).toBe(one.size);
      expect(new Set(refused)).toEqual(new Set([one.reason]));
      expect(await verdictOn(one)).toEqual({
        most: one.size,
        admitted: one.size,
        refused: callers - one.size,
        needless: 0,
      });
    });
  }

  for (const one of cases.filter(({ level }) => level === 'number' || level === 'platform')) {
    test(`of 500 callers who come and go none is one too many for the ${one.size} lines of the ${one.level}, and none is refused while one is free (R3.2)`, async () => {
      const { admitted, refused } = await rushAt(one, true);
      expect(admitted).toBeGreaterThanOrEqual(one.size);
      const verdict = await verdictOn(one);
      expect(verdict).toMatchObject({ admitted, refused: refused.length, needless: 0 });
      expect(verdict.most).toBeLessThanOrEqual(one.size);
      expect(await database.sql`select from active_calls`).toHaveLength(0);
    });
  }

  /** What the history would say of a door that is built otherwise: it must notice. */
  describe('of a number with 7 lines', () => {
    const seven: Case = { level: 'number', reason: 'number_busy', table: 'sip_numbers', called: ['2001'], size: 7 };
    const shipped = new Map<string, string>();
    async function rebuild(name: string, change: (definition: string) => string): Promise<void> {
      const [row] = await database.sql<{ definition: string }[]>`
        select pg_get_functiondef(${name}::regproc) as definition`;
      const definition = row?.definition ?? '';
      expect(change(definition)).not.toBe(definition);
      shipped.set(name, definition);
      await database.sql.unsafe(change(definition));
    }
    afterEach(async () => {
      for (const definition of shipped.values()) await database.sql.unsafe(definition);
    });

    test('the history shows a call too many when several decide at once (R3.2)', async () => {
      await rebuild('private.lock_admission_as_shipped', (definition) =>
        definition.replace(/perform pg_advisory_xact_lock\(.*?\);/s, ''),
      );
      await rushAt(seven, false);
      expect((await verdictOn(seven)).most).toBeGreaterThan(7);
    });

    test('the history shows a call too many when the count is older than the lock (R3.2)', async () => {
      await rebuild('public.admit_call', (definition) =>
        definition
          .replace('declare', 'declare counted public.call_reason;')
          .replace(
            'perform private.lock_admission();',
            'counted := private.busy_reason(number, organization, clock_timestamp()); perform private.lock_admission();',
          )
          .replace('private.busy_reason(number, organization, decided_at)', 'counted'),
      );
      await rushAt(seven, false);
      expect((await verdictOn(seven)).most).toBeGreaterThan(7);
    });

    test('the history shows who was refused while a line was free when ended calls count on (R3.2)', async () => {
      await rebuild('private.busy_reason', (definition) =>
        definition.replace('from public.active_calls where sip_number_id', 'from public.sessions where sip_number_id'),
      );
      await rushAt(seven, true);
      expect((await verdictOn(seven)).needless).toBeGreaterThan(0);
    });
  });

  test('replicas that report the same call at the same moment reserve one slot (R3.2)', async () => {
    const pool = database.connect(20);
    try {
      const dispatch = databaseAs(pool, dispatchRole);
      const call = invite('2001');
      const answers = await Promise.all(Array.from({ length: 40 }, () => admit(dispatch, call)));
      expect(new Set(answers.map((answer) => answer.outcome === 'admitted' && answer.sessionId)).size).toBe(1);
      expect(answers.filter((answer) => answer.outcome === 'admitted' && !answer.repeated)).toHaveLength(1);
      expect(await database.sql`select from active_calls`).toHaveLength(1);
    } finally {
      await pool.end();
    }
  });

  test('an organisation gets no more new calls in any second than it may, whoever admits them (R3.3)', async () => {
    await database.sql`update organizations set max_calls_per_second = 7`;
    const { admitted, refused } = await rush(['2001', '2002'], false);
    const [busiest] = await database.sql<{ calls: number }[]>`
      select max(calls)::int as calls
      from (select count(*) over (order by started_at range interval '999999 microseconds' preceding) as calls from sessions) seconds`;
    expect(admitted).toBeGreaterThanOrEqual(7);
    expect(busiest?.calls).toBe(7);
    expect(new Set(refused)).toEqual(new Set(['organization_rate_limited']));
  });

  test('counting refuses to run where it could count an old picture (R3.2)', async () => {
    const admission = database.sql.begin('isolation level repeatable read', async (transaction) => {
      await transaction`select set_config('role', 'switchboard_dispatch', true)`;
      return transaction`select * from admit_call('2001', '', 'a', 'b', 'c')`;
    });
    await expect(admission).rejects.toThrow('read committed');
  });
});
