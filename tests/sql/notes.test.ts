/** What is written down of a call while it is on, and what becomes of it when the call changes hands or ends. */
import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../shared/call-record.ts';
import { notedSchema } from '../../shared/contracts.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admitted, finish, invite } from './calls.ts';
import { Holder, letLeasesRunOut, watchOn } from './holder.ts';
import { agentRole, databaseAs } from './roles.ts';

const turn = (position: number, text = `Turn ${position}.`) => ({
  position,
  role: position % 2 === 1 ? ('agent' as const) : ('caller' as const),
  text,
  at_ms: position * 1000,
});
const tokens = (amount: number, model = 'gpt-4.1-mini'): CallRecord['usage'][number] => ({
  kind: 'llm',
  provider: 'openai',
  model,
  unit: 'input_tokens',
  amount,
});
const record = (...turns: ReturnType<typeof turn>[]): Partial<CallRecord> => ({ turns, usage: [], timings: {} });

describe.skipIf(noPostgres)('notes of a call', () => {
  const { database, dispatch, agent, first, second } = openBooks();

  const heldByFirst = async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.takeAndAnswer(session);
    return session;
  };
  const transcript = async () => {
    const rows = await database.sql<{ text: string }[]>`select text from session_turns order by position`;
    return rows.map((row) => row.text);
  };
  const used = async () => {
    const rows = await database.sql<{ model: string; amount: string }[]>`
      select model, amount from session_usage order by model`;
    return Object.fromEntries(rows.map((row) => [row.model, Number(row.amount)]));
  };
  const loseToWatch = async () => {
    await letLeasesRunOut(database.sql);
    expect(await watchOn(database.sql, dispatch)).toHaveLength(1);
  };

  test('what was said is kept once, sent twice or out of order, and no longer than a turn may be (R3.5)', async () => {
    const session = await heldByFirst();
    expect(await first.note(session, { turns: [turn(3), turn(2)] })).toBe(true);
    expect(await first.note(session, { turns: [turn(1), turn(2, 'Said twice.'), turn(4, 'x'.repeat(20_001))] })).toBe(
      true,
    );
    expect(await transcript()).toEqual(['Turn 1.', 'Turn 2.', 'Turn 3.', 'x'.repeat(20_000)]);
  });

  test('calls of one worker are noted together, and one that it lost holds up none of the others (R3.5)', async () => {
    const [mine, lost, over] = [await heldByFirst(), await heldByFirst(), await heldByFirst()];
    await first.release(lost);
    await finish(dispatch, over);
    const notes = [lost, mine, over].map((session_id) => ({ session_id, turns: [turn(1)], usage: [tokens(7)] }));
    const noted = await agent.rows('note_calls', { p_worker: 'shard-1', p_notes: notes }, notedSchema);
    expect(noted.filter((row) => row.noted)).toEqual([{ sessionId: mine, noted: true }]);
    expect(noted).toHaveLength(3);
    expect(await database.sql`select session_id from session_turns`).toEqual([{ session_id: mine }]);
    expect(await database.sql`select session_id from private.noted_usage`).toEqual([{ session_id: mine }]);
  });

  test('a worker whose call was given to others notes no more of it (R3.5)', async () => {
    const session = await heldByFirst();
    await loseToWatch();
    expect(await first.note(session, { turns: [turn(1)] })).toBe(false);
    await second.take(session);
    expect(await first.note(session, { turns: [turn(1)] })).toBe(false);
    expect(await second.note(session, { turns: [turn(1)] })).toBe(true);
  });

  test('a call in which somebody spoke is an answered one, though the answer was not heard (R3.5)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    await first.take(session);
    const state = () => database.sql`
      select slot.state, session.answered_at is not null as answered
      from active_calls slot join sessions session on session.id = slot.session_id`;
    await first.note(session, { usage: [tokens(3)] });
    expect(await state()).toEqual([{ state: 'pending', answered: false }]);
    await first.note(session, { turns: [turn(1)] });
    expect(await state()).toEqual([{ state: 'active', answered: true }]);
  });

  test('the record at the end takes the place of the notes, and keeps what its worker did not hear of (R1.8)', async () => {
    const session = await heldByFirst();
    await first.note(session, { turns: [turn(1), turn(2, 'Two piz')] });
    await first.finish(session, record(turn(1), turn(2, 'Two pizzas.'), turn(3)));
    expect(await transcript()).toEqual(['Turn 1.', 'Two pizzas.', 'Turn 3.']);
    const silent = await heldByFirst();
    await first.note(silent, { turns: [turn(1, 'Noted.')] });
    await first.finish(silent, record());
    expect(await transcript()).toContain('Noted.');
  });

  test('what every worker of a call used is added up once, however often it was noted (R1.8)', async () => {
    const session = await heldByFirst();
    for (const total of [100, 300, 200]) await first.note(session, { usage: [tokens(total), tokens(5, 'small')] });
    await loseToWatch();
    await second.take(session);
    await second.note(session, { usage: [tokens(40)] });
    expect(await second.finish(session, { ...record(turn(1)), usage: [tokens(50)] })).toBe(true);
    expect(await used()).toEqual({ 'gpt-4.1-mini': 350, small: 5 });
    expect(await database.sql`select from private.noted_usage`).toHaveLength(0);
  });

  test('a worker that gets a call back counts both of its times, and one that ends it after losing it counts once (R1.8)', async () => {
    const again = await heldByFirst();
    await first.note(again, { usage: [tokens(100)] });
    await loseToWatch();
    await first.take(again);
    await first.finish(again, { ...record(turn(1)), usage: [tokens(30)] });
    expect(await used()).toEqual({ 'gpt-4.1-mini': 130 });

    await database.sql`truncate sessions cascade`;
    const slow = await heldByFirst();
    await first.note(slow, { usage: [tokens(100)] });
    await loseToWatch();
    expect(await first.finish(slow, { ...record(turn(1)), usage: [tokens(120)] })).toBe(true);
    expect(await used()).toEqual({ 'gpt-4.1-mini': 120 });
  });

  test('a call whose worker died keeps what was noted, and is made whole by the record that comes later (R3.5)', async () => {
    const session = await heldByFirst();
    await first.note(session, { turns: [turn(1), turn(2)], usage: [tokens(100)] });
    await loseToWatch();
    await finish(dispatch, session, 'worker_lost');
    expect([await transcript(), await used()]).toEqual([['Turn 1.', 'Turn 2.'], { 'gpt-4.1-mini': 100 }]);

    const late = { ...record(turn(1), turn(2), turn(3)), usage: [tokens(180)] };
    expect(await second.finish(session, late)).toBe(false);
    expect(await transcript()).toHaveLength(2);
    const [ended] = await database.sql`select ended_at, end_reason from sessions`;
    for (const repetition of [late, { ...late, turns: [turn(1, 'Later still.')] }])
      expect(await first.finish(session, repetition)).toBe(false);
    expect([await transcript(), await used()]).toEqual([['Turn 1.', 'Turn 2.', 'Turn 3.'], { 'gpt-4.1-mini': 180 }]);
    expect(await database.sql`select ended_at, end_reason from sessions`).toEqual([ended]);
  });

  test('a call that is over stays over, whatever anybody still says of it (R3.2)', async () => {
    const session = await heldByFirst();
    await first.finish(session, { ...record(turn(1)), usage: [tokens(10)] }, 'agent_hung_up');
    const state = () => database.sql`
      select session.*, (select count(*) from active_calls) as slots, (select count(*) from session_turns) as turns,
        (select sum(amount) from session_usage) as used
      from sessions session`;
    const before = await state();
    for (const holder of [first, second]) {
      expect(await holder.note(session, { turns: [turn(2)], usage: [tokens(99)] })).toBe(false);
      expect(await holder.verdicts([session])).toMatchObject([{ verdict: 'lost', reason: 'agent_hung_up' }]);
      expect(await holder.answer(session)).toBe(false);
      expect(await holder.take(session)).toMatchObject({ taken: false, reason: 'agent_hung_up' });
      expect(await holder.release(session)).toBe(false);
      expect(await holder.finish(session, record(turn(1), turn(2)))).toBe(false);
      expect(await holder.report(session, 'openai', 'timeout')).toBe(false);
    }
    expect(await finish(dispatch, session, 'worker_lost')).toBe(false);
    expect(await first.gone()).toBe(0);
    expect(await watchOn(database.sql, dispatch)).toEqual([]);
    expect(await state()).toEqual(before);
  });

  test('notes and the end of a call that cross each other leave the record, and no notes beside it (R1.8)', async () => {
    const pool = database.connect(8);
    const racing = new Holder(databaseAs(pool, agentRole), 'shard-1');
    for (let round = 0; round < 10; round++) {
      const session = await heldByFirst();
      await Promise.all([
        racing.note(session, { turns: [turn(1), turn(4)], usage: [tokens(1)] }),
        racing.note(session, { turns: [turn(2), turn(5)], usage: [tokens(2)] }),
        racing.finish(session, { ...record(turn(1), turn(2)), usage: [tokens(3)] }),
        racing.note(session, { turns: [turn(6)], usage: [tokens(2)] }),
      ]);
      const rows = await database.sql`select position from session_turns where session_id = ${session} order by 1`;
      expect(rows.map((row) => row['position'])).toEqual([1, 2]);
      expect(await database.sql`select amount from session_usage where session_id = ${session}`).toEqual([
        { amount: '3' },
      ]);
    }
    await pool.end();
    expect(await database.sql`select from private.noted_usage`).toHaveLength(0);
  });
});
