/**
 * One tenant's failures are one tenant's: nothing that the calls of another need is waited for, read or written. A lock on
 * everything that is kept of the failing tenant stands for the worst moment.
 */
import type { TransactionSql } from 'postgres';
import { beforeAll, describe, expect, test } from 'vitest';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admitted, invite, refusalOf } from './calls.ts';
import { claimLost, Holder, keepWatching } from './holder.ts';
import { agentRole, databaseAs } from './roles.ts';

const providers = [
  { provider: 'deepgram', outcome: 'failed' as const },
  { provider: 'openai', outcome: 'ok' as const },
];
const record = { turns: [], usage: [], providers };

describe.skipIf(noPostgres)('breakers of two tenants', () => {
  const { database, dispatch, first: holder } = openBooks();
  beforeAll(async () => {
    // Whoever waits for a lock here waits for another tenant: that is the failure, and it is to show at once.
    await database.sql`set lock_timeout = '2s'`;
    await database.sql`update organizations set max_calls_per_second = null`;
    await keepWatching(database.sql);
  });

  const call = async (called: string) => {
    const session = await admitted(dispatch, invite(called));
    await holder.takeAndAnswer(session);
    return session;
  };
  const failing = async () => {
    await holder.report(await call('2001'), 'deepgram', 'bad_key', true);
    await database.sql`update breakers set open_until = now() - interval '1 second'`;
  };
  const waiting = () =>
    database.sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  /** While all that is kept of the failures of Harbor Pizza is locked by somebody who takes long. */
  async function whileLocked(act: () => Promise<void>): Promise<void> {
    const pool = database.connect(1);
    const hold = async (slow: TransactionSql) => {
      await slow`select from breakers for update`;
      await slow`select from private.breaker_tallies for update`;
      await act();
    };
    try {
      await pool.begin(hold);
    } finally {
      await pool.end();
    }
  }

  test('the calls of one come in, are taken, renewed and settled while the breaker of another is held fast (R3.6)', async () => {
    await failing();
    await whileLocked(async () => {
      const session = await call('+390612345678');
      expect(await holder.renew(session)).toBe('keep');
      expect(await holder.report(session, 'deepgram', 'timeout')).toBe(true);
      expect(await claimLost(dispatch)).toEqual([]);
      expect(await holder.finish(session, record, 'provider_failed')).toBe(true);
    });
    const rows = await database.sql`
      select slug, provider, state from breakers join organizations organization on organization.id = organization_id
      order by slug, provider nulls first`;
    expect(rows).toEqual([
      { slug: 'harbor-pizza', provider: null, state: 'open' },
      { slug: 'harbor-pizza', provider: 'deepgram', state: 'open' },
      { slug: 'studio-bianchi', provider: null, state: 'closed' },
      { slug: 'studio-bianchi', provider: 'deepgram', state: 'closed' },
    ]);
  });

  test('a caller of the failing tenant is refused at once, and keeps no other tenant waiting at the door (R3.6)', async () => {
    await failing();
    await whileLocked(async () => {
      expect(await refusalOf(dispatch, invite('2001'))).toBe('breaker_open');
      expect(await refusalOf(dispatch, invite('+390612345678'))).toBe('admitted');
    });
    expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
  });

  test('a worker that holds calls of both renews them all while one of them waits for its breaker (R3.6)', async () => {
    await failing();
    await database.sql`update breakers set state = 'closed', open_until = null`;
    const [theirs, ours] = [await call('2001'), await call('+390612345678')];
    const settling = database.connect(1);
    let settled: Promise<boolean> = Promise.resolve(false);
    await whileLocked(async () => {
      settled = new Holder(databaseAs(settling, agentRole), 'shard-1').finish(theirs, record, 'provider_failed');
      await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
      expect(await holder.verdicts([theirs, ours])).toMatchObject([{ verdict: 'keep' }, { verdict: 'keep' }]);
      expect(await holder.finish(ours, record)).toBe(true);
    });
    expect(await settled).toBe(true);
    await settling.end();
  });

  test('a key refused in every call of one tenant opens nothing of the other (R3.6)', async () => {
    const [pool, theirs, ours] = [database.connect(10), [] as string[], [] as string[]];
    for (let calls = 0; calls < 5; calls++) theirs.push(await call('2001'));
    for (let calls = 0; calls < 5; calls++) ours.push(await call('+390612345678'));
    const racing = new Holder(databaseAs(pool, agentRole), 'shard-1');
    await Promise.all([
      ...theirs.map(async (session) => {
        await racing.report(session, 'deepgram', 'bad_key', true);
        await racing.finish(session, record, 'provider_failed');
      }),
      ...ours.map((session) => racing.finish(session, { ...record, providers: [] })),
    ]);
    await pool.end();
    expect(await refusalOf(dispatch, invite('2001'))).toBe('breaker_open');
    expect(await refusalOf(dispatch, invite('+390612345678'))).toBe('admitted');
    expect(
      await database.sql`select distinct slug from breakers join organizations o on o.id = organization_id`,
    ).toEqual([{ slug: 'harbor-pizza' }]);
  });

  test.each([
    ['the organisation', 'is settled', 'provider is null'],
    ['its first provider', 'is settled', `provider = 'deepgram'`],
    ['the organisation', 'reports a refused key', 'provider is null'],
  ])(
    'a call that waits for the breaker of %s while it %s holds none that comes after it: nobody waits in a circle (R3.6)',
    async (_what, told, which) => {
      const met = ['soniox', 'openai', 'deepgram'].map((provider) => ({ provider, outcome: 'failed' as const }));
      await holder.finish(await call('+390612345678'), { ...record, providers: met }, 'provider_failed');
      const session = await call('+390612345678');
      const [holding, telling] = [database.connect(1), database.connect(1)];
      const teller = new Holder(databaseAs(telling, agentRole), 'shard-1');
      let done: Promise<boolean> = Promise.resolve(false);
      await holding.begin(async (slow) => {
        await slow.unsafe(`select from breakers where ${which} for update`);
        done =
          told === 'is settled'
            ? teller.finish(session, { ...record, providers: met }, 'provider_failed')
            : teller.report(session, 'deepgram', 'bad_key', true);
        await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
        const later = which === 'provider is null' ? 'provider is not null' : `provider > 'deepgram'`;
        await database.sql.unsafe(`select from breakers where ${later} for update nowait`);
      });
      expect(await done).toBe(true);
      await Promise.all([holding.end(), telling.end()]);
    },
  );
});
