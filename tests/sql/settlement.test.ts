import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CallRecord, ConfigSource, TransferOutcome } from '../../shared/call-record.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { admitted, answeredSchema, finish, finishAs, invite } from './calls.ts';
import { agentRole, databaseAs, dispatchRole } from './roles.ts';

const record: CallRecord = {
  turns: [
    { role: 'agent', text: 'Studio Bianchi, buongiorno.', at_ms: 410 },
    { role: 'caller', text: 'Buongiorno, vorrei un appuntamento.', at_ms: 3120.5 },
  ],
  usage: [
    { kind: 'llm', provider: 'openai', model: 'gpt-4.1-mini', unit: 'input_tokens', amount: 300 },
    { kind: 'llm', provider: 'openai', model: 'gpt-4.1-mini', unit: 'input_tokens', amount: 412 },
    { kind: 'stt', provider: 'deepgram', model: 'nova-3', unit: 'audio_ms', amount: 9000 },
  ],
  timings: { lookup: 4.2, answered: 380 },
  config: { revision: 71, source: 'current' },
  transfers: [{ destination: 'front-desk', uri_kind: 'tel', outcome: 'busy', at_ms: 4100.4 }],
};

/** Every word of the contract, so that one which SQL does not know fails here and not at the end of a call. */
const sources: Record<ConfigSource, true> = { current: true, stale: true, last_good: true };
const outcomes: Record<TransferOutcome, true> = {
  connected: true,
  busy: true,
  no_answer: true,
  refused: true,
  unreachable: true,
  failed: true,
  caller_left: true,
};
type Usage = CallRecord['usage'][number];
const kinds: Record<Usage['kind'], true> = { stt: true, llm: true, tts: true, realtime: true };
const units: Record<Usage['unit'], true> = {
  audio_ms: true,
  input_tokens: true,
  cached_input_tokens: true,
  output_tokens: true,
  input_audio_tokens: true,
  output_audio_tokens: true,
  characters: true,
};

