import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { json, openBackendServer } from '../unit/agent/backend/backend-server.ts';
import { Watch } from './agent-watch.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

const pizza = '0a000000-0000-4000-8000-000000000001';
const openai = 'dev-openai-harbor-pizza';
const deepgram = 'dev-deepgram-harbor-pizza';
const question = 'Do you deliver to Station Road?';
const never = { weekly: {} };

const ticketSchema = z.object({ kind: z.string(), title: z.string(), body: z.string(), contact: z.string() });

let world: AgentWorld;
let backend: Awaited<ReturnType<typeof openBackendServer>>;
let numbers = 2100;

beforeAll(async () => {
  backend = await openBackendServer((response, { path }) => {
    const answer = () => json(response, { zone: 'Station Road is in zone three' });
    if (path.includes('slow')) setTimeout(answer, 2_000);
    else answer();
  });
  world = await startAgentWorld();
  const { data } = await world.tables.from('platform_settings').select('config').single();
  const config = { ...data?.config, owner: { private_hosts: [backend.host] } };
  await world.tables.from('platform_settings').update({ config }).not('config', 'is', null);
});
afterEach(() => {
  world.database.restore();
  return world.providers.reset();
});
afterAll(async () => {
  await world?.close();
  await backend?.close();
});

/** A call to a new number of Harbor Pizza with this override. */
async function dial(config_override: object): Promise<PlacedCall> {
  const phone_number = String(++numbers);
  const row = { phone_number, organization_id: pizza, label: 'tools', active: true, max_concurrent_calls: 5 };
  const { error } = await world.tables.from('sip_numbers').insert({ ...row, config_override });
  if (error !== null) throw new Error(error.message);
  return await world.dial(phone_number);
}

async function greeted(config_override: object): Promise<PlacedCall> {
  const call = await dial(config_override);
  await call.caller.untilHeard(500);
  return call;
}

/** The model uses this tool when the caller asks the question. */
const useTool = (name: string, args: object) =>
  world.providers.script({
    rules: [
      {
        match: { kind: 'chat', key: openai, user: 'Station Road' },
        times: 1,
        toolCall: { name, arguments: { ...args } },
      },
    ],
  });

async function toldByTool(): Promise<string> {
  return await waitFor(
    () => world.asked('chat', openai).find(({ toolResult }) => toolResult !== undefined)?.toolResult,
    {
      what: 'the model to be told what the tool gave',
      deadlineMs: 30_000,
    },
  );
}

async function ticketsOf(session: string) {
  const { data } = await world.tables.from('tickets').select('kind,title,body,contact').eq('session_id', session);
  return z.array(ticketSchema).parse(data);
}

const spoken = (text: string) => world.asked('speech', openai).some(({ user }) => user?.includes(text));

