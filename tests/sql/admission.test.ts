import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { roomDecisionSchema } from '../../shared/contracts.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admit, admitted, finish, invite, refusalOf, refusedSchema } from './calls.ts';
import { keepWatching } from './holder.ts';

describe.skipIf(noPostgres)('admission', () => {
  const { database, dispatch, first } = openBooks();

  const refusals = () => database.sql`select * from call_refusals order by id`;

  test('a call to a known number gets a slot, a session and the tenant key of its organisation (R1.3)', async () => {
    const call = invite('2001');
    const admission = await admit(dispatch, call);
    expect(admission).toMatchObject({
      outcome: 'admitted',
      tenant: 'harbor-pizza',
      pool: 'switchboard',
      repeated: false,
    });
    expect(await database.sql`select called_number, caller_number, room, ended_at from sessions`).toEqual([
      { called_number: '2001', caller_number: call.p_caller, room: call.p_room, ended_at: null },
    ]);
    expect(await database.sql`select state, worker from active_calls`).toEqual([{ state: 'pending', worker: null }]);
  });

  test.each([
    ['a number that nobody has', '2999', 'unknown_number'],
    ['a number that is switched off', '2009', 'number_inactive'],
    ['nothing', '', 'malformed_number'],
    ['300 digits', '1'.repeat(300), 'malformed_number'],
    ['a path', '../../x', 'malformed_number'],
    ['a statement', "2001'; drop table sip_numbers; --", 'malformed_number'],
    ['a scheme without a user', 'sip:', 'malformed_number'],
    ['letters of another script', '٢٠٠١', 'malformed_number'],
    ['a number with a line break behind it', '2001\n', 'malformed_number'],
  ])('a caller who dials %s is refused, with its own reason on record (R1.5)', async (_what, called, reason) => {
    expect(await refusalOf(dispatch, invite(called))).toBe(reason);
    expect(await refusals()).toMatchObject([{ reason, called_number: called.slice(0, 64) }]);
    expect(await database.sql`select from active_calls`).toHaveLength(0);
  });

  test("a number of a suspended organisation is refused with that reason, and counted as that organisation's (R1.5)", async () => {
    await database.sql`update organizations set status = 'suspended' where slug = 'studio-bianchi'`;
    const admission = await admit(dispatch, invite('+390612345678'));
    await database.sql`update organizations set status = 'active'`;
    expect(admission).toMatchObject({ outcome: 'refused', reason: 'organization_inactive', tenant: 'studio-bianchi' });
    expect(await refusals()).toMatchObject([{ organization_id: '0b000000-0000-4000-8000-000000000001' }]);
  });

  test('a number that is assigned to nobody is unknown (R1.5)', async () => {
    await database.sql`insert into sip_numbers (phone_number) values ('2777')`;
    expect(await refusalOf(dispatch, invite('2777'))).toBe('unknown_number');
  });

  test('an exchange that leaves out the plus still reaches the number (R1.1)', async () => {
    expect(await admit(dispatch, invite('390612345678'))).toMatchObject({
      outcome: 'admitted',
      tenant: 'studio-bianchi',
    });
  });

  test('a number that only ends or begins like a known one is unknown (R1.5)', async () => {
    for (const called of ['12001', '20011', '0612345678', '+2001'])
      expect(await refusalOf(dispatch, invite(called))).toBe('unknown_number');
  });

  test('a number that nobody has is admitted for the row that answers any number, within the lines of that row (R1.5)', async () => {
    await database.sql`insert into sip_numbers (phone_number, organization_id, max_concurrent_calls)
      select '*', id, 2 from organizations where slug = 'studio-bianchi'`;
    const decisions = [];
    for (const called of ['2999', '+15550001111', '2998', '2009', 'sip:']) {
      decisions.push(await refusalOf(dispatch, invite(called)));
    }
    const asked = await database.sql`select called_number from sessions order by started_at`;
    await database.sql`update sip_numbers set active = false where phone_number = '*'`;
    decisions.push(await refusalOf(dispatch, invite('2997')));
    await database.sql`truncate sessions, call_refusals cascade`;
    await database.sql`delete from sip_numbers where phone_number = '*'`;
    expect(decisions).toEqual([
      'admitted',
      'admitted',
      'number_busy',
      'number_inactive',
      'malformed_number',
      'unknown_number',
    ]);
    expect(asked).toEqual([{ called_number: '2999' }, { called_number: '+15550001111' }]);
  });

  test('the same INVITE twice is one session and one slot (R3.2)', async () => {
    const call = invite('2001');
    const first = await admit(dispatch, call);
    const second = await admit(dispatch, { ...call, p_room: 'call_2001_again' });
    expect(second).toEqual({ ...first, repeated: true });
    expect(await database.sql`select from active_calls`).toHaveLength(1);
  });

  test('the same refused INVITE twice is one refusal (R1.5)', async () => {
    const call = invite('2999');
    expect([await refusalOf(dispatch, call), await refusalOf(dispatch, call)]).toEqual([
      'unknown_number',
      'unknown_number',
    ]);
    expect(await refusals()).toHaveLength(1);
  });

  test('two dialogues that share a Call-ID are two calls (R3.2)', async () => {
    const call = invite('2001');
    const [one, other] = [
      await admitted(dispatch, call),
      await admitted(dispatch, { ...call, p_sip_from_tag: 'other' }),
    ];
    expect(one).not.toBe(other);
  });

  test('a number takes as many calls as its limit says, pending ones counted, and one more when one ends (R3.1)', async () => {
    const sessions = [];
    for (let line = 0; line < 5; line++) sessions.push(await admitted(dispatch, invite('2001')));
    expect(await refusalOf(dispatch, invite('2001'))).toBe('number_busy');
    expect(await finish(dispatch, sessions[2] ?? '')).toBe(true);
    expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
    expect(await refusalOf(dispatch, invite('2001'))).toBe('number_busy');
  });

  test.each([
    [
      'organisation',
      'organization_busy',
      `update organizations set max_concurrent_calls = 1 where slug = 'harbor-pizza'`,
    ],
    ['pool', 'pool_busy', `update pools set max_concurrent_calls = 1`],
    ['platform', 'platform_busy', `update platform_settings set max_concurrent_calls = 1`],
    [
      'second',
      'organization_rate_limited',
      `update organizations set max_calls_per_second = 1 where slug = 'harbor-pizza'`,
    ],
  ])('a full %s says so by its own reason (R3.1)', async (_level, reason, limit) => {
    await database.sql.unsafe(limit);
    await admitted(dispatch, invite('2001'));
    const second = await refusalOf(dispatch, invite('2002'));
    await database.sql`update organizations set max_concurrent_calls = 20, max_calls_per_second = 20`;
    await database.sql`update pools set max_concurrent_calls = null`;
    await database.sql`update platform_settings set max_concurrent_calls = null`;
    expect(second).toBe(reason);
  });

  describe('a pool whose workers say how many calls they hold', () => {
    const join = (name: string, capacity: number) =>
      database.sql`insert into workers (name, pool, version, capacity) values (${name}, 'switchboard', '1', ${capacity})`;
    beforeEach(() => keepWatching(database.sql));
    afterEach(() => database.sql`delete from workers where name like 'shard-%'`);

    test('takes so many calls, and the next caller hears busy at once instead of ringing for a worker (R3.1, R3.7)', async () => {
      await join('shard-1', 1);
      await join('shard-2', 1);
      const ending = await admitted(dispatch, invite('2001'));
      await admitted(dispatch, invite('2002'));
      expect(await refusalOf(dispatch, invite('2001'))).toBe('pool_busy');
      expect(await finish(dispatch, ending)).toBe(true);
      expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
    });

    test('takes new calls beside those that end with a worker which takes no more (R3.6)', async () => {
      await join('shard-1', 1);
      await first.take(await admitted(dispatch, invite('2001')));
      await join('shard-2', 1);
      await database.sql`update workers set draining = true where name = 'shard-1'`;
      expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
      expect(await refusalOf(dispatch, invite('2001'))).toBe('pool_busy');
    });

    test('is as large as the workers that were heard of lately, and without a bound when none was (R3.7)', async () => {
      await join('shard-1', 1);
      await join('shard-2', 1);
      await database.sql`update workers set seen_at = now() - interval '1 minute' where name = 'shard-2'`;
      await admitted(dispatch, invite('2001'));
      expect(await refusalOf(dispatch, invite('2001'))).toBe('pool_busy');
      await database.sql`update workers set seen_at = now() - interval '1 minute' where name = 'shard-1'`;
      expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
    });
  });

  test('the calls of one organisation do not count against the rate of another (R3.3)', async () => {
    await database.sql`update organizations set max_calls_per_second = 1`;
    await admitted(dispatch, invite('2001'));
    const neighbour = await refusalOf(dispatch, invite('+390612345678'));
    await database.sql`update sessions set started_at = started_at - interval '1 second'`;
    const later = await refusalOf(dispatch, invite('2001'));
    await database.sql`update organizations set max_calls_per_second = 20`;
    expect([neighbour, later]).toEqual(['admitted', 'admitted']);
  });

  test('a replica that did not decide learns what another decided of a room (R3.2)', async () => {
    const [welcome, unwelcome] = [invite('2001'), invite('2999')];
    const session = await admitted(dispatch, welcome);
    await admit(dispatch, unwelcome);
    const decision = (room: string) => dispatch.rows('room_decision', { p_room: room }, roomDecisionSchema);
    expect(await decision(welcome.p_room)).toEqual([{ outcome: 'admitted', reason: null, sessionId: session }]);
    expect(await decision(unwelcome.p_room)).toEqual([
      { outcome: 'refused', reason: 'unknown_number', sessionId: null },
    ]);
    expect(await decision('call_2001_nobody')).toEqual([]);
  });

  test('an admitted call that no worker took is refused after all: slot free, reason on record, once (R3.2)', async () => {
    const call = invite('2001');
    const session = await admitted(dispatch, call);
    const refuse = () =>
      dispatch
        .row('refuse_call', { p_session_id: session, p_reason: 'no_worker' }, refusedSchema)
        .then((row) => row.refused);
    expect([await refuse(), await refuse()]).toEqual([true, false]);
    expect(await database.sql`select from active_calls`).toHaveLength(0);
    expect(await database.sql`select end_reason from sessions`).toEqual([{ end_reason: 'no_worker' }]);
    expect(await refusals()).toMatchObject([{ reason: 'no_worker', session_id: session }]);
    expect(await refusalOf(dispatch, call)).toBe('no_worker');
  });

  test('a scanner leaves no more than the newest ten thousand refusals behind (R1.5)', async () => {
    await admit(dispatch, invite('2009'));
    await admit(dispatch, invite('2999'));
    await database.sql`alter table call_refusals alter column id restart with 20000`;
    await admit(dispatch, invite('2998'));
    expect((await refusals()).map((row) => row['called_number'])).toEqual(['2009', '2998']);
  });
});
