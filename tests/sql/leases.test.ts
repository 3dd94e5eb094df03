import { describe, expect, test } from 'vitest';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admitted, finish, invite, refusedSchema } from './calls.ts';
import { Holder, letLeasesRunOut, watchOn } from './holder.ts';
import { agentRole, databaseAs } from './roles.ts';

describe.skipIf(noPostgres)('leases', () => {
  const { database, dispatch, first, second } = openBooks();

  const ours = { taken: true, reason: null, resumed: null, openProviders: [] };

  test('a call is held by one worker, who may ask twice, and by no second one while it is alive (R3.2)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    expect(await first.take(session)).toEqual(ours);
    expect(await first.take(session)).toEqual(ours);
    expect(await second.take(session)).toMatchObject({ taken: false, reason: null });
    expect(await database.sql`select takes from sessions`).toEqual([{ takes: 1 }]);
  });

  test('of many workers that come for one call at the same moment one has it (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    const pool = database.connect(12);
    const shards = Array.from({ length: 12 }, (_, n) => new Holder(databaseAs(pool, agentRole), `shard-${n}`));
    const takes = await Promise.all(shards.map((shard) => shard.take(session)));
    const renewals = await Promise.all(shards.map((shard) => shard.renew(session)));
    await pool.end();
    expect(takes.filter(({ taken }) => taken)).toHaveLength(1);
    expect(renewals).toEqual(takes.map(({ taken }) => (taken ? 'keep' : 'lost')));
  });

  test('a worker that comes too late hears how the call ended (R3.2)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await finish(dispatch, session, 'caller_gave_up');
    expect(await first.take(session)).toMatchObject({ taken: false, reason: 'caller_gave_up' });
  });

  test('only the holder answers, once, and an answered call cannot be refused any more (R3.2)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.take(session);
    expect([await second.answer(session), await first.answer(session)]).toEqual([false, true]);
    const [answered] = await database.sql`select answered_at from sessions`;
    await first.answer(session);
    expect(await database.sql`select answered_at from sessions`).toEqual([answered]);
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
    for (const session of [kept, ended, asked]) await first.take(session);
    await second.take(stolen);
    await finish(dispatch, ended, 'media_lost');
    await database.sql`update active_calls set end_requested = 'max_duration' where session_id = ${asked}`;
    expect(await first.verdicts([kept, ended, asked, stolen])).toEqual([
      { sessionId: kept, verdict: 'keep', reason: null },
      { sessionId: ended, verdict: 'lost', reason: 'media_lost' },
      { sessionId: asked, verdict: 'end', reason: 'max_duration' },
      { sessionId: stolen, verdict: 'lost', reason: null },
    ]);
  });

  test.each([
    ['its number is switched off', `update sip_numbers set active = false where phone_number = '2001'`, 'switched_off'],
    ['its organisation is suspended', `update organizations set status = 'suspended'`, 'switched_off'],
    [
      'it has lasted as many minutes as its organisation may talk',
      `update organizations set max_call_minutes = 30; update sessions set answered_at = now() - interval '30 minutes'`,
      'max_duration',
    ],
  ])('a call is ended at the next renewal when %s (R3.1)', async (_what, change, reason) => {
    const session = await admitted(dispatch, invite('2001'));
    await first.takeAndAnswer(session);
    await database.sql`update organizations set max_call_minutes = 30`;
    expect(await first.renew(session)).toBe('keep');
    await database.sql.unsafe(change);
    const verdicts = await first.verdicts([session]);
    await database.sql`update sip_numbers set active = true where phone_number = '2001'`;
    await database.sql`update organizations set status = 'active', max_call_minutes = null`;
    expect(verdicts).toMatchObject([{ verdict: 'end', reason }]);
  });

  test('the minutes of a call count from the answer, so nobody is cut off for having waited (R3.1)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.take(session);
    await database.sql`update organizations set max_call_minutes = 1`;
    await database.sql`update sessions set started_at = now() - interval '1 hour'`;
    const verdict = await first.renew(session);
    await database.sql`update organizations set max_call_minutes = null`;
    expect(verdict).toBe('keep');
  });

  test('a call that is being settled at this moment does not keep the others of its worker from being renewed (R3.5)', async () => {
    const [stuck, other] = [await admitted(dispatch, invite('2001')), await admitted(dispatch, invite('2001'))];
    for (const session of [stuck, other]) await first.take(session);
    await letLeasesRunOut(database.sql);
    const pool = database.connect(1);
    await pool.begin(async (settling) => {
      await settling`select from active_calls where session_id = ${stuck} for update`;
      expect(await first.verdicts([stuck, other])).toMatchObject([{ verdict: 'keep' }, { verdict: 'keep' }]);
    });
    await pool.end();
    const renewed = await database.sql`select session_id from active_calls where lease_expires_at > now()`;
    expect(renewed).toEqual([{ session_id: other }]);
  });

  test('a renewal that overtakes the taking of a call does not cost the caller the agent (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    expect(await first.renew(session)).toBe('keep');
    expect(await second.take(session)).toMatchObject({ taken: true });
    expect(await first.renew(session)).toBe('lost');
  });

  test('a worker that was only slow keeps its call until it is given to others, then lets go of it (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.take(session);
    await letLeasesRunOut(database.sql);
    expect(await first.renew(session)).toBe('keep');
    expect(await watchOn(database.sql, dispatch)).toEqual([]);
    await letLeasesRunOut(database.sql);
    expect(await watchOn(database.sql, dispatch)).toHaveLength(1);
    expect(await first.renew(session)).toBe('lost');
    expect(await first.answer(session)).toBe(false);
    expect(await second.take(session)).toMatchObject({ taken: true });
    expect([await first.renew(session), await second.renew(session)]).toEqual(['lost', 'keep']);
    expect(await database.sql`select takes, worker from sessions`).toEqual([{ takes: 2, worker: 'shard-2' }]);
  });

  test('whoever goes on with an answered call is told what was said and how long ago it began (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.takeAndAnswer(session);
    await first.note(session, { turns: [{ position: 2, role: 'caller', text: 'Two pizzas.', at_ms: 4000 }] });
    await first.note(session, { turns: [{ position: 1, role: 'agent', text: 'Harbor Pizza!', at_ms: 300.4 }] });
    await database.sql`update sessions set answered_at = now() - interval '1 minute'`;
    await first.release(session);
    const { taken, resumed } = await second.take(session);
    expect(taken).toBe(true);
    expect(resumed?.turns).toEqual([
      { role: 'agent', text: 'Harbor Pizza!', at_ms: 300 },
      { role: 'caller', text: 'Two pizzas.', at_ms: 4000 },
    ]);
    expect(resumed?.answeredMsAgo).toBeGreaterThanOrEqual(60_000);
    expect((await second.take(session)).resumed?.turns).toHaveLength(2);
  });

  test('an answered call in which nobody spoke is resumed all the same, a ringing one is not (R3.5)', async () => {
    const [silent, ringing] = [await admitted(dispatch, invite('2001')), await admitted(dispatch, invite('2001'))];
    await first.takeAndAnswer(silent);
    await first.take(ringing);
    await first.gone();
    expect((await second.take(silent)).resumed).toMatchObject({ turns: [] });
    expect((await second.take(ringing)).resumed).toBeNull();
  });

  test('a worker that gives a call away has it no more, and it waits for no lease to run out (R6.3)', async () => {
    const [given, kept] = [await admitted(dispatch, invite('2001')), await admitted(dispatch, invite('2001'))];
    for (const session of [given, kept]) await first.takeAndAnswer(session);
    expect([await second.release(given), await first.release(given), await first.release(given)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await first.verdicts([given, kept])).toMatchObject([{ verdict: 'lost' }, { verdict: 'keep' }]);
    expect(await watchOn(database.sql, dispatch)).toMatchObject([
      { sessionId: given, worker: 'shard-1', state: 'active' },
    ]);
  });

  test('a process that is gone frees all its calls and is no worker any more, and a late renewal changes nothing (R3.5)', async () => {
    const sessions = [await admitted(dispatch, invite('2001')), await admitted(dispatch, invite('2001'))];
    const status = { pool: 'switchboard', version: '1.2.3', capacity: 20, calls: 2, load: 0.25, draining: false };
    for (const session of sessions) await first.take(session);
    const others = await admitted(dispatch, invite('2001'));
    await second.take(others);
    await first.verdicts(sessions, status);
    expect([await first.gone(), await first.gone()]).toEqual([2, 0]);
    expect(await database.sql`select from workers where name = 'shard-1'`).toEqual([]);
    expect(await first.verdicts(sessions)).toMatchObject([{ verdict: 'lost' }, { verdict: 'lost' }]);
    const lost = await watchOn(database.sql, dispatch);
    expect(lost.map(({ sessionId }) => sessionId).sort()).toEqual(sessions.sort());
  });

  test('a worker says what it is with each renewal, also without calls, and brings its pool along (R3.7)', async () => {
    const status = { pool: 'gpu', version: '1.2.3', capacity: 20, calls: 0, load: 0.25, draining: false };
    expect(await first.verdicts([], status)).toEqual([]);
    const [reported] = await database.sql`select * from workers where name = 'shard-1'`;
    expect(reported).toMatchObject(status);
    await database.sql`update workers set seen_at = now() - interval '1 hour' where name = 'shard-1'`;
    await first.verdicts([], { ...status, calls: 3, draining: true });
    const [again] = await database.sql`
      select calls, draining, seen_at > now() - interval '1 minute' as seen, started_at from workers where name = 'shard-1'`;
    expect(again).toEqual({ calls: 3, draining: true, seen: true, started_at: reported?.['started_at'] });
    expect(await database.sql`select name from pools where name = 'gpu'`).toHaveLength(1);
  });

  test('renewing leases writes no index (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.take(session);
    const updates = async () => {
      const [row] = await database.sql<{ all: string; hot: string }[]>`
        select n_tup_upd as all, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'active_calls'`;
      return { all: Number(row?.all), hot: Number(row?.hot) };
    };
    await database.sql`select pg_stat_force_next_flush()`;
    const before = await updates();
    for (let renewal = 0; renewal < 50; renewal++) await first.renew(session);
    await database.sql`select pg_stat_force_next_flush()`;
    const after = await updates();
    expect(after.all - before.all).toBe(50);
    expect(after.hot - before.hot).toBe(50);
  });
});
