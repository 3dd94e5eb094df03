/** What replicas of dispatch ask each second: calls that nobody holds, each for one of them, and rooms that nobody knows. */
import { beforeEach, describe, expect, test } from 'vitest';
import { claimedSchema, liveCallSchema, roomDecisionsSchema } from '../../shared/contracts.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admitted, finish, invite, refusalOf, refusedSchema } from './calls.ts';
import { beAway, claimLost, Holder, keepWatching, letLeasesRunOut, watchOn } from './holder.ts';
import { agentRole, databaseAs, dispatchRole } from './roles.ts';

describe.skipIf(noPostgres)('the watch', () => {
  const { database, dispatch, first, second } = openBooks();
  beforeEach(() => keepWatching(database.sql));

  const resumed = (seconds: number) => database.sql`
    update private.watch_pulse set seen_at = now(), resumed_at = now() - ${`${seconds} s`}::interval`;
  const claimCall = async (session: string, placements: number) => {
    const args = { p_session_id: session, p_placements: placements };
    return (await dispatch.row('claim_call', args, claimedSchema)).claimed;
  };

  test('a renewed call is not lost, one that nobody renews is, with all that is needed to place it again (R3.5)', async () => {
    const silent = invite('2001', '+442079460123');
    const alive = await admitted(dispatch, invite('2001'));
    const dead = await admitted(dispatch, silent);
    await first.take(alive);
    await second.takeAndAnswer(dead);
    await letLeasesRunOut(database.sql);
    await first.renew(alive);
    const [lost, ...others] = await watchOn(database.sql, dispatch);
    expect(lost).toMatchObject({
      sessionId: dead,
      sipCallId: silent.p_sip_call_id,
      tenant: 'harbor-pizza',
      pool: 'switchboard',
      room: silent.p_room,
      state: 'active',
      worker: 'shard-2',
      placements: 2,
    });
    expect(others).toEqual([]);
    expect(await watchOn(database.sql, dispatch)).toEqual([]);
    expect(await database.sql`select from active_calls`).toHaveLength(2);
  });

  test('a call that nobody takes is lost again and again, older and with one placement more each time (R3.5)', async () => {
    await admitted(dispatch, invite('2001'));
    await database.sql`update active_calls set started_at = now() - interval '7 seconds'`;
    for (const placements of [2, 3]) {
      await letLeasesRunOut(database.sql);
      const [lost] = await watchOn(database.sql, dispatch);
      expect(lost).toMatchObject({ worker: null, placements, state: 'pending' });
      expect(lost?.ageMs).toBeGreaterThanOrEqual(7000);
    }
  });

  test('who had a call last is known also to who asks after a replica that died before it did anything (R3.5)', async () => {
    await first.takeAndAnswer(await admitted(dispatch, invite('2001')));
    for (const placements of [2, 3]) {
      await letLeasesRunOut(database.sql);
      expect(await watchOn(database.sql, dispatch)).toMatchObject([{ worker: 'shard-1', placements }]);
    }
  });

  test("a lost call is one replica's alone, also when many ask at the same moment (R3.5)", async () => {
    for (let call = 0; call < 5; call++) await admitted(dispatch, invite('2001'));
    await letLeasesRunOut(database.sql);
    const pool = database.connect(8);
    const replicas = Array.from({ length: 8 }, () => databaseAs(pool, dispatchRole));
    const claims = await Promise.all(replicas.map((replica) => claimLost(replica, 3)));
    await pool.end();
    const claimed = claims.flat().map((call) => call.sessionId);
    expect(claimed).toHaveLength(5);
    expect(new Set(claimed).size).toBe(5);
  });

  test('a call that is being renewed at this moment is nobody’s to claim, and waiting for it holds up no other (R3.5)', async () => {
    const [renewing, dead] = [await admitted(dispatch, invite('2001')), await admitted(dispatch, invite('2001'))];
    for (const session of [renewing, dead]) await first.take(session);
    await letLeasesRunOut(database.sql);
    const pool = database.connect(1);
    await pool.begin(async (slow) => {
      await slow`select * from renew_leases('shard-1', array[${renewing}::uuid])`;
      expect(await watchOn(database.sql, dispatch)).toMatchObject([{ sessionId: dead }]);
    });
    await pool.end();
    expect(await watchOn(database.sql, dispatch)).toEqual([]);
    expect(await first.verdicts([renewing, dead])).toMatchObject([{ verdict: 'keep' }, { verdict: 'lost' }]);
  });

  test('while renewals and claims race, no call is renewed by one worker and given to another (R3.5)', async () => {
    const sessions: string[] = [];
    for (let call = 0; call < 5; call++) sessions.push(await admitted(dispatch, invite('2001')));
    for (const session of sessions) await first.take(session);
    const pool = database.connect(6);
    const racing = new Holder(databaseAs(pool, agentRole), 'shard-1');
    const replica = databaseAs(pool, dispatchRole);
    for (let round = 0; round < 20; round++) {
      await letLeasesRunOut(database.sql);
      const [verdicts, ...claims] = await Promise.all([
        racing.verdicts(sessions),
        claimLost(replica),
        claimLost(replica, 2),
      ]);
      const claimed = claims.flat().map(({ sessionId }) => sessionId);
      expect(new Set(claimed).size).toBe(claimed.length);
      const held = await database.sql<{ session_id: string }[]>`
        select session_id from active_calls where worker = 'shard-1' order by 1`;
      expect([...held.map((row) => row.session_id), ...claimed].sort()).toEqual([...sessions].sort());
      const lost = verdicts.filter(({ verdict }) => verdict === 'lost').map(({ sessionId }) => sessionId);
      for (const session of lost) expect(claimed).toContain(session);
      for (const session of claimed) expect((await racing.take(session)).taken).toBe(true);
    }
    await pool.end();
  });

  test('after an outage workers get ten seconds to renew; what nobody holds or was given away is placed at once (R3.5)', async () => {
    const [talking, ringing, released, untaken] = [
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
    ];
    await first.takeAndAnswer(talking);
    await first.take(ringing);
    await second.takeAndAnswer(released);
    await letLeasesRunOut(database.sql);
    await second.gone();
    await beAway(database.sql, 60);
    const atOnce = await claimLost(dispatch);
    expect(atOnce.map(({ sessionId }) => sessionId).sort()).toEqual([released, untaken].sort());
    expect(await claimLost(dispatch)).toEqual([]);

    await resumed(8);
    expect(await claimLost(dispatch)).toEqual([]);
    await first.renew(talking);
    await resumed(10);
    expect((await claimLost(dispatch)).map(({ sessionId }) => sessionId)).toEqual([ringing]);
  });

  test.each([
    ['six seconds without a question are an outage', 6, true],
    ['one is not', 1, false],
  ])('%s (R3.5)', async (_what, seconds, grace) => {
    await beAway(database.sql, seconds);
    const inGrace = async () => (await database.sql`select private.in_grace() as grace`)[0]?.['grace'];
    expect(await inGrace()).toBe(grace);
    await claimLost(dispatch);
    expect(await inGrace()).toBe(grace);
    expect(await database.sql`select seen_at > now() - interval '1 minute' as seen from private.watch_pulse`).toEqual([
      { seen: true },
    ]);
  });

  test('of two replicas that ask first after an outage neither takes a live call from its worker (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.takeAndAnswer(session);
    await letLeasesRunOut(database.sql);
    await beAway(database.sql, 60);
    const pool = database.connect(1);
    await pool.begin(async (other) => {
      await other`select * from claim_lost_calls(10)`;
      expect(await claimLost(dispatch)).toEqual([]);
    });
    await pool.end();
    expect(await first.renew(session)).toBe('keep');
  });

  test('who waits for a placement of its own places once more, and only while nobody else did (R3.5)', async () => {
    const [free, taken, over] = [
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
      await admitted(dispatch, invite('2001')),
    ];
    await first.take(taken);
    await finish(dispatch, over);
    expect([await claimCall(taken, 1), await claimCall(over, 1)]).toEqual([false, false]);
    const pool = database.connect(4);
    const replicas = Array.from({ length: 4 }, () => databaseAs(pool, dispatchRole));
    const claims = await Promise.all(
      replicas.map((replica) =>
        replica.row('claim_call', { p_session_id: free, p_placements: 1 }, claimedSchema).then((row) => row.claimed),
      ),
    );
    await pool.end();
    expect(claims.filter((claimed) => claimed)).toHaveLength(1);
    expect([await claimCall(free, 1), await claimCall(free, 2)]).toEqual([false, true]);
    expect(await watchOn(database.sql, dispatch)).toEqual([]);
    expect((await first.take(free)).taken).toBe(true);
    expect(await claimCall(free, 3)).toBe(false);
  });

  test('workers that nobody heard of for a minute are forgotten, but not because the database was away (R3.7)', async () => {
    const names = async () => {
      const rows = await database.sql`select name from workers where name like 'w-%' order by name`;
      return rows.map((row) => row['name']);
    };
    await database.sql`insert into workers (name, pool, version, capacity, seen_at) values
      ('w-alive', 'switchboard', '1', 8, now() - interval '20 seconds'),
      ('w-gone', 'switchboard', '1', 8, now() - interval '61 seconds')`;
    await beAway(database.sql, 60);
    await claimLost(dispatch);
    expect(await names()).toEqual(['w-alive', 'w-gone']);
    await watchOn(database.sql, dispatch);
    expect(await names()).toEqual(['w-alive']);
    await database.sql`delete from workers where name = 'w-alive'`;
  });

  test('every slot in use is listed with its room, longest first (R3.2)', async () => {
    const [ringing, talking, over] = [invite('2001'), invite('+390612345678'), invite('2002')];
    await admitted(dispatch, ringing);
    await first.takeAndAnswer(await admitted(dispatch, talking));
    await finish(dispatch, await admitted(dispatch, over));
    expect(await dispatch.rows('live_calls', {}, liveCallSchema)).toMatchObject([
      { room: ringing.p_room, tenant: 'harbor-pizza', state: 'pending', worker: null },
      { room: talking.p_room, tenant: 'studio-bianchi', state: 'active', worker: 'shard-1' },
    ]);
  });

  test('each room is told apart: on the line, over, refused, refused and told so, and never heard of (R3.2)', async () => {
    const [live, over, unplaced, refused, told] = [
      invite('2001'),
      invite('2001'),
      invite('2001'),
      invite('2999'),
      invite('2999'),
    ];
    await admitted(dispatch, live);
    await finish(dispatch, await admitted(dispatch, over));
    const unplacedCall = { p_session_id: await admitted(dispatch, unplaced), p_reason: 'no_worker' };
    await dispatch.row('refuse_call', unplacedCall, refusedSchema);
    for (const call of [refused, told]) await refusalOf(dispatch, call);
    await database.sql`
      insert into active_refusals (refusal_id, organization_id, sip_number_id, room, answer, expires_at)
      select refusal.id, number.organization_id, number.id, refusal.room, '{}', now() + interval '1 minute'
      from call_refusals refusal, sip_numbers number
      where refusal.room = ${told.p_room} and number.phone_number = '2001'`;
    const rooms = [live, over, unplaced, refused, told].map((call) => call.p_room);
    const decisions = await dispatch.rows('room_decisions', { p_rooms: [...rooms, 'call_x'] }, roomDecisionsSchema);
    const of = (call: { p_room: string }) => decisions.find(({ room }) => room === call.p_room);
    expect(decisions).toHaveLength(5);
    expect(of(live)).toMatchObject({ outcome: 'admitted', reason: null, over: false, spoken: false });
    expect(of(over)).toMatchObject({ outcome: 'admitted', reason: 'caller_hung_up', over: true });
    expect(of(unplaced)).toMatchObject({ outcome: 'refused', reason: 'no_worker', over: true, spoken: false });
    expect(of(refused)).toMatchObject({ outcome: 'refused', reason: 'unknown_number', over: false, spoken: false });
    expect(of(told)).toMatchObject({ outcome: 'refused', over: false, spoken: true });
    await database.sql`update active_refusals set expires_at = now() - interval '1 second'`;
    const [late] = await dispatch.rows('room_decisions', { p_rooms: [told.p_room] }, roomDecisionsSchema);
    expect(late?.spoken).toBe(false);
  });
});
