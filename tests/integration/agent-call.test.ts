import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { agentTopics } from './agent-caller.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
});
afterEach(() => world.providers.reset());
afterAll(async () => world?.close());

const turnSchema = z.object({ role: z.string(), latency: z.record(z.string(), z.number()).nullable() });
const pizzaKey = 'dev-openai-harbor-pizza';
const studioKey = 'dev-openai-studio-bianchi';
const untilAsked = (key: string) =>
  waitFor(() => world.asked('chat', key).length > 0, { what: `the model to be asked with ${key}`, deadlineMs: 30_000 });

describe('a call that is answered', () => {
  test('a caller hears the greeting of the dialled number, is understood and answered, and is on record (R1.4, R1.8)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilAnswered();
    await caller.untilHeard(500);
    caller.say(await world.speech('What time do you close tonight?'));
    await untilAsked(pizzaKey);
    await waitFor(() => world.asked('speech', pizzaKey).length > 1, { what: 'the answer', deadlineMs: 20_000 });
    const greetedMs = caller.heardMs;
    await caller.untilHeard(greetedMs + 500);
    await caller.hangUp();

    const { end_reason, answered_at, timings } = await world.settled(session);
    expect(end_reason).toBe('caller_hung_up');
    expect(answered_at).not.toBeNull();
    expect(timings['published']).toBeGreaterThan(timings['session_started'] ?? Number.POSITIVE_INFINITY);
    const turns = await world.transcript(session);
    expect(turns[0]).toEqual({ role: 'agent', text: 'Harbor Pizza orders, what can I get in the oven for you?' });
    expect(turns[1]).toEqual({ role: 'caller', text: 'What time do you close tonight?' });
  });

  test('a caller who has to wait for the room waits for the voice meanwhile (R1.7, R3.6)', async () => {
    const calls = await Promise.all(Array.from({ length: 4 }, () => world.dial('2001')));
    await Promise.all(calls.map(({ caller }) => caller.untilHeard(300)));
    await Promise.all(calls.map(({ caller }) => caller.hangUp()));
    const settled = await Promise.all(calls.map(({ session }) => world.settled(session)));
    // Rooms are joined in turn: the last one of four at once stands in line for the three before it.
    const [last] = settled.map(({ timings }) => timings).sort((a, b) => (b['joined'] ?? 0) - (a['joined'] ?? 0));
    expect(last?.['greeting_asked']).toBeLessThan(last?.['joined'] ?? 0);
  });

  test('an answer is kept with what its caller waited for, and a greeting with nothing (R5.4)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    caller.say(await world.speech('What time do you close tonight?'));
    await untilAsked(pizzaKey);
    await waitFor(() => world.asked('speech', pizzaKey).length > 1, { what: 'the answer', deadlineMs: 20_000 });
    // The rest of the greeting may still sound when the answer is asked for.
    const heardMs = caller.heardMs;
    await caller.untilHeard(heardMs + 500);
    await caller.hangUp();
    await world.settled(session);
    const { data } = await world.tables
      .from('session_turns')
      .select('role,latency')
      .eq('session_id', session)
      .order('position');
    const [greeting, question, answer] = z.array(turnSchema).length(3).parse(data);
    expect([greeting?.latency, question?.latency]).toEqual([null, null]);
    const { total_ms: total = 0, turn_ms: turn = 0, llm_ms: llm = 0, tts_ms: tts = 0 } = answer?.latency ?? {};
    expect(Math.min(turn, llm, tts)).toBeGreaterThan(0);
    expect(turn + llm + tts).toBeLessThanOrEqual(total + 10);
  });

  test('two businesses in one shard never see each other’s prompt, key or words (R1.6)', async () => {
    const [pizza, studio] = await Promise.all([world.dial('2001'), world.dial('+390612345678')]);
    await Promise.all([pizza.caller.untilHeard(500), studio.caller.untilHeard(500)]);
    pizza.caller.say(await world.speech('Do you deliver to Station Road?'));
    studio.caller.say(await world.speech('A che ora aprite domani?', 'it'));
    await Promise.all([untilAsked(pizzaKey), untilAsked(studioKey)]);
    await Promise.all([pizza.caller.hangUp(), studio.caller.hangUp()]);
    await Promise.all([world.settled(pizza.session), world.settled(studio.session)]);

    const told = (openai: string, hearing: string) =>
      JSON.stringify(world.providers.journal().filter((entry) => entry.key === openai || entry.key === hearing));
    expect(told(pizzaKey, 'dev-deepgram-harbor-pizza')).not.toMatch(/Bianchi|aprite/);
    expect(told(studioKey, 'dev-soniox-studio-bianchi')).not.toMatch(/Harbor|Pizza|Station/);
    expect(told(pizzaKey, 'dev-deepgram-harbor-pizza')).toMatch(/Station Road/);
    expect(told(studioKey, 'dev-soniox-studio-bianchi')).toMatch(/aprite/);
  });

  test('a caller reads no events of the agent over data channels and gets no answer to requests (R1.6)', async () => {
    const { session, room, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    const [agent] = [...caller.room.remoteParticipants.values()];
    expect(agent, `an agent in ${room}`).toBeDefined();
    for (const topic of agentTopics)
      await caller.room.localParticipant?.sendText('{"method":"session.history"}', { topic });
    caller.say(await world.speech('What time do you close tonight?'));
    await untilAsked(pizzaKey);
    await caller.hangUp();
    await world.settled(session);

    expect(caller.received).toEqual([]);
    expect(agent?.attributes).not.toHaveProperty('lk.agent.state');
    expect((await world.transcript(session)).map((turn) => turn.text).join()).not.toContain('session.history');
  });

  test('keys that a caller presses reach the agent and the transcript (R1.7)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    for (const digit of ['4', '2', '#'])
      await caller.room.localParticipant?.publishDtmf(digit === '#' ? 11 : Number(digit), digit);
    await untilAsked(pizzaKey);
    await caller.hangUp();
    await world.settled(session);
    expect(await world.transcript(session)).toContainEqual({ role: 'caller', text: '[keypad: 42#]' });
  });
});

describe('a call that ends', () => {
  test('the agent says goodbye and hangs up when the model ends the call (R1.8)', async () => {
    await world.providers.script({
      rules: [{ match: { kind: 'chat', user: 'goodbye' }, times: 1, toolCall: { name: 'end_call', arguments: {} } }],
    });
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    caller.say(await world.speech('Thank you, goodbye.'));
    await caller.untilDisconnected(40_000);
    expect((await world.settled(session)).end_reason).toBe('agent_hung_up');
    expect(world.asked('speech', pizzaKey).length).toBeGreaterThan(1);
  });

  test('a caller whose line LiveKit SIP calls dead is settled at once, although the leg is still in the room (R3.5)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(300);
    // The room may be deleted before LiveKit's answer to this comes, which rejects then.
    const said = caller.room.localParticipant?.setAttributes({ 'sip.callStatus': 'hangup' });
    await Promise.allSettled([said]);
    expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
    await caller.untilDisconnected();
  });

  test('a caller who says nothing for as long as the number allows is hung up on (R1.7)', async () => {
    const quiet = { turn: { caller_silent_s: 10 } };
    await world.tables.from('sip_numbers').update({ config_override: quiet }).eq('phone_number', '2002');
    const { session, caller } = await world.dial('2002');
    await caller.untilDisconnected(40_000);
    expect((await world.settled(session)).end_reason).toBe('caller_silent');
  });
});
