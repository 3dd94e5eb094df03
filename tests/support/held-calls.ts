/**
 * What whoever keeps account of calls owes those who hold and watch them: the SQL functions and the ledger of a box alike, one
 * suite for both. What only SQL can show (locks, roles, stored rows) is in tests/sql.
 */
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { claimedSchema, liveCallSchema, roomDecisionsSchema } from '../../shared/contracts.ts';
import { admit, admitted, finish, type Invite, invite, refusalOf, refusedSchema } from '../sql/calls.ts';
import { claimLost, Holder } from '../sql/holder.ts';
import { type CallLedger, forwarding, manyLines, oneLine, spoken } from './call-ledger.ts';

const endedSchema = z.object({ ended: z.boolean() });
const turns = [
  { position: 1, role: 'agent', text: 'Harbor Pizza, good evening.', at_ms: 0 },
  { position: 2, role: 'caller', text: 'A table for four, please.', at_ms: 2100 },
] as const;
const usage = [{ kind: 'tts', provider: 'openai', model: 'm', unit: 'characters', amount: 27 }] as const;

export function keepsCallsHeld(open: () => CallLedger): void {
  let ledger: CallLedger;
  let first: Holder;
  let second: Holder;
  beforeEach(async () => {
    ledger = open();
    await ledger.reset();
    first = new Holder(ledger.agent, 'shard-1');
    second = new Holder(ledger.agent, 'shard-2');
  });

  const claim = async (session: string, placements: number, fromWorker = false) => {
    const args = { p_session_id: session, p_placements: placements, p_from_worker: fromWorker };
    return (await ledger.dispatch.row('claim_call', args, claimedSchema)).claimed;
  };
  const decisions = (...rooms: string[]) =>
    ledger.dispatch.rows('room_decisions', { p_rooms: rooms }, roomDecisionsSchema);
  const live = () => ledger.dispatch.rows('live_calls', {}, liveCallSchema);
  const endRefusal = async (id: number, outcome: string) =>
    (await ledger.agent.row('end_refusal', { p_refusal_id: id, p_outcome: outcome }, endedSchema)).ended;
  const answerOf = async (call: Invite) => {
    const admission = await admit(ledger.dispatch, call);
    return admission.outcome === 'refused' ? admission.answer : undefined;
  };
  /** A call of another number of the same organisation. */
  const otherCall = () => admitted(ledger.dispatch, invite(manyLines));
  /** A call that is on, at the first worker. */
  const talking = async (call = invite(oneLine)) => {
    const session = await admitted(ledger.dispatch, call);
    await first.takeAndAnswer(session);
    return session;
  };

  test('whoever waits for its own placement may place the call again, once (R3.5)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    expect([await claim(session, 1), await claim(session, 1), await claim(session, 2)]).toEqual([true, false, true]);
    await first.take(session);
    expect([await claim(session, 3), await claim(session, 3, true)]).toEqual([false, true]);
    expect(await first.renew(session)).toBe('lost');
    await second.takeAndAnswer(session);
    expect(await claim(session, 4, true)).toBe(false);
    expect(await claim(randomUUID(), 1)).toBe(false);
  });

  test('a call that nobody takes is lost when its time is over, with everything that placing it needs (R3.5)', async () => {
    const call = invite(oneLine);
    const session = await admitted(ledger.dispatch, call);
    expect(await claimLost(ledger.dispatch)).toEqual([]);
    await ledger.letLeasesRunOut();
    const [lost, ...more] = await claimLost(ledger.dispatch);
    expect(more).toEqual([]);
    expect(lost).toMatchObject({ sessionId: session, sipCallId: call.p_sip_call_id, room: call.p_room });
    expect(lost).toMatchObject({ state: 'pending', worker: null, placements: 2, pool: 'switchboard' });
    expect(lost?.ageMs).toBeGreaterThanOrEqual(0);
    expect(await claimLost(ledger.dispatch)).toEqual([]);
  });

  test('a call that went on in another language does so at its next worker, which is the newest it was told (R3.5, R4.6)', async () => {
    const session = await talking();
    for (const language of ['fr', 'it']) expect(await first.note(session, { language })).toBe(true);
    expect(await first.note(session, { turns, usage })).toBe(true);
    await first.release(session);
    expect((await second.take(session)).resumed).toMatchObject({ language: 'it' });
  });

  test('a call that its worker gives away is another one’s at once, which knows what was said (R3.5)', async () => {
    const session = await talking();
    expect(await first.note(session, { turns, usage })).toBe(true);
    expect([await second.release(session), await first.release(session)]).toEqual([false, true]);
    expect(await claimLost(ledger.dispatch)).toMatchObject([
      { sessionId: session, state: 'active', worker: 'shard-1' },
    ]);
    expect([await first.renew(session), await first.answer(session)]).toEqual(['lost', false]);
    const taken = await second.take(session);
    const said = turns.map(({ role, text, at_ms }) => ({ role, text, at_ms }));
    expect(taken).toMatchObject({ taken: true, resumed: { turns: said } });
    expect(taken.resumed?.answeredMsAgo).toBeGreaterThanOrEqual(0);
    expect(await second.answer(session)).toBe(true);
  });

  test('nothing is resumed of a call whose caller still hears ringing (R3.5)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    expect(await first.take(session)).toMatchObject({ taken: true, resumed: null, openProviders: [] });
    await first.release(session);
    expect(await second.take(session)).toMatchObject({ taken: true, resumed: null });
  });

  test('each place of what was said is written once, by whoever has the call (R1.8)', async () => {
    const session = await talking();
    expect(await second.note(session, { turns })).toBe(false);
    expect(await first.note(session, { turns: [turns[1]] })).toBe(true);
    expect(await first.note(session, { turns: [{ ...turns[1], text: 'Again.' }, turns[0]] })).toBe(true);
    await first.release(session);
    const { resumed } = await second.take(session);
    expect(resumed?.turns.map(({ text }) => text)).toEqual([turns[0].text, turns[1].text]);
    expect(await first.note(session, { turns })).toBe(false);
  });

  test('a process that is gone leaves all its calls at once, and no others (R3.5)', async () => {
    const [one, two, three] = [await otherCall(), await otherCall(), await otherCall()];
    for (const session of [one, two]) await first.takeAndAnswer(session);
    await second.takeAndAnswer(three);
    expect([await first.gone(), await first.gone()]).toEqual([2, 0]);
    const lost = await claimLost(ledger.dispatch);
    expect(new Set(lost.map(({ sessionId }) => sessionId))).toEqual(new Set([one, two]));
    expect(await second.renew(three)).toBe('keep');
  });

  test('a renewal that overtakes the taking of the call does not lose it (R3.5)', async () => {
    const session = await admitted(ledger.dispatch, invite(oneLine));
    expect(await first.renew(session)).toBe('keep');
    expect(await first.take(session)).toMatchObject({ taken: true });
  });

  test('who was thought gone ends no call of another one, and its record comes too late only for the end (R1.8)', async () => {
    const session = await talking();
    await first.release(session);
    expect(await finish(ledger.dispatch, session, 'worker_lost')).toBe(true);
    expect(await first.finish(session, { turns: turns.map(({ position: _, ...turn }) => turn), usage })).toBe(false);
    expect(await decisions(session)).toEqual([]);
    expect(await live()).toEqual([]);
  });

  test('what was decided of a room tells whether its call is over (R3.5)', async () => {
    const [on, over, refused] = [invite(manyLines), invite(manyLines), invite('79999')];
    const session = await admitted(ledger.dispatch, on);
    const ended = await admitted(ledger.dispatch, over);
    await finish(ledger.dispatch, ended);
    await refusalOf(ledger.dispatch, refused);
    const rooms = [on, over, refused].map(({ p_room }) => p_room);
    const rows = await decisions(...rooms, 'call_7001_nobody');
    expect(new Map(rows.map(({ room, ...row }) => [room, row]))).toEqual(
      new Map([
        [on.p_room, { outcome: 'admitted', reason: null, sessionId: session, over: false, spoken: false }],
        [over.p_room, { outcome: 'admitted', reason: 'caller_hung_up', sessionId: ended, over: true, spoken: false }],
        [refused.p_room, { outcome: 'refused', reason: 'unknown_number', sessionId: null, over: false, spoken: false }],
      ]),
    );
  });

  test('every line that is in use is told, with who has it (R3.5)', async () => {
    const [waiting, on] = [invite(manyLines), invite(oneLine)];
    const session = await talking(on);
    await admitted(ledger.dispatch, waiting);
    const calls = await live();
    expect(calls.find(({ sessionId }) => sessionId === session)).toMatchObject({
      ...{ room: on.p_room, sipCallId: on.p_sip_call_id, state: 'active', worker: 'shard-1' },
    });
    expect(calls.find(({ room }) => room === waiting.p_room)).toMatchObject({ state: 'pending', worker: null });
    expect(calls).toHaveLength(2);
  });

  test('a call that was let in without anybody’s word is in the books once it is told of, beyond any limit (R3.2)', async () => {
    await talking();
    const [known] = await live();
    const adopted = { ...callOf(invite(oneLine)), tenant: known?.tenant, number_id: known?.numberId };
    const session = randomUUID();
    expect(await second.adopt(session, adopted)).toEqual({ adopted: true, reason: null });
    expect(await second.adopt(session, adopted)).toMatchObject({ adopted: true });
    expect((await live()).map(({ state, worker }) => [state, worker])).toEqual(
      expect.arrayContaining([
        ['active', 'shard-1'],
        ['active', 'shard-2'],
      ]),
    );
    expect(await refusalOf(ledger.dispatch, invite(oneLine))).toBe('number_busy');
    const thief = { ...callOf(invite(oneLine)), tenant: 'studio-bianchi', number_id: known?.numberId };
    expect(await second.adopt(randomUUID(), thief)).toEqual({ adopted: false, reason: 'tenant_mismatch' });
    expect(await second.finish(session)).toBe(true);
    expect(await second.adopt(session, adopted)).toEqual({ adopted: true, reason: 'caller_hung_up' });
    expect(await first.adopt(session, adopted)).toMatchObject({ adopted: false });
  });

  test('a call that was let in twice is one call: the one that somebody holds (R3.2)', async () => {
    const known = await admit(ledger.dispatch, invite(manyLines));
    if (known.outcome !== 'admitted') throw new Error('refused');
    const call = invite(manyLines);
    const twin = await admitted(ledger.dispatch, call);
    const mine = { ...callOf(call), tenant: known.tenant, number_id: known.numberId };
    const session = randomUUID();
    expect(await first.adopt(session, mine)).toMatchObject({ adopted: true });
    const sessions = (await live()).map(({ sessionId }) => sessionId);
    expect(sessions).toContain(session);
    expect(sessions).not.toContain(twin);
    expect(await second.adopt(randomUUID(), mine)).toMatchObject({ adopted: false });
  });

  test('a key that is refused keeps the next calls from that provider, a stumble does not, and one call tries it again (R3.6)', async () => {
    const session = await talking();
    expect(await second.report(session, 'openai', 'bad_key')).toBe(false);
    expect(await first.report(session, 'deepgram', 'timeout')).toBe(true);
    expect(await first.report(session, 'deepgram', 'other')).toBe(false);
    expect((await second.take(await otherCall())).openProviders).toEqual([]);
    expect(await first.report(session, 'openai', 'bad_key')).toBe(true);
    expect((await second.take(await otherCall())).openProviders).toEqual(['openai']);

    await ledger.letBreakersCool();
    const probe = await otherCall();
    expect((await second.take(probe)).openProviders).toEqual([]);
    expect((await second.take(await otherCall())).openProviders).toEqual(['openai']);
    await second.answer(probe);
    await second.finish(probe, { providers: [{ provider: 'openai', outcome: 'ok' }] });
    expect((await second.take(await otherCall())).openProviders).toEqual([]);
  });

  test('calls are turned away once nothing is left to talk with, until one of them goes well (R3.6)', async () => {
    const session = await talking();
    expect(await first.report(session, 'openai', 'quota', true)).toBe(true);
    expect(await refusalOf(ledger.dispatch, invite(manyLines))).toBe('breaker_open');

    await ledger.letBreakersCool();
    const probe = await otherCall();
    // What an earlier call tells is about the past.
    expect(await first.finish(session)).toBe(true);
    expect(await refusalOf(ledger.dispatch, invite(manyLines))).toBe('breaker_open');
    await second.takeAndAnswer(probe);
    await second.finish(probe, null, 'provider_failed');
    expect(await refusalOf(ledger.dispatch, invite(manyLines))).toBe('breaker_open');

    await ledger.letBreakersCool();
    const better = await otherCall();
    await second.takeAndAnswer(better);
    expect(await second.finish(better)).toBe(true);
    await otherCall();
  });

  test('half of five calls that fail turn the next ones away (R3.6)', async () => {
    const ends = ['caller_hung_up', 'caller_hung_up', 'provider_failed', 'provider_unusable', 'provider_failed'];
    for (const reason of ends) await first.finish(await talking(), null, reason);
    expect(await refusalOf(ledger.dispatch, invite(oneLine))).toBe('breaker_open');
  });

  test('however many calls the platform itself fails, no tenant is kept away for it (R3.6)', async () => {
    for (const reason of ['agent_failed', 'worker_lost'])
      for (let calls = 0; calls < 5; calls++) await first.finish(await talking(), null, reason);
    await otherCall();
  });

  test('a business with long calls gets one more caller a minute, and the first that went well opens the door (R3.6)', async () => {
    await first.report(await talking(), 'openai', 'quota', true);
    await ledger.letBreakersCool();
    const probes = [];
    for (let minute = 0; minute < 3; minute++) {
      const probe = await otherCall();
      expect((await first.take(probe)).openProviders).toEqual([]);
      await first.answer(probe);
      expect(await refusalOf(ledger.dispatch, invite(manyLines))).toBe('breaker_open');
      await ledger.letProbesGoOn();
      probes.push(probe);
    }
    await first.finish(probes[0] ?? '', null, 'provider_failed');
    const newest = await otherCall();
    expect(await refusalOf(ledger.dispatch, invite(manyLines))).toBe('breaker_open');
    const providers = [{ provider: 'openai', outcome: 'ok' as const }];
    expect(await first.finish(probes[1] ?? '', { providers })).toBe(true);
    expect((await second.take(await otherCall())).openProviders).toEqual([]);
    await second.finish(newest, null, 'provider_failed');
    await otherCall();
  });

  test('a probe that is never tried leaves its place to the next call (R3.6)', async () => {
    await first.report(await talking(), 'openai', 'bad_key', true);
    await ledger.letBreakersCool();
    const probe = await otherCall();
    const refuse = { p_session_id: probe, p_reason: 'no_worker' };
    expect(await ledger.dispatch.row('refuse_call', refuse, refusedSchema)).toEqual({ refused: true });
    await otherCall();
    expect(await refusalOf(ledger.dispatch, invite(manyLines))).toBe('breaker_open');
  });

  test('a refused caller hears the sentence, as many at once as the number says, and nobody twice (R3.4)', async () => {
    await admitted(ledger.dispatch, invite(spoken));
    const told = invite(spoken);
    const answer = await answerOf(told);
    expect(answer).toMatchObject({ action: 'message', reason: 'number_busy', language: 'it', audio_url: null });
    expect(await answerOf(told)).toEqual(answer);
    expect(await answerOf(invite(spoken))).toEqual({ action: 'busy' });
    expect(await decisions(told.p_room)).toMatchObject([{ outcome: 'refused', over: false, spoken: true }]);

    const id = answer?.action === 'message' ? answer.refusal_id : 0;
    expect([await endRefusal(id, 'played'), await endRefusal(id, 'played')]).toEqual([true, false]);
    expect(await answerOf(told)).toEqual({ action: 'busy' });
    expect(await decisions(told.p_room)).toMatchObject([{ spoken: false }]);
    expect(await answerOf(invite(spoken))).toMatchObject({ action: 'message' });
  });

  test('a refused caller is sent on, but not round in circles (R3.4)', async () => {
    await admitted(ledger.dispatch, invite(forwarding));
    const answers = [];
    for (let again = 0; again < 3; again++) answers.push(await answerOf(invite(forwarding)));
    expect(answers).toMatchObject([
      { action: 'forward', reason: 'number_busy', to: '7009', language: 'it' },
      { action: 'forward', to: '7009' },
      { action: 'busy' },
    ]);
    expect(await answerOf(invite(forwarding, '+442079460002'))).toMatchObject({ action: 'forward' });
  });
}

function callOf(call: Invite) {
  return {
    called_number: call.p_called,
    caller_number: call.p_caller,
    sip_call_id: call.p_sip_call_id,
    sip_from_tag: call.p_sip_from_tag,
    room: call.p_room,
    admitted_at: new Date(Date.now() - 5_000).toISOString(),
    answered_at: new Date(Date.now() - 3_000).toISOString(),
  };
}
