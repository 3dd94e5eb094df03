/** What runs each second, or with each call, must cost the same after years of calls: it reads no history from end to end. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { CallRecord } from '../../shared/call-record.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admitted, invite, refusedSchema } from './calls.ts';
import { letLeasesRunOut, watchOn } from './holder.ts';

const history = [
  'sessions',
  'session_turns',
  'session_usage',
  'session_transfers',
  'call_refusals',
  'noted_usage',
  'breaker_tallies',
  'breakers',
  'organizations',
  'sip_numbers',
];
const calls = 4000;

const usage: CallRecord['usage'][number] = {
  kind: 'llm',
  provider: 'openai',
  model: 'm',
  unit: 'input_tokens',
  amount: 3,
};
const record: CallRecord = {
  turns: [{ role: 'agent', text: 'Hello.', at_ms: 10 }],
  usage: [usage],
  timings: {},
  config: null,
  transfers: [],
  providers: [{ provider: 'openai', outcome: 'failed' }],
};

describe.skipIf(noPostgres)('a long history', () => {
  const { database, dispatch, first, second } = openBooks({ emptied: false });
  beforeAll(async () => {
    await database.sql.unsafe(`
      insert into organizations (slug, name) select 'tenant-' || n, 'Tenant' from generate_series(1, ${calls}) n;
      insert into sip_numbers (phone_number, organization_id)
        select '+4420' || to_char(row_number() over (), 'FM00000000'), id from organizations where slug like 'tenant-%';
      insert into sessions (organization_id, called_number, caller_number, sip_call_id, sip_from_tag, room, ended_at, end_reason)
        select id, '1', '2', slug, 'x', slug, now(), 'caller_hung_up' from organizations where slug like 'tenant-%';
      insert into session_turns (session_id, position, organization_id, role, text, at_ms)
        select id, 1, organization_id, 'agent', 'Hello.', 0 from sessions;
      insert into session_usage (session_id, organization_id, kind, provider, model, unit, amount)
        select id, organization_id, 'llm', 'openai', 'm', 'input_tokens', 1 from sessions;
      insert into session_transfers (session_id, position, organization_id, destination, uri_kind, outcome, at_ms)
        select id, 1, organization_id, 'desk', 'tel', 'busy', 0 from sessions;
      insert into private.noted_usage select id, 1, 'llm', 'openai', 'm', 'input_tokens', 1 from sessions;
      insert into call_refusals (organization_id, reason, called_number, caller_number, sip_call_id, sip_from_tag, room)
        select organization_id, 'number_busy', '1', '2', sip_call_id, 'y', room from sessions;
      insert into breakers (organization_id, provider) select organization_id, 'openai' from sessions;
      insert into breakers (organization_id, state, probe_session_id)
        select organization_id, 'half_open', id from sessions;
      insert into private.breaker_tallies select organization_id, 'openai', now(), 1, 1 from sessions;
      analyze`);
  });

  async function readWhole(act: () => Promise<unknown>): Promise<string[]> {
    const scans = async () => {
      await database.sql`select pg_stat_force_next_flush()`;
      const rows = await database.sql<{ name: string; scans: string }[]>`
        select relname as name, seq_scan as scans from pg_stat_user_tables where relname = any (${history})`;
      return new Map(rows.map((row) => [row.name, row.scans]));
    };
    const before = await scans();
    await act();
    const after = await scans();
    return [...after].filter(([name, count]) => before.get(name) !== count).map(([name]) => name);
  }

  test('is not read through by what the watch asks each second (R3.5)', async () => {
    await admitted(dispatch, invite('2001'));
    await letLeasesRunOut(database.sql);
    const read = await readWhole(async () => {
      await watchOn(database.sql, dispatch);
      await database.sql`select * from live_calls()`;
      await database.sql`select * from room_decisions(array['tenant-7', 'tenant-8', 'call_x'])`;
    });
    expect(read).toEqual([]);
  });

  test('is not read through by a call, from its taking over its hand-over to its record (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    const unplaced = await admitted(dispatch, invite('2001'));
    const read = await readWhole(async () => {
      await first.takeAndAnswer(session);
      await first.note(session, { turns: [{ position: 1, role: 'agent', text: 'Hello.', at_ms: 10 }], usage: [usage] });
      await first.renew(session);
      await first.report(session, 'deepgram', 'bad_key', true);
      await first.release(session);
      await second.take(session);
      await second.finish(session, record, 'provider_failed');
      await dispatch.row('refuse_call', { p_session_id: unplaced, p_reason: 'no_worker' }, refusedSchema);
    });
    expect(read).toEqual([]);
  });
});