describe.skipIf(noPostgres)('settlement', () => {
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

  const answered = async () => {
    const session = await admitted(dispatch, invite('+390612345678'));
    await agent.row('take_call', { p_session_id: session, p_worker: 'shard-1' }, answeredSchema.partial());
    await agent.row('answer_call', { p_session_id: session, p_worker: 'shard-1' }, answeredSchema);
    return session;
  };

  test('a call ends in one record: start, answer, end, duration, reason, transcript and usage (R1.8)', async () => {
    const session = await answered();
    expect(await finish(agent, session, 'caller_hung_up', record)).toBe(true);
    const [row] = await database.sql`select * from sessions`;
    expect(row).toMatchObject({ end_reason: 'caller_hung_up', worker: 'shard-1', timings: record.timings });
    expect(row?.['ended_at'].getTime() - row?.['answered_at'].getTime()).toBeGreaterThanOrEqual(0);
    expect(Number(row?.['talk_ms'])).toBeGreaterThanOrEqual(0);
    expect(await database.sql`select role, text, at_ms from session_turns order by position`).toEqual([
      record.turns[0],
      { ...record.turns[1], at_ms: 3121 },
    ]);
    expect(await database.sql`select kind, model, unit, amount from session_usage order by kind`).toEqual([
      { kind: 'stt', model: 'nova-3', unit: 'audio_ms', amount: '9000' },
      { kind: 'llm', model: 'gpt-4.1-mini', unit: 'input_tokens', amount: '712' },
    ]);
    expect(await database.sql`select destination, uri_kind, outcome, at_ms from session_transfers`).toEqual([
      { ...record.transfers[0], at_ms: 4100 },
    ]);
    expect(row).toMatchObject({ config_revision: '71', config_source: 'current' });
    expect(await database.sql`select from active_calls`).toHaveLength(0);
  });

  test('a call costs what the platform says of its providers when it ends, and nothing where nobody says it (R1.8, R6.4)', async () => {
    await database.sql`insert into prices (kind, provider, model, unit, price) values
      ('llm', 'openai', '*', 'input_tokens', 100), ('llm', 'openai', 'gpt-4.1-mini', 'input_tokens', 0.4),
      ('llm', 'openai', '*', 'cached_input_tokens', 0.1), ('stt', 'deepgram', '*', 'audio_ms', 0.01)`;
    const used = (kind: Usage['kind'], unit: Usage['unit'], amount: number): Usage => {
      const [provider, model] = kind === 'llm' ? ['openai', 'gpt-4.1-mini'] : ['deepgram', 'nova-3'];
      return { kind, provider, model, unit, amount };
    };
    const usage = [
      used('llm', 'input_tokens', 10_000),
      used('llm', 'cached_input_tokens', 4_000),
      used('llm', 'output_tokens', 500),
      used('stt', 'audio_ms', 90_000),
    ];
    await finish(agent, await answered(), 'caller_hung_up', { ...record, usage });
    // 6 000 tokens at the price of the model and not of the provider, 4 000 at that of what is kept; a minute and a half.
    expect(await database.sql`select unit, cost from session_usage order by unit::text`).toEqual([
      { unit: 'audio_ms', cost: '0.015000' },
      { unit: 'cached_input_tokens', cost: '0.000400' },
      { unit: 'input_tokens', cost: '0.002400' },
      { unit: 'output_tokens', cost: null },
    ]);
    await database.sql`delete from prices`;
  });

  test('a record that waited for the database says when the call was over, and nothing that cannot be (R1.8)', async () => {
    const talkedFor = async (endedMsAgo: number) => {
      await database.sql`truncate sessions cascade`;
      const session = await answered();
      const now = Date.now();
      const [startedAt, answeredAt, ended_at] = [100_000, 90_000, endedMsAgo].map((ms) =>
        new Date(now - ms).toISOString(),
      );
      await database.sql`update sessions set started_at = ${startedAt ?? ''}, answered_at = ${answeredAt ?? ''}`;
      await finish(agent, session, 'caller_hung_up', { ...record, ended_at });
      const [row] = await database.sql<{ talk_ms: string }[]>`select talk_ms from sessions`;
      return Number(row?.talk_ms);
    };
    expect(await talkedFor(60_000)).toBe(30_000);
    expect(await talkedFor(3_600_000)).toBe(0);
    expect(await talkedFor(-3_600_000)).toBeLessThan(3_000_000);
  });

  test('a call that never had a configuration has none on record (R1.8)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    expect(await finish(agent, session, 'config_missing', { ...record, config: null, transfers: [] })).toBe(true);
    expect(await database.sql`select config_revision, config_source from sessions`).toEqual([
      { config_revision: null, config_source: null },
    ]);
  });

  test('the record knows every word that the contract has, and no other (R1.8)', async () => {
    const words = (type: string) =>
      database.sql.unsafe<{ word: string }[]>(`select unnest(enum_range(null::${type}))::text as word`);
    for (const [type, known] of Object.entries({
      config_source: sources,
      transfer_outcome: outcomes,
      usage_kind: kinds,
      usage_unit: units,
    }))
      expect((await words(type)).map((row) => row.word)).toEqual(Object.keys(known));
  });

  test('a worker that lost a call to another one cannot end it, the one that has it can (R3.5)', async () => {
    const session = await answered();
    await database.sql`update active_calls set worker = 'shard-2'`;
    expect(await finishAs(agent, 'shard-1', session)).toBe(false);
    expect(await database.sql`select worker from active_calls`).toEqual([{ worker: 'shard-2' }]);
    expect(await finishAs(agent, 'shard-2', session)).toBe(true);
  });

  test('a worker whose name the watcher took off still settles the call that nobody else took (R3.5)', async () => {
    const session = await answered();
    await database.sql`update active_calls set worker = null`;
    expect(await finishAs(agent, 'shard-1', session)).toBe(true);
  });

  test('a call is settled once, and the first record stands (R1.8)', async () => {
    const session = await answered();
    await finish(agent, session, 'agent_hung_up', record);
    expect(await finish(dispatch, session, 'worker_lost')).toBe(false);
    expect(await database.sql`select end_reason from sessions`).toEqual([{ end_reason: 'agent_hung_up' }]);
    expect(await database.sql`select from session_turns`).toHaveLength(2);
  });

  test('a call that many settle at the same moment is settled by one of them (R3.2)', async () => {
    const session = await answered();
    const pool = database.connect(20);
    const settlers = Array.from({ length: 20 }, (_, one) => databaseAs(pool, one % 2 === 0 ? agentRole : dispatchRole));
    const outcomes = await Promise.all(settlers.map((settler) => finish(settler, session, 'caller_hung_up', record)));
    await pool.end();
    expect(outcomes.filter((finished) => finished)).toHaveLength(1);
    expect(await database.sql`select from session_turns`).toHaveLength(2);
  });

  test('a call that its agent could not take is a refusal on record too (R1.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await finish(agent, session, 'config_invalid');
    expect(await database.sql`select reason, session_id from call_refusals`).toEqual([
      { reason: 'config_invalid', session_id: session },
    ]);
    expect(await database.sql`select talk_ms, end_reason from sessions`).toEqual([
      { talk_ms: null, end_reason: 'config_invalid' },
    ]);
  });

  test('a record that cannot be kept settles nothing, so that the watcher still finds the call (R1.8)', async () => {
    const session = await answered();
    const broken = { turns: [{ role: 'somebody', text: 'x', at_ms: 1 }], usage: [], timings: {} };
    await expect(finish(agent, session, 'caller_hung_up', broken)).rejects.toThrow('speaker');
    expect(await database.sql`select end_reason from sessions`).toEqual([{ end_reason: null }]);
    expect(await database.sql`select from active_calls`).toHaveLength(1);
  });

  test('a reason that is not in the catalogue is an error, not a record (R1.8)', async () => {
    const session = await answered();
    await expect(finish(agent, session, 'because')).rejects.toThrow('call_reason');
  });
});
