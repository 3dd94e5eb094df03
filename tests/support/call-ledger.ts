/** What whoever keeps account of calls owes dispatch and agents: the SQL functions and the ledger of a box alike. */
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { leaseVerdictSchema, openedTicketSchema, roomDecisionSchema, takenSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { admit, admitted, answeredSchema, finish, finishAs, invite, refusalOf, refusedSchema } from '../sql/calls.ts';
import { claimLost } from '../sql/holder.ts';

export interface CallLedger {
  readonly dispatch: Database;
  readonly agent: Database;
  /** Every lease ends now, while somebody watches: nothing was away. */
  letLeasesRunOut(): Promise<unknown>;
  /** What is open has been open for long enough to be tried again. */
  letBreakersCool(): Promise<unknown>;
  /** The probe of each breaker has been on for longer than anybody waits for it. */
  letProbesGoOn(): Promise<unknown>;
  /** Forgets every call and every breaker. */
  reset(): Promise<unknown>;
}

/** Numbers that the ledger must know. */
export const oneLine = '7001';
export const manyLines = '7002';
/** One line; refused callers hear a sentence in Italian, one of them at once. */
export const spoken = '7003';
/** One line; refused callers are sent on to 7009, five at once. */
export const forwarding = '7004';
export const refusalPolicies = {
  [spoken]: { language: 'it', refusal: { action: 'message', most_at_once: 1 } },
  [forwarding]: { language: 'it', refusal: { action: 'forward', to: '7009', most_at_once: 5 } },
} as const;

export function keepsAccountOfCalls(open: () => CallLedger): void {
  let ledger: CallLedger;
  beforeEach(async () => {
    ledger = open();
    await ledger.reset();
  });

  const take = (session: string, worker: string) =>
    ledger.agent.row('take_call', { p_session_id: session, p_worker: worker }, takenSchema);
  const answer = async (session: string, worker: string) =>
    (await ledger.agent.row('answer_call', { p_session_id: session, p_worker: worker }, answeredSchema)).answered;
  const renew = (worker: string, ...sessions: string[]) =>
    ledger.agent.rows('renew_leases', { p_worker: worker, p_session_ids: sessions }, leaseVerdictSchema);
  const refuse = async (session: string, reason: string) =>
    (await ledger.dispatch.row('refuse_call', { p_session_id: session, p_reason: reason }, refusedSchema)).refused;
  const lost = () => claimLost(ledger.dispatch);
  const decided = async (room: string) =>
    (await ledger.dispatch.rows('room_decision', { p_room: room }, roomDecisionSchema))[0];
  const openTicket = (session: string, worker: string, id: string) => {
    const ticket = { id, kind: 'ticket', title: 'Oven', body: 'Cold.', priority: 'normal', contact: '' };
    const args = { p_session_id: session, p_worker: worker, p_ticket: ticket };
    return ledger.agent.row('open_ticket', args, openedTicketSchema);
  };

  test('a call is admitted once, however often its INVITE is told (R3.2)', async () => {
    const call = invite(oneLine);
    const first = await admit(ledger.dispatch, call);
    expect(first).toMatchObject({ outcome: 'admitted', repeated: false });
    expect(await admit(ledger.dispatch, call)).toEqual({ ...first, repeated: true });
  });

  test('a second caller finds a busy line, until the first one is gone (R3.1)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    const second = invite(oneLine);
    expect(await refusalOf(ledger.dispatch, second)).toBe('number_busy');
    await finish(ledger.dispatch, session);
    expect(await refusalOf(ledger.dispatch, second)).toBe('number_busy');
    await admitted(ledger.dispatch, invite(oneLine));
  });

  test('however many call at once, no line too many is given out (R3.2)', async () => {
    const answers = await Promise.all(Array.from({ length: 9 }, () => admit(ledger.dispatch, invite(manyLines))));
    expect(answers.filter(({ outcome }) => outcome === 'admitted')).toHaveLength(5);
  });

  test.each([
    ['79999', 'unknown_number'],
    ['anonymous', 'malformed_number'],
  ])('%s is refused: %s, and again when asked again (R1.5)', async (called, reason) => {
    const call = invite(called);
    expect(await refusalOf(ledger.dispatch, call)).toBe(reason);
    expect(await refusalOf(ledger.dispatch, call)).toBe(reason);
    expect(await decided(call.p_room)).toEqual({ outcome: 'refused', reason, sessionId: null });
  });

  test('what was decided of a room is known to who asks later, also after the end (R3.2)', async () => {
    const call = invite(oneLine);
    expect(await decided(call.p_room)).toBeUndefined();
    const session = await admitted(ledger.dispatch, call);
    expect(await decided(call.p_room)).toEqual({ outcome: 'admitted', reason: null, sessionId: session });
    await finish(ledger.dispatch, session, 'caller_hung_up');
    expect(await decided(call.p_room)).toEqual({ outcome: 'admitted', reason: 'caller_hung_up', sessionId: session });
  });

  test('a call is held by one worker, and by the next one only when the first let it run out (R3.5)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    expect([await take(session, 'shard-1'), await take(session, 'shard-1')]).toMatchObject([
      { taken: true },
      { taken: true },
    ]);
    expect(await take(session, 'shard-2')).toMatchObject({ taken: false, reason: null });
    await ledger.letLeasesRunOut();
    expect(await take(session, 'shard-2')).toMatchObject({ taken: true });
    expect(await renew('shard-1', session)).toMatchObject([{ verdict: 'lost' }]);
  });

  test('a worker that comes too late hears how the call ended (R3.2)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    await finish(ledger.dispatch, session, 'caller_gave_up');
    expect(await take(session, 'shard-1')).toMatchObject({ taken: false, reason: 'caller_gave_up' });
  });

  test('only the holder answers, and an answered call cannot be refused any more (R3.2)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    await take(session, 'shard-1');
    expect([await answer(session, 'shard-2'), await answer(session, 'shard-1')]).toEqual([false, true]);
    expect(await refuse(session, 'no_worker')).toBe(false);
    expect(await renew('shard-1', session)).toMatchObject([{ verdict: 'keep' }]);
  });

  test('a call that waits can be refused, once, and its line is free (R3.2)', async () => {
    const call = invite(oneLine);
    const session = await admitted(ledger.dispatch, call);
    expect([await refuse(session, 'no_worker'), await refuse(session, 'no_worker')]).toEqual([true, false]);
    expect(await refusalOf(ledger.dispatch, call)).toBe('no_worker');
    expect(await decided(call.p_room)).toMatchObject({ outcome: 'refused', reason: 'no_worker', sessionId: session });
    await admitted(ledger.dispatch, invite(oneLine));
  });

  test('one renewal answers for all calls of a worker (R3.5)', async () => {
    const [kept, ended, stolen] = [
      await admitted(ledger.dispatch, invite(manyLines)),
      await admitted(ledger.dispatch, invite(manyLines)),
      await admitted(ledger.dispatch, invite(manyLines)),
    ];
    for (const session of [kept, ended]) await take(session, 'shard-1');
    await take(stolen, 'shard-2');
    await finish(ledger.dispatch, ended, 'media_lost');
    const nobodys = randomUUID();
    expect(await renew('shard-1', kept, ended, stolen, nobodys)).toEqual([
      { sessionId: kept, verdict: 'keep', reason: null },
      { sessionId: ended, verdict: 'lost', reason: 'media_lost' },
      { sessionId: stolen, verdict: 'lost', reason: null },
      { sessionId: nobodys, verdict: 'lost', reason: null },
    ]);
  });

  test('a call that nobody renews is told to one watcher, and its line is not free before (R3.5)', async () => {
    const call = invite(oneLine);
    const session = await admitted(ledger.dispatch, call);
    await take(session, 'shard-1');
    expect(await lost()).toEqual([]);
    await ledger.letLeasesRunOut();
    const [claimed] = await lost();
    expect(claimed).toMatchObject({ sessionId: session, room: call.p_room, state: 'pending', worker: 'shard-1' });
    expect(claimed).toMatchObject({ sipCallId: call.p_sip_call_id });
    expect(await lost()).toEqual([]);
    expect(await refusalOf(ledger.dispatch, invite(oneLine))).toBe('number_busy');
  });

  test('a worker that was only slow keeps its call until the watch has claimed it (R3.5)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    await take(session, 'shard-1');
    await ledger.letLeasesRunOut();
    expect(await renew('shard-1', session)).toMatchObject([{ verdict: 'keep' }]);
    expect(await take(session, 'shard-2')).toMatchObject({ taken: false });
    await ledger.letLeasesRunOut();
    await lost();
    expect(await renew('shard-1', session)).toMatchObject([{ verdict: 'lost' }]);
    expect(await take(session, 'shard-2')).toMatchObject({ taken: true });
  });

  test('a call ends once, and not by the word of a worker that lost it (R1.8)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    await take(session, 'shard-1');
    expect(await finishAs(ledger.agent, 'shard-2', session)).toBe(false);
    expect(await finishAs(ledger.agent, 'shard-1', session)).toBe(true);
    expect(await finish(ledger.dispatch, session, 'worker_lost')).toBe(false);
    expect(await finish(ledger.dispatch, randomUUID())).toBe(false);
  });

  test('a ticket is opened once, by the holder of a call that is on (R4.5)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    await take(session, 'shard-1');
    const id = randomUUID();
    expect(await openTicket(session, 'shard-2', id)).toMatchObject({ opened: false });
    expect(await openTicket(session, 'shard-1', id)).toEqual({ opened: true, reason: null });
    await finish(ledger.dispatch, session, 'caller_hung_up');
    expect(await openTicket(session, 'shard-1', id)).toMatchObject({ opened: true });
    expect(await openTicket(session, 'shard-1', randomUUID())).toEqual({ opened: false, reason: 'caller_hung_up' });
  });
}
