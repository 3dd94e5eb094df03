/** Calls over the API: what is on the line, what was, who may know who called, and the figures of a month. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addCall, addLiveCall, addRefusal } from './api-history.ts';
import { ApiWorld, type Client, fieldOf, itemsOf } from './api-world.ts';

let world: ApiWorld;
let owner: Client;
let editor: Client;
let viewer: Client;
let neighbour: Client;
let anchovies: string;
beforeAll(async () => {
  world = await ApiWorld.start();
  [owner, editor, viewer, neighbour] = await Promise.all([
    world.signIn('harborOwner'),
    world.signIn('harborEditor'),
    world.signIn('harborViewer'),
    world.signIn('bianchiOwner'),
  ]);
  const harbor = { tenant: 'harbor-pizza', caller: '+441632960301' } as const;
  anchovies = await addCall(world, {
    ...harbor,
    number: '2001',
    startedAt: '2026-11-02T18:10:00Z',
    talkMs: 60_000,
    endReason: 'caller_hung_up',
    words: ['Harbor Pizza orders.', 'One with anchovies, please.'],
  });
  await addCall(world, {
    ...harbor,
    number: '2001',
    startedAt: '2026-11-02T18:40:00Z',
    talkMs: 30_000,
    endReason: 'agent_hung_up',
  });
  await addCall(world, {
    ...harbor,
    number: '2002',
    startedAt: '2026-11-03T23:30:00Z',
    talkMs: null,
    endReason: 'caller_gave_up',
  });
  await addCall(world, {
    tenant: 'studio-bianchi',
    number: '+390612345678',
    caller: '+39021234567',
    startedAt: '2026-11-02T10:00:00Z',
    talkMs: 10_000,
    endReason: 'caller_hung_up',
    words: ['Studio Bianchi, buongiorno.', 'Un segreto dello studio.'],
  });
  await addRefusal(world, { ...harbor, number: '2009' });
});
afterAll(() => world?.[Symbol.asyncDispose]());

describe('the history', () => {
  test('shows a business its own calls, the newest first (R5.3)', async () => {
    const calls = itemsOf(await viewer.get('/calls'));
    expect(calls.map(({ endReason }) => endReason)).toEqual(['caller_gave_up', 'agent_hung_up', 'caller_hung_up']);
    expect(calls[2]).toMatchObject({ id: anchovies, talkMs: 60_000, number: { label: 'orders' }, state: 'ended' });
    expect(itemsOf(await neighbour.get('/calls'))).toHaveLength(1);
  });

  test.each([
    ['the number', 'number', async () => `number=${await numberId('2002')}`, 1],
    ['the reason', 'reason', async () => 'reason=agent_hung_up', 1],
    ['whether it was answered', 'answered', async () => 'answered=false', 1],
    ['the day', 'day', async () => 'from=2026-11-02T00:00:00Z&to=2026-11-03T00:00:00Z', 2],
    ['a word that was said', 'words', async () => 'words=ANCHOVIES', 1],
    ['the caller', 'caller', async () => 'caller=960301', 3],
    ['the word of another business', 'words', async () => 'words=segreto', 0],
  ])('is filtered by %s (R5.3)', async (_what, _name, query, count) => {
    expect(itemsOf(await editor.get(`/calls?${await query()}`))).toHaveLength(count);
  });

  test('is read page by page, each call once (R5.5)', async () => {
    const ids: unknown[] = [];
    let after = '';
    do {
      const page = await viewer.get(`/calls?limit=1${after}`);
      ids.push(...itemsOf(page).map(({ id }) => id));
      const next = fieldOf(page, 'next');
      after = next === null ? '' : `&after=${String(next)}`;
    } while (after !== '');
    expect(ids).toEqual(itemsOf(await viewer.get('/calls')).map(({ id }) => id));
  });

  test('tells of one call what was said, how long each step took and why it ended (R1.8, R5.3)', async () => {
    expect(await viewer.get(`/calls/${anchovies}`)).toMatchObject({
      status: 200,
      body: {
        endReason: 'caller_hung_up',
        timings: { answered: 500 },
        turns: [
          { role: 'agent', text: 'Harbor Pizza orders.', atMs: 0 },
          { role: 'caller', text: 'One with anchovies, please.', atMs: 1000 },
        ],
        ticketList: [],
      },
    });
    expect(await neighbour.get(`/calls/${anchovies}`)).toMatchObject({ status: 404 });
  });
});

async function numberId(phoneNumber: string): Promise<string> {
  const [number] = itemsOf(await viewer.get(`/numbers?search=${phoneNumber}`));
  return z.uuid().parse(number?.['id']);
}

describe('who called', () => {
  test('is shown to editors, and to viewers with its middle hidden (R7.1)', async () => {
    expect(fieldOf(await editor.get(`/calls/${anchovies}`), 'caller')).toBe('+441632960301');
    expect(fieldOf(await viewer.get(`/calls/${anchovies}`), 'caller')).toBe('••••301');
  });

  test('is not found by a viewer who guesses the hidden part (R7.1)', async () => {
    expect(itemsOf(await viewer.get('/calls?caller=632960301'))).toEqual([]);
    expect(itemsOf(await viewer.get('/calls?caller=301'))).toHaveLength(3);
  });

  test('is not read past the API either (R7.1)', async () => {
    const { url, anonKey } = world.supabase;
    for (const path of ['sessions?select=caller_number', 'call_refusals?select=caller_number', 'sessions?select=*']) {
      const headers = { apikey: anonKey, authorization: `Bearer ${viewer.token}` };
      const response = await fetch(`${url}/rest/v1/${path}`, { headers, signal: AbortSignal.timeout(10_000) });
      expect(await response.text(), path).not.toContain('632960301');
      expect(response.status, path).toBe(403);
    }
  });
});

describe('a live call', () => {
  let live: string;
  beforeAll(async () => {
    live = await addLiveCall(world, { number: '2001', caller: '+441632960302' });
  });

  test('is seen by its business, with who holds it, and counted at its number (R5.1, R5.3)', async () => {
    expect(await viewer.get('/calls/live')).toMatchObject({
      body: {
        calls: [{ id: live, lastAnswerMs: null, state: 'active', worker: 'shard-1', called: '2001', endReason: null }],
      },
    });
    expect((await neighbour.get('/calls/live')).body).toEqual({ calls: [] });
    expect(itemsOf(await viewer.get('/numbers'))[0]).toMatchObject({ phoneNumber: '2001', liveCalls: 1 });
  });

  test('is ended by an editor, which is written down, and not by a viewer or a neighbour (R5.3)', async () => {
    expect(await viewer.post(`/calls/${live}/hang-up`)).toMatchObject({ status: 403 });
    expect(await neighbour.post(`/calls/${live}/hang-up`)).toMatchObject({ status: 404 });
    expect(await editor.post(`/calls/${live}/hang-up`)).toMatchObject({ status: 204 });
    expect(await world.rows('active_calls', { session_id: `eq.${live}` })).toMatchObject([
      { end_requested: 'told_to_end' },
    ]);
    expect(itemsOf(await owner.get('/audit?action=call.ended'))).toMatchObject([
      { who: 'eva@harbor-pizza.test', target: live },
    ]);
  });

  test('is listened to by an owner, unheard and unseen, and that is written down (R5.3)', async () => {
    expect(await editor.post(`/calls/${live}/listen`)).toMatchObject({ status: 403 });
    const listening = await owner.post(`/calls/${live}/listen`);
    const { token } = z.object({ token: z.string() }).parse(listening.body);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims.video).toMatchObject({ hidden: true, canPublish: false, canPublishData: false, canSubscribe: true });
    expect(itemsOf(await owner.get('/audit?action=call.listened'))).toMatchObject([{ who: 'ada@harbor-pizza.test' }]);
  });
});

test('refused calls tell why, to the business whose number it was (R1.5, R5.3)', async () => {
  expect(itemsOf(await editor.get('/refusals'))).toMatchObject([
    { reason: 'number_inactive', called: '2009', caller: '+441632960301' },
  ]);
  expect(itemsOf(await neighbour.get('/refusals'))).toEqual([]);
});

test('the figures of a month count calls a day by the business’s clock, talk, busy hours and refusals (R5.3)', async () => {
  const query = 'from=2026-11-01T00:00:00Z&to=2026-11-10T00:00:00Z&timezone=Europe/Rome';
  expect((await viewer.get(`/calls/statistics?${query}`)).body).toMatchObject({
    calls: 3,
    answered: 2,
    averageTalkMs: 45_000,
    answerMs: { p50: 500 },
    days: expect.arrayContaining([
      { day: '2026-11-02', calls: 2, answered: 2, refused: 0, averageTalkMs: 45_000 },
      // Half past eleven at night in London is the next day in Rome.
      { day: '2026-11-04', calls: 1, answered: 0, refused: 0, averageTalkMs: null },
    ]),
    hours: [
      { weekday: 1, hour: 19, calls: 2 },
      { weekday: 3, hour: 0, calls: 1 },
    ],
  });
  const ever = await viewer.get('/calls/statistics?from=2026-11-01T00:00:00Z&to=2100-01-01T00:00:00Z');
  expect(ever).toMatchObject({ body: { refused: 1, refusals: [{ reason: 'number_inactive', count: 1 }] } });
});

test('a test call gets a ticket into a room of its number, and none for a viewer (R5.4)', async () => {
  const number = await numberId('2001');
  expect(await viewer.post(`/numbers/${number}/test-call`)).toMatchObject({ status: 403 });
  const ticket = await editor.post(`/numbers/${number}/test-call`);
  const { token, room } = z.object({ token: z.string(), room: z.string() }).parse(ticket.body);
  expect(room).toMatch(/^call_2001_/);
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({ kind: 'sip', attributes: { 'sip.trunkPhoneNumber': '2001' }, video: { room } });
});
