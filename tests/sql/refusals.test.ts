/** What callers get who are refused: busy, or what their number says, for so many at once and never in circles. */
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Admission } from '../../shared/contracts.ts';
import type { RefusalAnswer } from '../../shared/jobs.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admit, admitted, finish, type Invite, invite, refusalOf } from './calls.ts';
import { agentRole, databaseAs, dispatchRole } from './roles.ts';

const busy = { action: 'busy' };
const endedSchema = z.object({ ended: z.boolean() });

describe.skipIf(noPostgres)('a refused caller', () => {
  const { database, dispatch } = openBooks();
  beforeEach(async () => {
    await database.sql`update sip_numbers set config_override = '{}', max_concurrent_calls = 0 where active`;
    await database.sql`update agent_instances set config = config - 'refusal' - 'hours'`;
    await database.sql`update organizations set config = config - 'refusal' - 'hours'`;
    await database.sql`update platform_settings set config = '{}'`;
    await database.sql`delete from workers`;
    await database.sql`insert into workers (name, pool, version, capacity) values ('shard', 'switchboard', '1', 9)`;
    await watch({ sinceSeconds: 3600 });
  });

  const say = (called: string, refusal: object) =>
    database.sql`update sip_numbers set config_override = jsonb_build_object('refusal', ${database.sql.json(
      refusal as never,
    )}::jsonb) where phone_number = ${called}`;
  const free = (called: string) =>
    database.sql`update sip_numbers set max_concurrent_calls = 1 where phone_number = ${called}`;
  /** Somebody has watched without a pause for so long. */
  const watch = ({ sinceSeconds }: { sinceSeconds: number }) =>
    database.sql`update private.watch_pulse
      set seen_at = now() + interval '1 hour', resumed_at = now() - ${sinceSeconds} * interval '1 second'`;
  const letPass = (seconds: number) => database.sql`with refusals as (
      update call_refusals set refused_at = refused_at - ${seconds} * interval '1 second'
    )
    update active_refusals set expires_at = expires_at - ${seconds} * interval '1 second'`;

  async function refused(call: Invite): Promise<Extract<Admission, { outcome: 'refused' }>> {
    const admission = await admit(dispatch, call);
    if (admission.outcome !== 'refused') throw new Error('the call was admitted');
    return admission;
  }
  const answerTo = async (called: string, caller?: string): Promise<RefusalAnswer> =>
    (await refused(invite(called, caller))).answer;
  const actionsFor = async (called: readonly string[], caller?: string): Promise<string[]> => {
    const actions = [];
    for (const number of called) actions.push((await answerTo(number, caller)).action);
    return actions;
  };
  const end = async (refusalId: number, outcome: string, as = dispatchRole): Promise<boolean> =>
    (
      await databaseAs(database.sql, as).row(
        'end_refusal',
        { p_refusal_id: refusalId, p_outcome: outcome },
        endedSchema,
      )
    ).ended;
  async function toldId(answer: RefusalAnswer): Promise<number> {
    if (answer.action === 'busy') throw new Error('the caller hears busy');
    return answer.refusal_id;
  }

  test('hears busy where the number says nothing (R3.4)', async () => {
    expect(await answerTo('2001')).toEqual(busy);
    expect(await database.sql`select answer, answered from call_refusals`).toEqual([
      { answer: 'busy', answered: null },
    ]);
  });

  test("hears the number's own sentence, in the language of its agent (R3.4)", async () => {
    await say('+390612345678', { action: 'message', audio_url: 'https://files.example.com/busy.wav' });
    expect(await answerTo('+390612345678')).toEqual({
      action: 'message',
      reason: 'number_busy',
      refusal_id: expect.any(Number),
      language: 'it',
      audio_url: 'https://files.example.com/busy.wav',
    });
    await say('2001', { action: 'message' });
    expect(await answerTo('2001')).toMatchObject({ action: 'message', language: 'en', audio_url: null });
  });

  test('is sent on to the number that is to take over (R3.4)', async () => {
    await say('2001', { action: 'forward', to: '+442079460999' });
    expect(await answerTo('2001')).toMatchObject({ action: 'forward', to: '+442079460999', language: 'en' });
    expect(await database.sql`select answer, forwarded_to from call_refusals`).toEqual([
      { answer: 'forward', forwarded_to: '+442079460999' },
    ]);
  });

  test('gets what the strongest layer says, and what it leaves open from those below (R2.1)', async () => {
    await database.sql`update platform_settings set config = '{"refusal": {"action": "message"}}'`;
    await database.sql`update organizations
      set config = config || '{"refusal": {"audio_url": "https://files.example.com/a.wav", "most_at_once": 9}}'`;
    expect(await answerTo('2001')).toMatchObject({ action: 'message', audio_url: 'https://files.example.com/a.wav' });
    await say('2001', { audio_url: null });
    expect(await answerTo('2001')).toMatchObject({ action: 'message', audio_url: null });
    await database.sql`update agent_instances set config = config || '{"refusal": null}'`;
    expect(await answerTo('2002')).toEqual(busy);
  });

  test.each([
    ['an unknown action', { action: 'shout' }],
    ['an action that is no text', { action: { message: true } }],
    ['a forward to nowhere', { action: 'forward' }],
    ['a forward to a web address', { action: 'forward', to: 'http://x' }],
  ])('hears busy where the number says %s (R3.4)', async (_what, refusal) => {
    await say('2001', refusal);
    expect(await answerTo('2001')).toEqual(busy);
  });

  test('is told for each reason that means full, with that reason, and hears busy for all others (R3.4)', async () => {
    const told: [string, string][] = [];
    const note = async (arrange: string, undo: string, called = '2001') => {
      await database.sql.unsafe(arrange);
      const { reason, answer } = await refused(invite(called));
      told.push([reason, answer.action]);
      if (answer.action !== 'busy') expect(answer.reason).toBe(reason);
      await database.sql.unsafe(undo);
    };
    await database.sql`update platform_settings set config = '{"refusal": {"action": "message", "most_at_once": 20}}'`;
    await note('select', 'update sip_numbers set max_concurrent_calls = 9 where active');
    await note(
      'update organizations set max_concurrent_calls = 0',
      'update organizations set max_concurrent_calls = null',
    );
    await note('update pools set max_concurrent_calls = 0', 'update pools set max_concurrent_calls = null');
    await note(
      'update platform_settings set max_concurrent_calls = 0',
      'update platform_settings set max_concurrent_calls = null',
    );
    await note(
      `insert into breakers (organization_id, state, open_until) select id, 'open', now() + interval '1 minute' from organizations`,
      'delete from breakers',
    );
    await note(
      `update platform_settings set config = config || '{"hours": {"weekly": {}, "closed": {"action": "refuse"}}}'`,
      `update platform_settings set config = config - 'hours'`,
    );
    await note('update workers set draining = true', 'update workers set draining = false');
    await note(`update organizations set status = 'suspended'`, `update organizations set status = 'active'`);
    await note('select', 'select', '2999');
    await note('select', 'select', '2009');
    expect(told).toEqual([
      ['number_busy', 'message'],
      ['organization_busy', 'message'],
      ['pool_busy', 'message'],
      ['platform_busy', 'message'],
      ['breaker_open', 'message'],
      ['outside_hours', 'message'],
      ['pool_unavailable', 'busy'],
      ['organization_inactive', 'busy'],
      ['unknown_number', 'busy'],
      ['number_inactive', 'busy'],
    ]);
  });

  test('is told when the organisation gets too many calls in a second (R3.3)', async () => {
    await say('2002', { action: 'message' });
    await free('2001');
    await free('2002');
    await database.sql`update organizations set max_calls_per_second = 1`;
    await admitted(dispatch, invite('2001'));
    await database.sql`update sessions set started_at = started_at + interval '1 hour'`;
    const second = await refused(invite('2002'));
    await database.sql`update organizations set max_calls_per_second = 20`;
    expect(second).toMatchObject({ reason: 'organization_rate_limited', answer: { action: 'message' } });
  });

  test('is told when two or fewer are being told, of 40 at once too; the others hear busy (R3.4)', async () => {
    await say('2001', { action: 'message' });
    const pool = database.connect(20);
    try {
      const replica = databaseAs(pool, dispatchRole);
      const answers = await Promise.all(Array.from({ length: 40 }, () => admit(replica, invite('2001'))));
      const told = answers.filter((answer) => answer.outcome === 'refused' && answer.answer.action === 'message');
      expect(told).toHaveLength(2);
    } finally {
      await pool.end();
    }
    expect(await database.sql`select from active_refusals`).toHaveLength(2);
  });

  test.each([
    [5, 5],
    [1, 1],
    [0, 1],
    [99, 20],
    ['many', 2],
  ])('is told as long as fewer than %s are, which is %i of 21 (R3.4)', async (mostAtOnce, told) => {
    await say('2001', { action: 'message', most_at_once: mostAtOnce });
    const actions = await actionsFor(Array.from({ length: 21 }, () => '2001'));
    expect(actions.filter((action) => action === 'message')).toHaveLength(told);
  });

  test('hears busy while twenty of the platform are being told (R3.4)', async () => {
    for (const called of ['2001', '+390612345678']) await say(called, { action: 'message', most_at_once: 20 });
    const actions = await actionsFor(Array.from({ length: 15 }, () => ['2001', '+390612345678']).flat());
    expect(actions.filter((action) => action === 'message')).toHaveLength(20);
  });

  test('is told as soon as the one before has been, and the row says what came of it (R3.4)', async () => {
    await say('2001', { action: 'message', most_at_once: 1 });
    const first = await toldId(await answerTo('2001'));
    expect(await actionsFor(['2001'])).toEqual(['busy']);
    expect([await end(first, 'played', agentRole), await end(first, 'failed')]).toEqual([true, false]);
    expect(await actionsFor(['2001'])).toEqual(['message']);
    const [row] = await database.sql`select answered from call_refusals where id = ${first}`;
    expect(row).toEqual({ answered: 'played' });
    await expect(end(first, 'shouted')).resolves.toBe(false);
  });

  test('does not wait longer than a minute for one whom nobody ended (R3.4)', async () => {
    await say('2001', { action: 'message', most_at_once: 1 });
    const first = await toldId(await answerTo('2001'));
    await letPass(40);
    expect(await actionsFor(['2001'])).toEqual(['busy']);
    await letPass(21);
    expect(await actionsFor(['2001'])).toEqual(['message']);
    expect(await end(first, 'played')).toBe(false);
  });

  test('gets the same answer when a replica asks again, and is not told twice once it is over (R3.2)', async () => {
    await say('2001', { action: 'forward', to: '2050' });
    const call = invite('2001');
    const first = await refused(call);
    await say('2001', { action: 'message' });
    expect(await refused(call)).toEqual(first);
    expect(await database.sql`select from active_refusals`).toHaveLength(1);
    await end(await toldId(first.answer), 'forwarded');
    expect(await refused(call)).toEqual({ ...first, answer: busy });
  });

  test('is not sent to the number that was dialled, however it is written (R3.4)', async () => {
    await say('2001', { action: 'forward', to: '2001' });
    await say('+390612345678', { action: 'forward', to: '390612345678' });
    expect(await actionsFor(['2001', '+390612345678', '390612345678'])).toEqual(['busy', 'busy', 'busy']);
  });

  test('does not go in circles between two busy numbers that name each other (R3.4)', async () => {
    await say('2001', { action: 'forward', to: '2002', most_at_once: 20 });
    await say('2002', { action: 'forward', to: '2001', most_at_once: 20 });
    expect(await actionsFor(['2001', '2002', '2001', '2002'])).toEqual(['forward', 'forward', 'busy', 'busy']);
    expect(await actionsFor(['2001'], '+15550001111')).toEqual(['forward']);
    await letPass(31);
    expect(await actionsFor(['2001'])).toEqual(['forward']);
  });

  test('does not go in circles through a number outside that comes back (R3.4)', async () => {
    await say('2001', { action: 'forward', to: '+442079460999', most_at_once: 20 });
    expect(await actionsFor(['2001', '2001', '2001'])).toEqual(['forward', 'forward', 'busy']);
  });

  test('is not refused for the hours where the business answers or takes messages then (R2.9)', async () => {
    await free('2001');
    for (const action of ['answer', 'message', 'voicemail', 'forward']) {
      await database.sql`update sip_numbers set config_override = jsonb_build_object(
        'hours', jsonb_build_object('weekly', '{}'::jsonb, 'closed', jsonb_build_object('action', ${action}::text)))
        where phone_number = '2001'`;
      await finish(dispatch, await admitted(dispatch, invite('2001')));
    }
  });

  test('is refused for the hours by the clock of the business, and let in where that has no known zone (R2.9)', async () => {
    await free('2001');
    const open = async (timezone: string, fromHour: number) => {
      const [row] = await database.sql<{ hour: number }[]>`
        select extract(hour from now() at time zone 'Asia/Tokyo')::int as hour`;
      const at = (hour: number) => `${String((hour + 24) % 24).padStart(2, '0')}:00`;
      const around = [[at((row?.hour ?? 0) + fromHour), at((row?.hour ?? 0) + fromHour + 2)]];
      const weekly = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, around]));
      const config = { business: { timezone }, hours: { weekly, closed: { action: 'refuse' } } };
      await database.sql`update sip_numbers set config_override = ${database.sql.json(config)}
        where phone_number = '2001'`;
      const admission = await admit(dispatch, invite('2001'));
      if (admission.outcome === 'admitted') await finish(dispatch, admission.sessionId);
      return admission.outcome === 'admitted' ? 'admitted' : admission.reason;
    };
    expect(await open('Asia/Tokyo', -1)).toBe('admitted');
    expect(await open('Asia/Tokyo', 3)).toBe('outside_hours');
    expect(await open('America/New_York', -1)).toBe('outside_hours');
    expect(await open('Nowhere/Land', 3)).toBe('admitted');
  });

  test('is refused at once when no worker of the pool is there, and let in when one is back (R3.7)', async () => {
    await free('2001');
    const refusal = async () => {
      const admission = await admit(dispatch, invite('2001'));
      if (admission.outcome === 'admitted') await finish(dispatch, admission.sessionId);
      return admission.outcome === 'admitted' ? 'admitted' : admission.reason;
    };
    await database.sql`update workers set seen_at = now() - interval '16 seconds'`;
    expect(await refusal()).toBe('pool_unavailable');
    await database.sql`update workers set seen_at = now() - interval '5 seconds'`;
    expect(await refusal()).toBe('admitted');
    await database.sql`update workers set draining = true`;
    expect(await refusal()).toBe('pool_unavailable');
    await database.sql`insert into pools (name) values ('gpu')`;
    await database.sql`insert into workers (name, pool, version, capacity) values ('other', 'gpu', '1', 9)`;
    expect(await refusal()).toBe('pool_unavailable');
    await database.sql`update workers set draining = false where name = 'shard'`;
    expect(await refusal()).toBe('admitted');
  });

  test('is let in when the workers could not report themselves because the database was away (R3.7)', async () => {
    await free('2001');
    await database.sql`update workers set seen_at = now() - interval '50 seconds'`;
    expect(await refusalOf(dispatch, invite('2001'))).toBe('pool_unavailable');
    await watch({ sinceSeconds: 2 });
    expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
  });

  test('is let in as the one probe of an open breaker, which a full number does not use up (R3.6)', async () => {
    await database.sql`insert into breakers (organization_id, state, open_until)
      select id, 'open', now() - interval '1 second' from organizations where slug = 'harbor-pizza'`;
    expect(await refusalOf(dispatch, invite('2001'))).toBe('number_busy');
    await free('2001');
    await free('2002');
    const probe = await admitted(dispatch, invite('2001'));
    expect(await database.sql`select state, probe_session_id from breakers`).toEqual([
      { state: 'half_open', probe_session_id: probe },
    ]);
    expect(await refusalOf(dispatch, invite('2002'))).toBe('breaker_open');
    await free('+390612345678');
    expect(await refusalOf(dispatch, invite('+390612345678'))).toBe('admitted');
  });

  test('tells how many lines the number has, for a replica that has to go by memory (R3.1)', async () => {
    await free('2001');
    expect(await admit(dispatch, invite('2001'))).toMatchObject({ outcome: 'admitted', numberLimit: 1 });
  });
});
