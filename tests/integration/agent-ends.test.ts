import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
let rooms: RoomServiceClient;
beforeAll(async () => {
  world = await startAgentWorld();
  rooms = new RoomServiceClient(world.livekit.httpUrl, world.livekit.apiKey, world.livekit.apiSecret);
});
afterEach(() => world.providers.reset());
afterAll(async () => world?.close());

const pizzaKey = 'dev-openai-harbor-pizza';
const studioKey = 'dev-openai-studio-bianchi';
const change = async (session: string, changes: object) => {
  const { error } = await world.tables.from('active_calls').update(changes).eq('session_id', session);
  expect(error).toBeNull();
};
const agentsIn = async (room: string) =>
  (await rooms.listParticipants(room)).filter(({ identity }) => identity.startsWith('agent-'));

describe('a call that others end', () => {
  test('a call that the platform asks to end is ended, with the reason that was asked for (R3.5)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(300);
    await change(session, { end_requested: 'told_to_end' });
    await caller.untilDisconnected();
    expect((await world.settled(session)).end_reason).toBe('told_to_end');
  });

  test('a shard that lost a call to another one leaves it alone: the caller stays, nothing is settled (R3.5)', async () => {
    const { session, room, caller } = await world.dial('2001');
    await caller.untilHeard(300);
    await change(session, { worker: 'another shard' });
    await world.logged(session, 'call left to others');
    await waitFor(async () => (await agentsIn(room)).length === 0, { what: 'the agent to leave', deadlineMs: 10_000 });
    expect(caller.disconnected).toBe(false);
    const { data } = await world.tables.from('sessions').select('ended_at').eq('id', session).single();
    expect(data).toEqual({ ended_at: null });
    await caller.hangUp();
  });

  test('a call ends when it has lasted as long as its number allows (R1.7)', async () => {
    const short = { turn: { max_duration_s: 30 } };
    await world.tables.from('sip_numbers').update({ config_override: short }).eq('phone_number', '2002');
    const { session, caller } = await world.dial('2002');
    await caller.untilDisconnected(60_000);
    expect((await world.settled(session)).end_reason).toBe('max_duration');
  });
});

test('an agent whose audio cannot be published gives its call away, and the caller rings on for another one (R3.5)', async () => {
  const placing = world.dial('2001', {}, { beforeDispatch: () => world.database.hold() });
  const { session, room, caller } = await placing;
  const agent = await waitFor(async () => (await agentsIn(room))[0], { what: 'the agent to join', deadlineMs: 10_000 });
  await rooms.updateParticipant(room, agent.identity, { permission: { canSubscribe: true, canPublish: false } });
  world.database.restore();
  await waitFor(async () => (await agentsIn(room)).length === 0, { what: 'the agent to leave', deadlineMs: 30_000 });
  const slot = () => world.tables.from('active_calls').select('released,state').eq('session_id', session).single();
  await expect.poll(async () => (await slot()).data).toEqual({ released: true, state: 'pending' });
  expect([caller.disconnected, caller.tracks]).toEqual([false, []]);
  await caller.hangUp();
});

test('a caller who speaks into a long answer stops it and is answered (R1.7)', async () => {
  const words = Array.from({ length: 12 }, (_, day) => `On day ${day + 1} of the month we open at nine.`).join(' ');
  await world.providers.script({ rules: [{ match: { kind: 'chat', user: 'close tonight' }, reply: words }] });
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(500);
  caller.say(await world.speech('What time do you close tonight?'));
  await waitFor(() => world.asked('chat', pizzaKey).length === 1, { what: 'the first question', deadlineMs: 20_000 });
  await waitFor(() => world.asked('speech', pizzaKey).length > 2, { what: 'the long answer', deadlineMs: 20_000 });
  await caller.untilHeard(caller.heardMs + 1_500);
  caller.say(await world.speech('Can I speak to a person, please?'));
  await waitFor(() => world.asked('chat', pizzaKey).length === 2, { what: 'the second question', deadlineMs: 20_000 });
  await caller.hangUp();
  await world.settled(session);

  const turns = await world.transcript(session);
  const answer = turns.find(({ role, text }) => role === 'agent' && text.startsWith('On day 1 '));
  expect(answer?.text.length).toBeLessThan(words.length);
  expect(turns).toContainEqual({ role: 'caller', text: 'Can I speak to a person, please?' });
});

test('six calls of two businesses at once: each has its own conversation, words and record (R1.6)', async () => {
  const questions = [
    ['2001', 'en', 'What time do you close tonight?'],
    ['+390612345678', 'it', 'A che ora aprite domani?'],
    ['2001', 'en', 'Do you deliver to Station Road?'],
    ['+390612345678', 'it', 'Posso parlare con una persona?'],
    ['2001', 'en', 'Can I speak to a person, please?'],
    ['+390612345678', 'it', 'Grazie, arrivederci.'],
  ] as const;
  // One is answered before the next one dials: a shard that is busy with a burst takes no further job, and nobody here places
  // one again as dispatch does.
  const calls = [];
  for (const [called, language, question] of questions) {
    const placed = await world.dial(called);
    await placed.caller.untilAnswered(30_000);
    calls.push({ ...placed, language, question });
  }
  await Promise.all(
    calls.map(async ({ caller, language, question }) => {
      await caller.untilHeard(500, 30_000);
      caller.say(await world.speech(question, language));
    }),
  );
  const asked = (key: string) => world.asked('chat', key).map(({ user }) => user);
  await waitFor(() => asked(pizzaKey).length === 3 && asked(studioKey).length === 3, {
    what: 'six questions to reach two models',
    deadlineMs: 30_000,
  });
  await Promise.all(calls.map(({ caller }) => caller.hangUp()));
  for (const { session, question } of calls) {
    await world.settled(session);
    const said = (await world.transcript(session)).filter(({ role }) => role === 'caller');
    expect(said).toEqual([{ role: 'caller', text: question }]);
  }
  const of = (language: string) => questions.filter((each) => each[1] === language).map((each) => each[2]);
  expect(new Set(asked(pizzaKey))).toEqual(new Set(of('en')));
  expect(new Set(asked(studioKey))).toEqual(new Set(of('it')));
});
