import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expiredCallSchema, leaseVerdictSchema, takenSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { admitted, answeredSchema, finish, invite, refusedSchema } from './calls.ts';
import { agentRole, databaseAs, dispatchRole } from './roles.ts';

describe.skipIf(noPostgres)('leases', () => {
  let database: TestDatabase;
  let dispatch: Database;
  let agent: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    dispatch = databaseAs(database.sql, dispatchRole);
    agent = databaseAs(database.sql, agentRole);
  });
  afterAll(() => database.close());
  beforeEach(() => database.sql`truncate sessions, call_refusals cascade`);

  const take = (session: string, worker: string) =>
    agent.row('take_call', { p_session_id: session, p_worker: worker }, takenSchema);
  const answer = async (session: string, worker: string) =>
    (await agent.row('answer_call', { p_session_id: session, p_worker: worker }, answeredSchema)).answered;
  const renew = (worker: string, ...sessions: string[]) =>
    agent.rows('renew_leases', { p_worker: worker, p_session_ids: sessions }, leaseVerdictSchema);
  const expired = () => dispatch.rows('expired_calls', { p_limit: 10 }, expiredCallSchema);
  const letLeasesRunOut = () => database.sql`update active_calls set lease_expires_at = now() - interval '1 second'`;

  test('a call is held by one worker, who may ask twice, and by no second one while it is alive (R3.2)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    expect(await take(session, 'shard-1')).toEqual({ taken: true, reason: null });
    expect(await take(session, 'shard-1')).toEqual({ taken: true, reason: null });
    expect(await take(session, 'shard-2')).toEqual({ taken: false, reason: null });
  });

  test('a worker that comes too late hears how the call ended (R3.2)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await finish(dispatch, session, 'caller_gave_up');
    expect(await take(session, 'shard-1')).toEqual({ taken: false, reason: 'caller_gave_up' });
  });

  test('only the holder answers, once, and an answered call cannot be refused any more (R3.2)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await take(session, 'shard-1');
    expect([await answer(session, 'shard-2'), await answer(session, 'shard-1')]).toEqual([false, true]);
    const [first] = await database.sql`select answered_at from sessions`;
    await answer(session, 'shard-1');
    expect(await database.sql`select answered_at from sessions`).toEqual([first]);
    const refusal = { p_session_id: session, p_reason: 'no_worker' };
    expect(await dispatch.row('refuse_call', refusal, refusedSchema)).toEqual({ refused: false });
    expect(await database.sql`select state from active_calls`).toEqual([{ state: 'active' }]);
  });

  test('one renewal answers for all calls of a worker: keep these, end those and why, let go of the others (R3.5)', async () => {
    const [kept, ended, asked, stolen] = [
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
    ];
    for (const session of [kept, ended, asked]) await take(session, 'shard-1');
    await take(stolen, 'shard-2');
    await finish(dispatch, ended, 'media_lost');
    await database.sql`update active_calls set end_requested = 'max_duration' where session_id = ${asked}`;
    expect(await renew('shard-1', kept, ended, asked, stolen)).toEqual([
      { sessionId: kept, verdict: 'keep', reason: null },
      { sessionId: ended, verdict: 'lost', reason: 'media_lost' },
      { sessionId: asked, verdict: 'end', reason: 'max_duration' },
      { sessionId: stolen, verdict: 'lost', reason: null },
    ]);
  });

  test('a renewed call does not expire, one that nobody renews does, and its slot is not free before (R3.5)', async () => {
    const [renewed, silent] = [invite('2001'), invite('2001')];
    const alive = await admitted(dispatch, renewed);
    const dead = await admitted(dispatch, silent);
    await take(alive, 'shard-1');
    await take(dead, 'shard-2');
    await letLeasesRunOut();
    await renew('shard-1', alive);
    const [lost, ...others] = await expired();
    expect(lost).toMatchObject({ sessionId: dead, room: silent.p_room, state: 'pending', worker: 'shard-2' });
    expect(lost).toMatchObject({ sipCallId: silent.p_sip_call_id, tenant: 'harbor-pizza' });
    expect(others).toEqual([]);
    expect(await database.sql`select from active_calls`).toHaveLength(2);
  });

  test("an expired call is one replica's alone, also when many ask at the same moment (R3.5)", async () => {
    for (let call = 0; call < 5; call++) await admitted(dispatch, invite('2001'));
    await letLeasesRunOut();
    const pool = database.connect(8);
    const replicas = Array.from({ length: 8 }, () => databaseAs(pool, dispatchRole));
    const claims = await Promise.all(
      replicas.map((replica) => replica.rows('expired_calls', { p_limit: 3 }, expiredCallSchema)),
    );
    await pool.end();
    const claimed = claims.flat().map((call) => call.sessionId);
    expect(claimed).toHaveLength(5);
    expect(new Set(claimed).size).toBe(5);
  });

  test('a call that lost its worker is taken by the next one, and the lost one is told to let go (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await take(session, 'shard-1');
    await letLeasesRunOut();
    await expired();
    expect(await take(session, 'shard-2')).toMatchObject({ taken: true });
    expect(await renew('shard-1', session)).toMatchObject([{ verdict: 'lost' }]);
    expect(await renew('shard-2', session)).toMatchObject([{ verdict: 'keep' }]);
  });

  test('a worker that was only slow keeps its call when nobody took it meanwhile (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await take(session, 'shard-1');
    await letLeasesRunOut();
    await expired();
    expect(await renew('shard-1', session)).toMatchObject([{ verdict: 'keep' }]);
    expect(await take(session, 'shard-2')).toMatchObject({ taken: false });
  });
});