describe('tools of an agent in a call', () => {
  test('a ticket that the agent opens is in the history of this very call (R4.5)', async () => {
    await useTool('create_ticket', { subject: 'Cold pizza', body: 'Order 42 came cold.', contact: 'Ada' });
    const { session, caller } = await greeted({ tools: { ticket: { enabled: true } } });
    caller.say(await world.speech(question));
    expect(await toldByTool()).toContain('The ticket is open.');
    await caller.hangUp();
    await world.settled(session);
    expect(await ticketsOf(session)).toEqual([
      { kind: 'ticket', title: 'Cold pizza', body: 'Order 42 came cold.', contact: 'Ada' },
    ]);
  });

  test('a message that was taken while the database is away is not lost, though the caller hangs up (R4.5)', async () => {
    await useTool('take_message', { message: 'Call me back.', contact: 'Ada' });
    const { session, caller } = await greeted({ tools: { message: { enabled: true } } });
    world.database.cut();
    caller.say(await world.speech(question));
    expect(await toldByTool()).toContain('It is written down');
    await caller.hangUp();
    world.database.restore();
    await world.settled(session);
    expect(await ticketsOf(session)).toMatchObject([{ kind: 'message', body: 'Call me back.' }]);
  });

  test('the agent asks the business’s own server and answers with what it says (R4.4)', async () => {
    await useTool('delivery_zone', { street: 'Station Road' });
    const parameters = { type: 'object', properties: { street: { type: 'string' } }, required: ['street'] };
    const action = { name: 'delivery_zone', description: 'Finds a zone.', method: 'GET', path: '/zones', parameters };
    const { session, caller } = await greeted({ backend: { url: backend.url }, tools: { actions: [action] } });
    caller.say(await world.speech(question));
    expect(await toldByTool()).toContain('zone three');
    await caller.hangUp();
    await world.settled(session);
    const asked = backend.asked.filter(({ headers }) => headers['x-switchboard-call'] === session);
    expect(asked).toMatchObject([{ method: 'GET', path: '/phone/zones?street=Station+Road' }]);
  });

  test('digits that the agent asked for reach it, and neither transcript nor log (R4.5)', async () => {
    await useTool('collect_digits', { ask: 'Your customer number, please.', count: 6, timeout_s: 20 });
    const { session, caller } = await greeted({ tools: { collect_digits: { enabled: true } } });
    caller.say(await world.speech(question));
    await waitFor(() => spoken('customer number'), { what: 'the caller to be asked', deadlineMs: 30_000 });
    for (const digit of '987654') await caller.room.localParticipant?.publishDtmf(Number(digit), digit);
    expect(await toldByTool()).toContain('987654');
    await caller.hangUp();
    await world.settled(session);
    expect(JSON.stringify(world.logOf(session))).not.toContain('987654');
  });

  test('the agent goes on in the caller’s language, hears it and speaks it (R4.6)', async () => {
    await useTool('switch_language', { language: 'it' });
    const { session, caller } = await greeted({ languages: ['it'], tools: { switch_language: { enabled: true } } });
    caller.say(await world.speech(question));
    await toldByTool();
    await waitFor(() => world.asked('listen', deepgram).some(({ language }) => language === 'it'), {
      what: 'somebody to listen in Italian',
      deadlineMs: 20_000,
    });
    caller.say(await world.speech('A che ora aprite domani?', 'it'));
    await waitFor(() => world.asked('chat', openai).some(({ user }) => user?.includes('aprite domani')), {
      what: 'the Italian words to reach the model',
      deadlineMs: 30_000,
    });
    expect(world.asked('chat', openai).at(-1)?.system).toContain('Speak Italian');
    await caller.hangUp();
    await world.settled(session);
    expect((await world.transcript(session)).map(({ text }) => text)).toContain('A che ora aprite domani?');
  });

  test('whoever goes on with such a call does so in that language, from the first word on (R3.5, R4.6)', async () => {
    await useTool('switch_language', { language: 'it' });
    const call = await greeted({ languages: ['it'], tools: { switch_language: { enabled: true } } });
    call.caller.say(await world.speech(question));
    await toldByTool();
    const kept = () => world.tables.from('sessions').select('language').eq('id', call.session).single();
    const isKept = async () => (await kept()).data?.language === 'it';
    await waitFor(isKept, { what: 'the language to be kept', deadlineMs: 10_000 });
    const listening = () => world.asked('listen', deepgram).filter(({ language }) => language === 'it').length;
    const before = listening();
    const watch = new Watch(world);
    await watch.sendAgentsOut(call);
    await watch.placeAgain(call);
    const sorry = async () => (await world.transcript(call.session)).some(({ text }) => text === phrases.it.resumed);
    await waitFor(sorry, { what: 'the sorry in Italian to be said', deadlineMs: 30_000 });
    await waitFor(() => listening() > before, { what: 'somebody to listen in Italian', deadlineMs: 20_000 });
    call.caller.say(await world.speech('A che ora aprite domani?', 'it'));
    await waitFor(() => world.asked('chat', openai).some(({ user }) => user?.includes('aprite domani')), {
      what: 'the Italian words to reach the model',
      deadlineMs: 30_000,
    });
    expect(world.asked('chat', openai).at(-1)?.system).toContain('Speak Italian');
    expect(call.caller.disconnected).toBe(false);
    await call.caller.hangUp();
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
  });

  test('a caller who says nothing is asked whether they are there (R1.7)', async () => {
    const turn = { silence_prompt_s: 2, silence_prompt: 'Hello, is anybody there?' };
    const { session, caller } = await greeted({ turn });
    await waitFor(() => spoken('is anybody there'), { what: 'the question', deadlineMs: 30_000 });
    await caller.hangUp();
    await world.settled(session);
  });
});

describe('an agent whose model hears and speaks in one', () => {
  const realtime = { mode: 'realtime', realtime: { voice: 'cedar' } };
  const told = () => world.asked('respond', openai).find(({ toolResult }) => toolResult !== undefined)?.toolResult;

  test('has the same tools: a ticket, and a business’s own server that takes its time (R4.1, R4.4, R4.5)', async () => {
    const rule = (name: string, args: object) => ({
      match: { kind: 'respond' as const, key: openai, user: 'Station Road' },
      times: 1,
      toolCall: { name, arguments: { ...args } },
    });
    await world.providers.script({
      rules: [rule('create_ticket', { subject: 'Delivery', body: 'Wants pizza.' }), rule('slow_zone', {})],
    });
    const parameters = { type: 'object', properties: {} };
    const action = { name: 'slow_zone', description: 'Finds a zone.', method: 'GET', path: '/slow', parameters };
    const { session, caller } = await greeted({
      ...realtime,
      backend: { url: backend.url },
      tools: { ticket: { enabled: true }, actions: [action] },
    });
    await caller.untilHeard(1_500);
    caller.say(await world.speech(question));
    await waitFor(told, { what: 'the model to be told that the ticket is open', deadlineMs: 30_000 });
    await waitFor(() => world.asked('respond', openai).some(({ toolResult }) => toolResult?.includes('zone three')), {
      what: 'the model to be told what the slow server said',
      deadlineMs: 30_000,
    });
    await caller.hangUp();
    await world.settled(session);
    expect(await ticketsOf(session)).toMatchObject([{ kind: 'ticket', title: 'Delivery' }]);
  });

  test('says that its business is closed, and ends the call (R2.9, R4.1)', async () => {
    const closed = { text: 'Harbor Pizza is closed now.', action: 'message' };
    const { session, caller } = await dial({ ...realtime, hours: { ...never, closed } });
    await caller.untilHeard(500);
    await caller.untilDisconnected(30_000);
    expect((await world.settled(session)).end_reason).toBe('closed');
    expect((await world.transcript(session)).map(({ text }) => text).join()).toContain('is closed now');
  });
});

