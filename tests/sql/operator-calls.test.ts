import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../shared/db.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admit, admitted, invite, refusalOf } from './calls.ts';
import { Holder, keepWatching } from './holder.ts';
import { agentRole, databaseAs, operatorRole } from './roles.ts';

const anyRow = z.record(z.string(), z.unknown());

describe.skipIf(noPostgres)('what the operator sees and changes of calls', () => {
  const { database, dispatch, first: holder } = openBooks();
  let operator: Database;
  beforeAll(async () => {
    operator = databaseAs(database.sql, operatorRole);
    await keepWatching(database.sql);
  });

  const ask = (name: string, args: Readonly<Record<string, unknown>> = {}) => operator.rows(name, args, anyRow);
  const failingCall = async (called: string) => {
    const session = await admitted(dispatch, invite(called));
    await holder.takeAndAnswer(session);
    await holder.report(session, 'deepgram', 'bad_key', true);
  };

  test('breakers are listed with what opened them, and closed again by hand, all of a tenant or one (R3.6)', async () => {
    await failingCall('2001');
    await failingCall('+390612345678');
    expect(await ask('operator_breakers')).toHaveLength(4);
    expect(await ask('operator_breakers', { p_tenant: 'harbor-pizza' })).toMatchObject([
      { tenant: 'harbor-pizza', provider: null, state: 'open', failures: 1, last_reason: 'bad_key' },
      { tenant: 'harbor-pizza', provider: 'deepgram', state: 'open', failures: 1, last_reason: 'bad_key' },
    ]);
    const reset = (p_tenant: string, p_provider: string | null = null) =>
      ask('reset_breakers', { p_tenant, p_provider });
    expect(await reset('harbor-pizza', 'deepgram')).toEqual([{ reset: 1 }]);
    expect(await refusalOf(dispatch, invite('2001'))).toBe('breaker_open');
    expect(await reset('harbor-pizza')).toEqual([{ reset: 1 }]);
    expect([await reset('harbor-pizza'), await reset('nobody')]).toEqual([[{ reset: 0 }], [{ reset: 0 }]]);
    expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
    expect(await refusalOf(dispatch, invite('+390612345678'))).toBe('breaker_open');
  });

  test('a reset forgets what was counted, also of a breaker that had not opened yet (R3.6)', async () => {
    for (let calls = 0; calls < 4; calls++) {
      const session = await admitted(dispatch, invite('2001'));
      await holder.take(session);
      await holder.finish(session, null, 'provider_failed');
    }
    await ask('reset_breakers', { p_tenant: 'harbor-pizza' });
    const session = await admitted(dispatch, invite('2001'));
    await holder.take(session);
    await holder.finish(session, null, 'provider_failed');
    expect(await ask('operator_breakers')).toMatchObject([{ state: 'closed', failures: 1 }]);
  });

  test('live calls are listed, and one that is told to end ends at its next renewal (R3.2)', async () => {
    const [ringing, talking] = [invite('2001', '+442079460111'), invite('+390612345678')];
    await admitted(dispatch, ringing);
    const session = await admitted(dispatch, talking);
    await holder.takeAndAnswer(session);
    await database.sql`update active_calls set started_at = now() - interval '90 seconds' where session_id = ${session}`;
    expect(await ask('operator_calls')).toMatchObject([
      { session_id: session, tenant: 'studio-bianchi', state: 'active', worker: 'shard-1', age_s: 90 },
      { tenant: 'harbor-pizza', called_number: '2001', caller_number: '+442079460111', state: 'pending', worker: null },
    ]);
    expect(await ask('operator_calls', { p_tenant: 'harbor-pizza' })).toMatchObject([{ room: ringing.p_room }]);
    expect(await ask('end_call', { p_session_id: session })).toEqual([{ asked: true }]);
    expect(await holder.verdicts([session])).toMatchObject([{ verdict: 'end', reason: 'told_to_end' }]);
    await holder.finish(session, null, 'told_to_end');
    expect(await ask('end_call', { p_session_id: session })).toEqual([{ asked: false }]);
  });

  test('a draining worker is seen but serves no pool, and neither does one that nobody hears of (R3.7)', async () => {
    await database.sql`delete from workers`;
    const status = { pool: 'gpu', version: '1.2.3', capacity: 20, calls: 2, load: 0.5, draining: false };
    const reports = [status, { ...status, draining: true }, { ...status, pool: 'switchboard' }];
    for (const [n, report] of reports.entries())
      await new Holder(databaseAs(database.sql, agentRole), `w-${n}`).verdicts([], report);
    await database.sql`update workers set seen_at = now() - interval '20 seconds' where name = 'w-2'`;
    expect(await ask('operator_workers')).toMatchObject([
      { name: 'w-0', ...status },
      { name: 'w-1', ...status, draining: true },
      { name: 'w-2', pool: 'switchboard', seen_s_ago: 20 },
    ]);
    expect(await ask('operator_pools')).toMatchObject([
      { name: 'gpu', workers: 1 },
      { name: 'switchboard', workers: 0 },
    ]);
    await keepWatching(database.sql);
    expect(await refusalOf(dispatch, invite('2001'))).toBe('pool_unavailable');
  });

  test('a pool is made, limited and given to a tenant, whose next call goes there (R3.7)', async () => {
    const setPool = (p_most: number | null) => ask('set_pool', { p_name: 'vip', p_most });
    expect([await setPool(3), await setPool(1)]).toEqual([[{ created: true }], [{ created: false }]]);
    const pin = (p_tenant: string, p_pool: string) => ask('pin_pool', { p_tenant, p_pool });
    expect([await pin('nobody', 'vip'), await pin('studio-bianchi', 'nowhere')]).toEqual([
      [{ pinned: false }],
      [{ pinned: false }],
    ]);
    expect(await pin('studio-bianchi', 'vip')).toEqual([{ pinned: true }]);
    const bianchi = () => admit(dispatch, invite('+390612345678'));
    expect(await bianchi()).toMatchObject({ reason: 'pool_unavailable' });
    const status = { pool: 'vip', version: '1', capacity: 20, calls: 0, load: 0, draining: false };
    await holder.verdicts([], status);
    expect(await bianchi()).toMatchObject({ outcome: 'admitted', pool: 'vip' });
    expect(await bianchi()).toMatchObject({ reason: 'pool_busy' });
    const pools = await ask('operator_pools');
    expect(pools.find(({ name }) => name === 'vip')).toEqual({
      name: 'vip',
      max_concurrent_calls: 1,
      live_calls: 1,
      workers: 1,
      organizations: 1,
    });
    await setPool(null);
    expect(await bianchi()).toMatchObject({ outcome: 'admitted' });
  });
});
