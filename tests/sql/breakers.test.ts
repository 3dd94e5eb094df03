/**
 * Breakers step by step: what each outcome does in each state. Time is moved by writing the columns, never by waiting.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admit, admitted, invite, refusalOf, refusedSchema } from './calls.ts';
import { Holder, keepWatching } from './holder.ts';
import { agentRole, databaseAs, dispatchRole } from './roles.ts';

type News = 'ok' | 'failed' | 'fatal';
const news = (...parts: readonly (readonly [News, number])[]) =>
  parts.flatMap(([kind, times]) => Array.from({ length: times }, () => kind));

describe.skipIf(noPostgres)('breakers', () => {
  const { database, dispatch, first: holder } = openBooks();
  beforeAll(async () => {
    await database.sql`update sip_numbers set max_concurrent_calls = 50`;
    await database.sql`update organizations set max_concurrent_calls = null, max_calls_per_second = null`;
    await keepWatching(database.sql);
  });

  const call = async (called = '2001') => {
    const session = await admitted(dispatch, invite(called));
    await holder.takeAndAnswer(session);
    return session;
  };
  /** What a call of the organisation met: as a whole, or with one provider. */
  const tell = (session: string, kind: News, provider: string | null = null) => database.sql`
    select private.tell_breaker(session, ${provider}, ${kind}::private.breaker_news, 'provider_failed')
    from sessions session where id = ${session}`;
  const breaker = async (provider: string | null = null) => {
    const [row] = await database.sql`
      select *, round(extract(epoch from open_until - changed_at))::int as open_s from breakers
      where provider is not distinct from ${provider}`;
    return row;
  };
  const state = async (provider: string | null = null) => (await breaker(provider))?.['state'] ?? 'closed';
  const letWaitPass = () =>
    database.sql`update breakers set open_until = now() - interval '1 second' where state = 'open'`;
  const open = async () => {
    await tell(await call(), 'fatal');
    expect(await state()).toBe('open');
  };
  const probe = async () => {
    await letWaitPass();
    const session = await admitted(dispatch, invite('2001'));
    expect(await breaker()).toMatchObject({ state: 'half_open', probe_session_id: session });
    return session;
  };

  test.each<[string, readonly News[], string]>([
    ['four failures are too few to judge', news(['failed', 4]), 'closed'],
    ['five failures open it', news(['failed', 5]), 'open'],
    ['half of them failed: it opens', news(['ok', 3], ['failed', 3]), 'open'],
    ['less than half failed: it stays closed', news(['ok', 4], ['failed', 3]), 'closed'],
    ['a success is never what opens it', news(['failed', 4], ['ok', 4]), 'closed'],
    ['many successes outweigh the failures of a bad minute', news(['ok', 20], ['failed', 19]), 'closed'],
    ['a failure that the next call would repeat opens it at once', news(['ok', 20], ['fatal', 1]), 'open'],
  ])('%s (R3.6)', async (_what, outcomes, expected) => {
    const session = await call();
    for (const provider of [null, 'openai']) {
      for (const outcome of outcomes) await tell(session, outcome, provider);
      expect(await state(provider)).toBe(expected);
    }
  });

  test('only the last minute counts, and what is older is not kept (R3.6)', async () => {
    const session = await call();
    for (let failure = 0; failure < 4; failure++) await tell(session, 'failed');
    await database.sql`update private.breaker_tallies set since = now() - interval '61 seconds'`;
    for (let failure = 0; failure < 4; failure++) await tell(session, 'failed');
    expect(await breaker()).toMatchObject({ state: 'closed', failures: 4 });
    expect(await database.sql`select from private.breaker_tallies where since < now() - interval '30 s'`).toEqual([]);
    await tell(session, 'failed');
    expect(await state()).toBe('open');
    expect(await database.sql`select from private.breaker_tallies`).toHaveLength(0);
  });

  test('years of calls leave one row for each ten seconds of the last minute (R3.6)', async () => {
    const session = await call();
    for (let minute = 0; minute < 30; minute++) {
      await database.sql`update private.breaker_tallies set since = since - interval '10 seconds'`;
      await tell(session, 'ok');
    }
    const [kept] = await database.sql<{ rows: string }[]>`select count(*) as rows from private.breaker_tallies`;
    expect(Number(kept?.rows)).toBeLessThanOrEqual(7);
    expect(await database.sql`select from breakers`).toHaveLength(0);
  });

  test('an open breaker refuses calls; after its time one call tries, and closes it when it went well (R3.6)', async () => {
    await open();
    expect(await refusalOf(dispatch, invite('2001'))).toBe('breaker_open');
    const session = await probe();
    expect(await refusalOf(dispatch, invite('2001'))).toBe('breaker_open');
    await holder.takeAndAnswer(session);
    await holder.finish(session);
    expect(await breaker()).toMatchObject({ state: 'closed', openings: 0, failures: 0, probe_session_id: null });
    expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
  });

  test('each failed try doubles the wait, up to ten minutes, and a good one begins again at thirty seconds (R3.6)', async () => {
    await open();
    const waits: unknown[] = [(await breaker())?.['open_s']];
    for (let failed = 0; failed < 6; failed++) {
      const session = await probe();
      await holder.takeAndAnswer(session);
      await holder.finish(session, null, 'provider_failed');
      expect(await breaker()).toMatchObject({ state: 'open', last_reason: 'provider_failed' });
      waits.push((await breaker())?.['open_s']);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600]);
    await database.sql`update breakers set openings = 5000`;
    const hopeless = await probe();
    await tell(hopeless, 'failed');
    expect((await breaker())?.['open_s']).toBe(600);
    await tell(await probe(), 'ok');
    await open();
    expect((await breaker())?.['open_s']).toBe(30);
  });

  test.each([
    ['refused by its agent', 'open', 'provider_unusable'],
    ['refused because its agent failed', 'half_open', 'agent_failed'],
    ['left by the caller before it was answered', 'half_open', 'caller_gave_up'],
    ['lost with its worker', 'half_open', 'worker_lost'],
  ])('a try that is %s leaves the breaker %s (R3.6)', async (_what, expected, reason) => {
    await open();
    await holder.finish(await probe(), null, reason);
    expect(await state()).toBe(expected);
    const next = await refusalOf(dispatch, invite('2001'));
    expect(next).toBe(expected === 'open' ? 'breaker_open' : 'admitted');
  });

  test('a try that nobody could place frees its place for the next call (R3.6)', async () => {
    await open();
    const refusal = { p_session_id: await probe(), p_reason: 'no_worker' };
    expect(await dispatch.row('refuse_call', refusal, refusedSchema)).toEqual({ refused: true });
    expect(await breaker()).toMatchObject({ state: 'half_open', probe_session_id: null });
    await probe();
  });

  test('a try that tells nothing for a minute frees its place, and its late failure changes nothing (R3.6)', async () => {
    await open();
    const silent = await probe();
    await holder.takeAndAnswer(silent);
    expect(await refusalOf(dispatch, invite('2001'))).toBe('breaker_open');
    await database.sql`update breakers set probe_until = now() - interval '1 second'`;
    const second = await probe();
    await holder.finish(silent, null, 'provider_failed');
    expect(await breaker()).toMatchObject({ state: 'half_open', probe_session_id: second });
  });

  test('calls from before tell an open or closed breaker nothing new: they keep the key they began with (R3.6)', async () => {
    const old = await call();
    await open();
    const until = (await breaker())?.['open_until'];
    await tell(old, 'fatal');
    await tell(old, 'ok');
    expect(await breaker()).toMatchObject({ state: 'open', open_until: until, openings: 1 });
    const session = await probe();
    await tell(old, 'fatal');
    expect(await breaker()).toMatchObject({ state: 'half_open', probe_session_id: session });
    await tell(session, 'ok');
    await tell(old, 'fatal');
    expect(await state()).toBe('closed');
    await tell(await call(), 'fatal');
    expect(await state()).toBe('open');
  });

  test.each([
    ['bad_key', true, 'open', 'open'],
    ['quota', true, 'open', 'open'],
    ['bad_key', false, 'open', 'closed'],
    ['timeout', true, 'closed', 'closed'],
    ['unavailable', true, 'closed', 'closed'],
  ])(
    'one call that meets %s (fatal: %s) leaves the provider %s and the organisation %s (R3.6)',
    async (failure, fatal, provider, organization) => {
      expect(await holder.report(await call(), 'deepgram', failure, fatal)).toBe(true);
      expect([await state('deepgram'), await state(), await state('openai')]).toEqual([
        provider,
        organization,
        'closed',
      ]);
      expect((await breaker('deepgram'))?.['last_reason']).toBe(failure);
    },
  );

  test('a failure of unknown kind, an impossible name and a call of somebody else are not noted (R3.6)', async () => {
    const session = await call();
    expect(await holder.report(session, 'deepgram', 'other')).toBe(false);
    expect(await holder.report(session, 'Deep Gram', 'bad_key', true)).toBe(false);
    const stranger = new Holder(databaseAs(database.sql, agentRole), 'shard-2');
    expect(await stranger.report(session, 'deepgram', 'bad_key', true)).toBe(false);
    expect(await database.sql`select from breakers`).toHaveLength(0);
  });

  test('a refused key that is told just after the call still counts, an old story does not (R3.6)', async () => {
    const session = await call();
    await holder.finish(session);
    await database.sql`update sessions set ended_at = now() - interval '61 seconds'`;
    expect(await holder.report(session, 'deepgram', 'bad_key', true)).toBe(false);
    await database.sql`update sessions set ended_at = now() - interval '59 seconds'`;
    expect(await holder.report(session, 'deepgram', 'bad_key', true)).toBe(true);
    expect([await state('deepgram'), await state()]).toEqual(['open', 'open']);
  });

  test('a provider that fails often in one call failed in one call, told at once and in the record (R3.6)', async () => {
    const providers = [{ provider: 'openai', outcome: 'failed' as const }];
    for (const calls of [1, 2, 3, 4]) {
      const session = await call();
      for (const failure of ['timeout', 'unavailable', 'timeout']) await holder.report(session, 'openai', failure);
      await holder.finish(session, { turns: [], usage: [], providers });
      expect(await breaker('openai')).toMatchObject({ state: 'closed', failures: calls });
    }
    await holder.report(await call(), 'openai', 'timeout');
    expect(await breaker('openai')).toMatchObject({ state: 'open', last_reason: 'timeout' });
  });

  test('the record tells how each provider did, and a name that no breaker can have costs no record (R3.6)', async () => {
    const providers = [
      { provider: 'openai', outcome: 'ok' as const },
      { provider: 'deepgram', outcome: 'failed' as const },
      { provider: 'Not a name!', outcome: 'failed' as const },
    ];
    for (let calls = 0; calls < 5; calls++)
      expect(await holder.finish(await call(), { turns: [], usage: [], providers })).toBe(true);
    expect([await state('deepgram'), await state('openai'), await state()]).toEqual(['open', 'closed', 'closed']);
    expect(await database.sql`select provider from breakers`).toEqual([{ provider: 'deepgram' }]);
  });

  test('a call does without a provider whose breaker is open, until one call is to try it (R3.6)', async () => {
    await holder.report(await call(), 'deepgram', 'bad_key');
    await holder.report(await call(), 'openai', 'quota');
    const take = async () => {
      const session = await admitted(dispatch, invite('2001'));
      return { session, open: (await holder.take(session)).openProviders };
    };
    expect((await take()).open).toEqual(['deepgram', 'openai']);
    await database.sql`update breakers set open_until = now() where provider = 'deepgram'`;
    const trying = await take();
    expect(trying.open).toEqual(['openai']);
    expect((await holder.take(trying.session)).openProviders).toEqual(['openai']);
    expect((await take()).open).toEqual(['deepgram', 'openai']);
    await holder.answer(trying.session);
    await holder.finish(trying.session, {
      turns: [],
      usage: [],
      providers: [{ provider: 'deepgram', outcome: 'ok' }],
    });
    expect((await take()).open).toEqual(['openai']);
    expect((await breaker('deepgram'))?.['state']).toBe('closed');
  });

  test('a call that was to try a provider and did not need it leaves that to the next one (R3.6)', async () => {
    await holder.report(await call(), 'deepgram', 'bad_key');
    await letWaitPass();
    const unneeded = await admitted(dispatch, invite('2001'));
    expect((await holder.take(unneeded)).openProviders).toEqual([]);
    await holder.finish(unneeded);
    const next = await admitted(dispatch, invite('2001'));
    expect((await holder.take(next)).openProviders).toEqual([]);
    expect(await breaker('deepgram')).toMatchObject({ state: 'half_open', probe_session_id: next });
  });

  test('another key of the tenant is tried by the next call, however long the breaker would be open (R3.6)', async () => {
    await holder.report(await call(), 'deepgram', 'bad_key', true);
    await holder.report(await call('+390612345678'), 'deepgram', 'bad_key', true);
    const put = (provider: string) => database.sql`
      select put_provider_key('harbor-pizza', ${provider}, 'k1', repeat('c', 60), 'abcd')`;
    await put('openai');
    await database.sql`update breakers set state = 'open', open_until = now() + interval '10 minutes'`;
    await put('deepgram');
    const session = await admitted(dispatch, invite('2001'));
    expect((await holder.take(session)).openProviders).toEqual([]);
    await holder.answer(session);
    await holder.finish(session, { turns: [], usage: [], providers: [{ provider: 'deepgram', outcome: 'ok' }] });
    expect([await refusalOf(dispatch, invite('2001')), await refusalOf(dispatch, invite('+390612345678'))]).toEqual([
      'admitted',
      'breaker_open',
    ]);
  });

  test('a call refused for another reason is not the one that tries (R3.6)', async () => {
    await open();
    await letWaitPass();
    await database.sql`update sip_numbers set max_concurrent_calls = 0 where phone_number = '2001'`;
    expect(await refusalOf(dispatch, invite('2001'))).toBe('number_busy');
    await database.sql`update sip_numbers set max_concurrent_calls = 50`;
    expect(await state()).toBe('open');
    await probe();
  });

  test('of twenty calls at the same moment exactly one is let through to try (R3.6)', async () => {
    await open();
    await letWaitPass();
    const pool = database.connect(20);
    const replicas = Array.from({ length: 20 }, () => databaseAs(pool, dispatchRole));
    const decisions = await Promise.all(replicas.map((replica) => admit(replica, invite('2001'))));
    await pool.end();
    const [tried, ...others] = decisions.filter((decision) => decision.outcome === 'admitted');
    expect(others).toEqual([]);
    expect(await breaker()).toMatchObject({ state: 'half_open', probe_session_id: tried?.sessionId });
    const reasons = decisions.flatMap((decision) => (decision.outcome === 'refused' ? [decision.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(['breaker_open']));
  });

  test('of twenty calls that begin at the same moment exactly one tries a provider again (R3.6)', async () => {
    await holder.report(await call(), 'deepgram', 'bad_key');
    const sessions: string[] = [];
    for (let calls = 0; calls < 20; calls++) sessions.push(await admitted(dispatch, invite('2001')));
    await letWaitPass();
    const pool = database.connect(20);
    const shards = sessions.map((_, n) => new Holder(databaseAs(pool, agentRole), `shard-${n}`));
    const takes = await Promise.all(sessions.map(async (session, n) => shards[n]?.take(session)));
    await pool.end();
    expect(takes.filter((taken) => taken?.openProviders.length === 0)).toHaveLength(1);
  });
});
