import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openedTicketSchema, type TicketDraft, takenSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { admitted, finish, invite } from './calls.ts';
import { agentRole, databaseAs, dispatchRole } from './roles.ts';

const draft = (changes: Partial<TicketDraft> = {}): TicketDraft => ({
  id: randomUUID(),
  kind: 'ticket',
  title: 'Oven is cold',
  body: 'Please look at it tomorrow.',
  priority: 'high',
  contact: '',
  ...changes,
});

describe.skipIf(noPostgres)('tickets', () => {
  let database: TestDatabase;
  let dispatch: Database;
  let agent: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    dispatch = databaseAs(database.sql, dispatchRole);
    agent = databaseAs(database.sql, agentRole);
  });
  afterAll(() => database.close());
  beforeEach(() => database.sql`truncate sessions, call_refusals, tickets cascade`);

  async function held(called = '2001'): Promise<string> {
    const session = await admitted(dispatch, invite(called));
    await agent.row('take_call', { p_session_id: session, p_worker: 'shard-1' }, takenSchema);
    return session;
  }
  const open = (session: string, ticket: object, worker = 'shard-1', as: Database = agent) =>
    as.row('open_ticket', { p_session_id: session, p_worker: worker, p_ticket: ticket }, openedTicketSchema);
  const opened = { opened: true, reason: null };
  const turnedDown = { opened: false, reason: null };

  test('what an agent writes down belongs to the organisation and the session of its call (R4.5)', async () => {
    const session = await held('+390612345678');
    const ticket = draft({ kind: 'message', contact: 'after six, +39 333 1234567' });
    expect(await open(session, ticket)).toEqual(opened);
    expect(
      await database.sql`select ticket.id, session_id, kind, ticket.status, priority, title, body, contact, slug
        from tickets ticket join organizations on organizations.id = ticket.organization_id`,
    ).toEqual([{ ...ticket, session_id: session, status: 'open', slug: 'studio-bianchi' }]);
  });

  test('an agent that asks again, because it did not hear the answer, opens no second one, also when the call is over (R4.5)', async () => {
    const [session, ticket] = [await held(), draft()];
    expect([await open(session, ticket), await open(session, { ...ticket, title: 'other' })]).toEqual([opened, opened]);
    await finish(agent, session);
    expect(await open(session, ticket)).toEqual(opened);
    expect(await database.sql`select title from tickets`).toEqual([{ title: ticket.title }]);
  });

  test('the same request sent many times at once is one ticket (R4.5)', async () => {
    const [session, ticket] = [await held(), draft()];
    const pool = database.connect(8);
    const agents = Array.from({ length: 16 }, () => databaseAs(pool, agentRole));
    const answers = await Promise.all(agents.map((one) => open(session, ticket, 'shard-1', one)));
    await pool.end();
    expect(answers).toEqual(agents.map(() => opened));
    expect(await database.sql`select from tickets`).toHaveLength(1);
  });

  test('a call that is over, another worker has, or nobody knows gets no ticket, and the agent hears why (R4.5)', async () => {
    const [over, lost] = [await held(), await held()];
    await finish(agent, over, 'caller_hung_up');
    expect(await open(over, draft())).toEqual({ opened: false, reason: 'caller_hung_up' });
    await database.sql`update active_calls set worker = 'shard-2'`;
    expect(await open(lost, draft())).toEqual(turnedDown);
    expect(await open(randomUUID(), draft())).toEqual(turnedDown);
    expect(await database.sql`select from tickets`).toHaveLength(0);
  });

  test('a worker whose name the watcher took off still writes for the call that nobody else took (R4.5)', async () => {
    const session = await held();
    await database.sql`update active_calls set worker = null`;
    expect(await open(session, draft(), 'shard-2')).toEqual(turnedDown);
    expect(await open(session, draft())).toEqual(opened);
  });

  test('an id that belongs to another call changes nothing there and opens nothing here (R1.6)', async () => {
    const [own, other, ticket] = [await held(), await held('+390612345678'), draft()];
    await open(own, ticket);
    expect(await open(other, { ...ticket, title: 'stolen' })).toEqual(turnedDown);
    expect(await database.sql`select title, session_id from tickets`).toEqual([
      { title: ticket.title, session_id: own },
    ]);
  });

  test('long texts of callers are cut; a kind or a priority that there is not is an error (R4.5)', async () => {
    const session = await held();
    await open(session, draft({ title: 't'.repeat(300), body: 'b'.repeat(20_000), contact: 'c'.repeat(300) }));
    expect(
      await database.sql`select length(title) as title, length(body) as body, length(contact) as contact from tickets`,
    ).toEqual([{ title: 200, body: 10_000, contact: 200 }]);
    await expect(open(session, { ...draft(), priority: 'urgent' })).rejects.toThrow('ticket_priority');
    await expect(open(session, { ...draft(), title: '' })).rejects.toThrow('title_is_short');
  });
});
