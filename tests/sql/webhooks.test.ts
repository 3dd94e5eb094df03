/** What happens to calls is owed to the endpoints of the tenant it happened to, and nothing of that is in the way of a call. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventNames } from '../../dispatch/webhooks/events.ts';
import { numberRowSchema } from '../../shared/contracts.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admitted, finish, invite, refusalOf, refusedSchema } from './calls.ts';
import { addEndpoint, bianchi, claim, eventsOwedTo, harbor, inOpenTransaction, owedTo } from './endpoints.ts';

const told = eventNames.filter((event) => event !== 'webhook.test');
const caller = '+442079460123';

/** The example of each event that docs/webhooks.md shows. */
const examples = [...readFileSync('docs/webhooks.md', 'utf8').matchAll(/```json\n([\s\S]*?)```/g)].map((match) =>
  z.looseObject({ type: z.string(), data: z.looseObject({}) }).parse(JSON.parse(match[1] ?? '')),
);

describe.skipIf(noPostgres)('what webhooks are told', () => {
  const { database, dispatch, agent, first } = openBooks();
  beforeEach(() => database.sql`delete from webhook_endpoints`);

  const endpoint = (organization: string, wishes: Parameters<typeof addEndpoint>[2] = {}) =>
    addEndpoint(database.sql, organization, wishes);
  const owed = (id: string) => owedTo(database.sql, id);
  const events = (id: string) => eventsOwedTo(database.sql, id);
  const openBreaker = (session: string) => database.sql`
    select private.tell_breaker(session, null, 'fatal', 'bad_key') from sessions session where id = ${session}`;
  const closeBreakers = () => database.sql`select * from reset_breakers('harbor-pizza')`;

  /** Everything that Harbor Pizza can be told of, once. @returns the session of its call */
  async function story(): Promise<string> {
    const session = await admitted(dispatch, invite('2001', caller));
    await first.takeAndAnswer(session);
    const turns = [{ role: 'caller', text: 'a word that was said', at_ms: 1 }];
    await finish(agent, session, 'caller_hung_up', { turns, usage: [], timings: {} });
    expect(await refusalOf(dispatch, invite('2009', caller))).toBe('number_inactive');
    await database.sql`insert into tickets (organization_id, session_id, title) values (${harbor}, ${session}, 'Oven')`;
    await openBreaker(session);
    await closeBreakers();
    await database.sql`update sip_numbers set config_override = '{"language": "en"}' where phone_number = '2001'`;
    return session;
  }

  test('a tenant is told of everything that happens to it, of what each endpoint wants, and no other tenant is (R5.5)', async () => {
    const everything = await endpoint(harbor);
    const named = new Map<string, string>();
    for (const event of told) named.set(event, await endpoint(harbor, { events: [event] }));
    const off = await endpoint(harbor, { active: false });
    const neighbour = await endpoint(bianchi);
    await story();
    expect(await events(everything)).toEqual([
      'call.started',
      'call.answered',
      'call.ended',
      'call.refused',
      'ticket.opened',
      'breaker.opened',
      'breaker.closed',
      'config.changed',
    ]);
    for (const [event, id] of named) expect(await events(id)).toEqual([event]);
    expect([await events(off), await events(neighbour)]).toEqual([[], []]);
  });

  test('what is told says who called, which number, when and why, and nothing of what was said (R5.5)', async () => {
    const everything = await endpoint(harbor);
    const session = await story();
    const payloads = await owed(everything);
    const data = (type: string) => payloads.find((payload) => payload.type === type)?.data;
    expect(data('call.ended')).toMatchObject({
      id: session,
      called: '2001',
      caller,
      endReason: 'caller_hung_up',
      talkMs: expect.any(Number),
    });
    expect(data('call.started')).toMatchObject({ id: session, answeredAt: null, endedAt: null, endReason: null });
    expect(data('call.refused')).toMatchObject({ call: null, called: '2009', caller, reason: 'number_inactive' });
    expect(data('ticket.opened')).toMatchObject({ call: session, title: 'Oven', priority: 'normal' });
    expect(data('breaker.opened')).toMatchObject({ provider: null, state: 'open', lastReason: 'bad_key' });
    expect(data('config.changed')).toMatchObject({ layer: 'number', revision: expect.any(Number) });
    for (const payload of payloads) expect(Date.parse(payload.at), payload.type).toBeGreaterThan(Date.now() - 60_000);
    expect(JSON.stringify(payloads)).not.toContain('a word that was said');
  });

  test('what docs/webhooks.md shows of each event is what a tenant gets (R5.5)', async () => {
    const everything = await endpoint(harbor);
    await story();
    const keys = (payload: { data: object }) => Object.keys(payload.data).sort();
    for (const payload of await owed(everything)) {
      const example = examples.find(({ type }) => type === payload.type);
      expect(example && keys(example), payload.type).toEqual(keys(payload));
    }
    expect(new Set(examples.map(({ type }) => type))).toEqual(new Set(eventNames));
  });

  test('what endpoints may ask for is what the API offers them (R5.5)', async () => {
    const [row] = await database.sql`
      select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'events_are_known'`;
    const known = [
      ...z
        .string()
        .parse(row?.['text'])
        .matchAll(/'([a-z.]+)'/g),
    ].map((match) => match[1]);
    expect(known).toEqual(eventNames);
    await expect(endpoint(harbor, { events: ['call.rang'] })).rejects.toThrow('events_are_known');
  });

  test('a tenant without an endpoint is owed nothing (R5.5)', async () => {
    await story();
    expect(await database.sql`select from webhook_deliveries`).toHaveLength(0);
  });

  test('a call that no agent took is told as ended and as refused, by the same id (R5.5)', async () => {
    const everything = await endpoint(harbor);
    const session = await admitted(dispatch, invite('2001'));
    await dispatch.row('refuse_call', { p_session_id: session, p_reason: 'no_worker' }, refusedSchema);
    expect(await events(everything)).toEqual(['call.started', 'call.ended', 'call.refused']);
    const [, ended, refused] = await owed(everything);
    expect(ended?.data).toMatchObject({ id: session, endReason: 'no_worker', talkMs: null });
    expect(refused?.data).toMatchObject({ call: session, reason: 'no_worker' });
  });

  test('a call that came while the database was away is told when it is known (R5.5)', async () => {
    const everything = await endpoint(harbor);
    const [call, session, at] = [invite('2001'), randomUUID(), new Date().toISOString()];
    const number = await agent.row('lookup_number', { p_called: '2001' }, numberRowSchema);
    await first.adopt(session, {
      tenant: 'harbor-pizza',
      number_id: number.numberId,
      called_number: call.p_called,
      caller_number: call.p_caller,
      sip_call_id: call.p_sip_call_id,
      sip_from_tag: call.p_sip_from_tag,
      room: call.p_room,
      admitted_at: at,
      answered_at: at,
    });
    expect(await events(everything)).toEqual(['call.started', 'call.answered']);
  });

  test('a breaker that opens again after a try is no news, and that it closed is told once (R5.5)', async () => {
    const everything = await endpoint(harbor, { events: ['breaker.opened', 'breaker.closed'] });
    await openBreaker(await admitted(dispatch, invite('2001')));
    await database.sql`update breakers set open_until = now() - interval '1 second'`;
    await openBreaker(await admitted(dispatch, invite('2001')));
    expect(await database.sql`select state, openings from breakers`).toEqual([{ state: 'open', openings: 2 }]);
    expect(await events(everything)).toEqual(['breaker.opened']);
    await closeBreakers();
    await closeBreakers();
    expect(await events(everything)).toEqual(['breaker.opened', 'breaker.closed']);
  });

  test('what the platform saves for all is no tenant’s news (R5.5)', async () => {
    const everything = await endpoint(harbor);
    await database.sql`update platform_settings set config = '{"language": "en"}'`;
    expect(await events(everything)).toEqual([]);
  });

  test('a payload that cannot be written keeps no call from coming in, being answered and ending (R5.5)', async () => {
    const everything = await endpoint(harbor);
    await database.sql`alter table webhook_deliveries add constraint broken check (payload is null) not valid`;
    const session = await story();
    await database.sql`alter table webhook_deliveries drop constraint broken`;
    expect(await database.sql`select end_reason from sessions where id = ${session}`).toEqual([
      { end_reason: 'caller_hung_up' },
    ]);
    expect(await database.sql`select reason from call_refusals`).toEqual([{ reason: 'number_inactive' }]);
    expect(await events(everything)).toEqual([]);
  });

  test('no call waits for an endpoint that is being removed, and the others are told (R5.5)', async () => {
    const [leaving, staying] = [await endpoint(harbor), await endpoint(harbor)];
    await inOpenTransaction(database, async (slow) => {
      await slow`delete from webhook_endpoints where id = ${leaving}`;
      await finish(dispatch, await admitted(dispatch, invite('2001')));
      expect(await events(staying)).toEqual(['call.started', 'call.ended']);
    });
  });

  test('a call comes in and ends while somebody works on the tables of webhooks (R5.5)', async () => {
    const everything = await endpoint(harbor);
    await inOpenTransaction(database, async (slow) => {
      await slow`lock table webhook_deliveries in access exclusive mode`;
      expect(await finish(dispatch, await admitted(dispatch, invite('2001')))).toBe(true);
    });
    expect(await events(everything)).toEqual([]);
  });

  test('an endpoint that is switched off is told nothing of before when it is switched on (R5.5)', async () => {
    const everything = await endpoint(harbor);
    await admitted(dispatch, invite('2001'));
    const switched = (active: boolean) => database.sql`update webhook_endpoints set active = ${active}`;
    await switched(false);
    await admitted(dispatch, invite('2001'));
    await switched(true);
    expect(await events(everything)).toEqual(['call.started']);
    expect(await claim(dispatch)).toEqual([]);
    expect(await database.sql`select last_error from webhook_deliveries`).toEqual([
      { last_error: 'the webhook was switched off' },
    ]);
  });
});
