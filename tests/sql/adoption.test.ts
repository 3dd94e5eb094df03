/** Calls that were let in while the database was away enter its books when it is back. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admit, admitted, finish, type Invite, invite } from './calls.ts';
import { Holder, keepWatching } from './holder.ts';
import { agentRole, databaseAs } from './roles.ts';

describe.skipIf(noPostgres)('adoption', () => {
  const { database, dispatch, first, second } = openBooks();
  let harbor: string;
  beforeAll(async () => {
    const [number] = await database.sql<{ id: string }[]>`select id from sip_numbers where phone_number = '2001'`;
    harbor = number?.id ?? '';
    await keepWatching(database.sql);
  });

  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const offline = (call: Invite, more: object = {}) => ({
    tenant: 'harbor-pizza',
    number_id: harbor,
    called_number: call.p_called,
    caller_number: call.p_caller,
    sip_call_id: call.p_sip_call_id,
    sip_from_tag: call.p_sip_from_tag,
    room: call.p_room,
    admitted_at: minutesAgo(2),
    answered_at: minutesAgo(1),
    ...more,
  });
  const adopted = { adopted: true, reason: null };

  test('a call that is on already has a slot, a session marked as such and its worker, asked once or twice (R3.5)', async () => {
    const [session, call] = [randomUUID(), invite('2001')];
    expect(await first.adopt(session, offline(call))).toEqual(adopted);
    expect(await first.adopt(session, offline(call))).toEqual(adopted);
    const rows = await database.sql`
      select session.admission, session.worker, session.takes, session.room, slot.state, slot.pool,
        extract(epoch from now() - session.started_at)::int / 60 as admitted_min,
        extract(epoch from now() - session.answered_at)::int / 60 as answered_min
      from sessions session join active_calls slot on slot.session_id = session.id`;
    const kept = { admission: 'offline', worker: 'shard-1', takes: 1, room: call.p_room, state: 'active' };
    expect(rows).toEqual([{ ...kept, pool: 'switchboard', admitted_min: 2, answered_min: 1 }]);
    expect([await first.renew(session), await second.renew(session)]).toEqual(['keep', 'lost']);
    expect(await admit(dispatch, call)).toMatchObject({ outcome: 'admitted', sessionId: session, repeated: true });
  });

  test('limits are not asked, but the call counts for those that come after it (R3.1)', async () => {
    await database.sql`update sip_numbers set max_concurrent_calls = 1 where id = ${harbor}`;
    await admitted(dispatch, invite('2001'));
    const sessions = [randomUUID(), randomUUID()];
    for (const session of sessions) expect(await first.adopt(session, offline(invite('2001')))).toEqual(adopted);
    for (const session of sessions) await first.finish(session);
    expect(await admit(dispatch, invite('2001'))).toMatchObject({ reason: 'number_busy' });
    await database.sql`update sip_numbers set max_concurrent_calls = 5 where id = ${harbor}`;
  });

  test('a call that still rings is answered in the books when it is answered, and never before it came (R3.5)', async () => {
    const [ringing, call] = [randomUUID(), invite('2001')];
    await first.adopt(ringing, offline(call, { answered_at: null }));
    expect(await database.sql`select state from active_calls`).toEqual([{ state: 'pending' }]);
    await first.adopt(ringing, offline(call));
    expect(await database.sql`select state from active_calls`).toEqual([{ state: 'active' }]);
    await database.sql`truncate sessions cascade`;
    const future = { admitted_at: minutesAgo(-10), answered_at: minutesAgo(-20) };
    await first.adopt(randomUUID(), offline(invite('2001'), future));
    expect(
      await database.sql`select started_at <= now() as began, answered_at >= started_at as answered from sessions`,
    ).toEqual([{ began: true, answered: true }]);
  });

  test('nobody adopts a call of a number that is another tenant’s (R7.1)', async () => {
    const refused = { adopted: false, reason: 'tenant_mismatch' };
    for (const wrong of [{ tenant: 'studio-bianchi' }, { tenant: 'nobody' }, { number_id: randomUUID() }])
      expect(await first.adopt(randomUUID(), offline(invite('2001'), wrong))).toEqual(refused);
    const theirs = await admitted(dispatch, invite('+390612345678'));
    expect(await first.adopt(theirs, offline(invite('2001')))).toEqual({ adopted: false, reason: null });
    expect(await database.sql`select worker from active_calls`).toEqual([{ worker: null }]);
  });

  test('a call that ended meanwhile is adopted and finished from the outbox, and again when the answer was lost (R3.5)', async () => {
    const [session, call] = [randomUUID(), offline(invite('2001'))];
    for (const finished of [true, false]) {
      expect((await first.adopt(session, call)).adopted).toBe(true);
      expect(await first.finish(session, { turns: [{ role: 'agent', text: 'Ciao.', at_ms: 5 }], usage: [] })).toBe(
        finished,
      );
    }
    expect(await second.adopt(session, call)).toEqual({ adopted: false, reason: 'caller_hung_up' });
    expect(await database.sql`select from session_turns`).toHaveLength(1);
    expect(await database.sql`select from active_calls`).toHaveLength(0);
  });

  test('the same dialogue, let in by a replica that knew nothing of the call, gives way to the call that is on (R3.5)', async () => {
    const call = invite('2001');
    const ghost = await admitted(dispatch, call);
    const session = randomUUID();
    expect(await first.adopt(session, offline(call))).toEqual(adopted);
    expect(await database.sql`select id from sessions`).toEqual([{ id: session }]);
    expect(await database.sql`select session_id from active_calls`).toEqual([{ session_id: session }]);
    expect((await second.take(ghost)).taken).toBe(false);
    await finish(dispatch, session);

    const given = invite('2001');
    const refused = await admitted(dispatch, given);
    await finish(dispatch, refused, 'no_worker');
    expect(await first.adopt(randomUUID(), offline(given))).toEqual(adopted);
  });

  test('a call that another worker took or answered under another session is not adopted twice (R3.2)', async () => {
    const call = invite('2001');
    const other = await admitted(dispatch, call);
    await second.takeAndAnswer(other);
    expect(await first.adopt(randomUUID(), offline(call))).toEqual({ adopted: false, reason: null });
    await second.finish(other);
    expect(await first.adopt(randomUUID(), offline(call))).toEqual({ adopted: false, reason: 'caller_hung_up' });
    expect(await database.sql`select id from sessions`).toEqual([{ id: other }]);
  });

  test('adopted by many at the same moment, it is one call (R3.5)', async () => {
    const [session, call] = [randomUUID(), offline(invite('2001'))];
    const pool = database.connect(8);
    const shards = Array.from({ length: 8 }, (_, n) => new Holder(databaseAs(pool, agentRole), `shard-${n % 2}`));
    const outcomes = await Promise.all(shards.map((shard) => shard.adopt(session, call)));
    await pool.end();
    const [kept] = await database.sql<{ worker: string }[]>`select worker from active_calls`;
    expect(outcomes.map((outcome) => outcome.adopted)).toEqual(shards.map((shard) => shard.name === kept?.worker));
    expect(await database.sql`select from sessions`).toHaveLength(1);
  });
});