describe('a business that is closed', () => {
  const closed = { text: '{{business_name}} is closed now.' };

  test('says so and ends the call, without ears or thoughts that it would pay for (R2.9)', async () => {
    const { session, caller } = await dial({ hours: { ...never, closed: { ...closed, action: 'message' } } });
    await caller.untilHeard(500);
    await caller.untilDisconnected(30_000);
    expect((await world.settled(session)).end_reason).toBe('closed');
    expect(await world.transcript(session)).toEqual([{ role: 'agent', text: 'Harbor Pizza is closed now.' }]);
    expect(world.asked('listen', deepgram)).toEqual([]);
    expect(world.asked('chat', openai)).toEqual([]);
  });

  test('keeps what the caller says as a message (R2.9)', async () => {
    const { session, caller } = await dial({ hours: { ...never, closed: { ...closed, action: 'voicemail' } } });
    await caller.untilHeard(500);
    caller.say(await world.speech('My order has not arrived, can you help me?'));
    await caller.untilDisconnected(60_000);
    expect((await world.settled(session)).end_reason).toBe('closed');
    expect(await ticketsOf(session)).toEqual([
      { kind: 'message', title: 'Voicemail', body: 'My order has not arrived, can you help me?', contact: '' },
    ]);
    expect(world.asked('chat', openai)).toEqual([]);
    expect(await world.transcript(session)).toMatchObject([
      { role: 'agent' },
      { role: 'caller', text: 'My order has not arrived, can you help me?' },
    ]);
  });

  test('keeps the words of a caller who hangs up while speaking (R2.9)', async () => {
    const { session, caller } = await dial({ hours: { ...never, closed: { ...closed, action: 'voicemail' } } });
    await caller.untilHeard(500);
    caller.say(await world.speech('My order has not arrived, can you help me?'));
    await waitFor(() => world.asked('listen', deepgram).some(({ recognised }) => recognised), {
      what: 'the words to be understood',
      deadlineMs: 30_000,
    });
    await caller.hangUp();
    expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
    expect(await ticketsOf(session)).toMatchObject([{ body: 'My order has not arrived, can you help me?' }]);
  });

  test('whose other line cannot be reached lets the caller leave a message instead (R2.9)', async () => {
    const destinations = [{ id: 'on-call', label: 'the owner', uri: 'tel:+390698765432' }];
    const { session, caller } = await dial({
      hours: { ...never, closed: { ...closed, action: 'forward', forward_to: 'on-call' } },
      tools: { transfer: { destinations } },
    });
    await world.logged(session, 'transfer');
    caller.say(await world.speech('My order has not arrived, can you help me?'));
    await caller.untilDisconnected(60_000);
    expect((await world.settled(session)).end_reason).toBe('closed');
    expect(await ticketsOf(session)).toMatchObject([{ kind: 'message' }]);
  });

  test('whose agent answers nevertheless knows that it is closed, and its opening hours (R2.9)', async () => {
    await useTool('business_hours', {});
    const { session, caller } = await greeted({ hours: never, tools: { business_hours: { enabled: true } } });
    caller.say(await world.speech(question));
    expect(JSON.parse(await toldByTool())).toMatchObject({ open_now: false });
    expect(world.asked('chat', openai)[0]?.system).toContain('The business is closed now.');
    await caller.hangUp();
    await world.settled(session);
  });
});

test('a caller whom no model can answer any more hears so and can leave a message (R4.2)', async () => {
  await world.providers.script({
    rules: [{ match: { kind: 'chat', key: openai }, fault: { type: 'status', status: 500 } }],
  });
  const { session, caller } = await greeted({
    apology: { text: 'We are sorry, please leave a message.', action: 'message' },
  });
  caller.say(await world.speech(question));
  await waitFor(() => spoken('leave a message'), { what: 'the apology', deadlineMs: 30_000 });
  await world.logged(session, 'waiting for a voicemail');
  caller.say(await world.speech('My order has not arrived, can you help me?'));
  await caller.untilDisconnected(60_000);
  expect((await world.settled(session)).end_reason).toBe('provider_failed');
  expect(await ticketsOf(session)).toEqual([
    { kind: 'message', title: 'Voicemail', body: 'My order has not arrived, can you help me?', contact: '' },
  ]);
});
