/**
 * Limits under many callers at the same moment. What is checked is the whole history and not a final count: every session
 * says when it began (inside the door of admit_call) and when it ended (before its slot was given back), so the most
 * sessions that overlap is the most that were ever on the line.
 */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Admission } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { admit, finish, invite } from './calls.ts';
import { databaseAs, dispatchRole } from './roles.ts';

const connections = 40;
const callers = 240;
const numbers = ['2001', '2002', '2003'];

const levels = [
  {
    level: 'number',
    reason: 'number_busy',
    set: (limit: number) => `update sip_numbers set max_concurrent_calls = ${limit}`,
  },
  {
    level: 'organisation',
    reason: 'organization_busy',
    set: (limit: number) => `update organizations set max_concurrent_calls = ${limit}`,
  },
  { level: 'pool', reason: 'pool_busy', set: (limit: number) => `update pools set max_concurrent_calls = ${limit}` },
  {
    level: 'platform',
    reason: 'platform_busy',
    set: (limit: number) => `update platform_settings set max_concurrent_calls = ${limit}`,
  },
];
/** The narrowest and the widest limit are tried at each size, the two between them at one. */
const sizes = (level: string) => (level === 'number' || level === 'platform' ? [1, 7, 50] : [7]);
const cases = levels.flatMap((level) => sizes(level.level).map((limit) => ({ ...level, limit })));

describe.skipIf(noPostgres)('capacity', () => {
  let database: TestDatabase;
  let pool: Sql;
  let dispatch: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    pool = database.connect(connections);
    dispatch = databaseAs(pool, dispatchRole);
    await database.sql`insert into sip_numbers (phone_number, organization_id)
      select '2003', id from organizations where slug = 'harbor-pizza'`;
    await Promise.all(Array.from({ length: connections }, () => pool`select pg_sleep(0.05)`));
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(async () => {
    await database.sql`truncate sessions, call_refusals cascade`;
    await database.sql`update sip_numbers set max_concurrent_calls = 1000`;
    await database.sql`update organizations set max_concurrent_calls = null, max_calls_per_second = null`;
    await database.sql`update pools set max_concurrent_calls = null`;
    await database.sql`update platform_settings set max_concurrent_calls = null`;
  });

  /** Callers of one number, or of three where the limit is above a number. */
  const called = (level: string, caller: number) => (level === 'number' ? '2001' : (numbers[caller % 3] ?? '2001'));
  const arrive = (level: string) =>
    Promise.all(Array.from({ length: callers }, (_, caller) => admit(dispatch, invite(called(level, caller)))));

  async function mostAtOnce(): Promise<number> {
    const [row] = await database.sql<{ most: number }[]>`
      select max(live)::int as most
      from (
        select sum(change) over (order by at, change) as live
        from sessions, lateral (values (started_at, 1), (ended_at, -1)) moment (at, change)
        where at is not null
      ) history`;
    return row?.most ?? 0;
  }

  for (const { level, limit, reason, set } of cases) {
    test(`of 240 callers at once exactly ${limit} come in when the ${level} has ${limit} lines (R3.2)`, async () => {
      await database.sql.unsafe(set(limit));
      for (const wave of [1, 2]) {
        const answers = await arrive(level);
        expect(sessionsOf(answers), `wave ${wave}`).toHaveLength(limit);
        const reasons = answers.flatMap((answer) => (answer.outcome === 'refused' ? [answer.reason] : []));
        expect(new Set(reasons)).toEqual(new Set([reason]));
        await Promise.all(sessionsOf(answers).map((session) => finish(dispatch, session)));
      }
      expect(await mostAtOnce()).toBe(limit);
    });
  }

  for (const { level, limit, set } of cases.filter((one) => one.level === 'number' || one.level === 'platform')) {
    test(`callers who come and go never pass the ${limit} lines of the ${level} (R3.2)`, async () => {
      await database.sql.unsafe(set(limit));
      const answers = await Promise.all(
        Array.from({ length: callers }, async (_, caller) => {
          const answer = await admit(dispatch, invite(called(level, caller)));
          if (answer.outcome === 'admitted') await finish(dispatch, answer.sessionId);
          return answer;
        }),
      );
      expect(sessionsOf(answers).length).toBeGreaterThanOrEqual(limit);
      expect(await mostAtOnce()).toBeLessThanOrEqual(limit);
      expect(await database.sql`select from active_calls`).toHaveLength(0);
    });
  }

  test('replicas that report the same call at the same moment reserve one slot (R3.2)', async () => {
    const call = invite('2001');
    const answers = await Promise.all(Array.from({ length: connections }, () => admit(dispatch, call)));
    expect(new Set(sessionsOf(answers)).size).toBe(1);
    expect(answers.filter((answer) => answer.outcome === 'admitted' && !answer.repeated)).toHaveLength(1);
    expect(await database.sql`select from active_calls`).toHaveLength(1);
  });

  test('an organisation gets no more new calls in a second than it may, whoever admits them (R3.3)', async () => {
    await database.sql`update organizations set max_calls_per_second = 7`;
    const answers = await arrive('organisation');
    const [busiest] = await database.sql<{ calls: number }[]>`
      select max(calls)::int as calls
      from (select count(*) over (order by started_at range interval '999 milliseconds' preceding) as calls from sessions) seconds`;
    expect(sessionsOf(answers).length).toBeGreaterThanOrEqual(7);
    expect(busiest?.calls).toBe(7);
  });

  test('counting refuses to run where it could count an old picture (R3.2)', async () => {
    const admission = pool.begin('isolation level repeatable read', async (transaction) => {
      await transaction`select set_config('role', 'switchboard_dispatch', true)`;
      return transaction`select * from admit_call('2001', '', 'a', 'b', 'c')`;
    });
    await expect(admission).rejects.toThrow('read committed');
  });
});

function sessionsOf(answers: readonly Admission[]): string[] {
  return answers.flatMap((answer) => (answer.outcome === 'admitted' ? [answer.sessionId] : []));
}
