import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ScriptInput } from '../../dev/providers/script.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
  const override = { mode: 'realtime', greeting: { text: greeting }, realtime: { voice: 'cedar' } };
  await world.tables.from('sip_numbers').update({ config_override: override }).eq('phone_number', '2001');
});
afterEach(() => world?.providers.reset());
afterAll(async () => world?.close());

type Rule = NonNullable<ScriptInput['rules']>[number];
const greeting = 'Harbor Pizza orders, what can I get in the oven for you?';
const question = 'What time do you close tonight?';
const key = 'dev-openai-harbor-pizza';
const script = (...rules: Rule[]) => world.providers.script({ rules });
const answers = () => world.asked('respond', key);

async function greeted(): Promise<PlacedCall> {
  const placed = await world.dial('2001');
  await placed.caller.untilHeard(500);
  return placed;
}

/** The agent has spoken for so long, all in all, and is quiet now: what is said into a sentence interrupts it. */
async function spoken({ caller }: PlacedCall, ms = 500): Promise<void> {
  let heardMs = 0;
  const isQuiet = () => {
    const before = heardMs;
    heardMs = caller.heardMs;
    return heardMs > ms && heardMs === before;
  };
  await waitFor(isQuiet, { what: 'the agent to have spoken', deadlineMs: 20_000, intervalMs: 700 });
}

async function ask(call: PlacedCall, words = question): Promise<void> {
  await spoken(call);
  call.caller.say(await world.speech(words));
}

const untilAsked = (words: string) =>
  waitFor(() => answers().some(({ user }) => user?.includes(words)), {
    what: `"${words}" to be heard`,
    deadlineMs: 30_000,
  });

const usageSchema = z.array(
  z.object({ kind: z.string(), provider: z.string(), model: z.string(), unit: z.string(), amount: z.number() }),
);
async function usageOf(session: string) {
  const { data } = await world.tables
    .from('session_usage')
    .select('kind,provider,model,unit,amount')
    .eq('session_id', session);
  return usageSchema.parse(data);
}

describe('a number whose agent hears and speaks with one model', () => {
  test('a caller hears the greeting word for word, is understood and answered, and is on record (R4.1, R1.8, R2.2)', async () => {
    const call = await greeted();
    const sentBytes = () => world.asked('realtime', key)[0]?.bytes;
    await spoken(call);
    expect(sentBytes(), 'silence is neither sent nor paid for').toBe(0);
    call.caller.say(await world.speech(question));
    await untilAsked(question);
    expect(sentBytes()).toBeLessThan(6 * 48_000);
    await spoken(call, call.caller.heardMs + 500);
    await call.caller.hangUp();

    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
    const turns = await world.transcript(call.session);
    expect(turns.slice(0, 2)).toEqual([
      { role: 'agent', text: greeting },
      { role: 'caller', text: question },
    ]);
    expect(turns[2]?.text).toContain(question);
    expect(world.asked('realtime', key)[0]?.params).toMatchObject({ model: 'gpt-realtime' });
    const kinds = ['listen', 'chat', 'speech'] as const;
    expect(kinds.flatMap((kind) => world.asked(kind, key))).toEqual([]);
    const usage = await usageOf(call.session);
    expect(new Set(usage.map(({ kind, provider, model }) => `${kind} ${provider} ${model}`))).toEqual(
      new Set(['realtime openai gpt-realtime']),
    );
    const units = usage.map(({ unit }) => unit);
    expect(units).toEqual(
      expect.arrayContaining(['input_tokens', 'output_tokens', 'input_audio_tokens', 'output_audio_tokens']),
    );
  });

  test('beside a tenant with a pipeline, neither sees the other’s words, prompt or key (R1.6)', async () => {
    const [pizza, studio] = await Promise.all([world.dial('2001'), world.dial('+390612345678')]);
    await Promise.all([pizza.caller.untilHeard(500), studio.caller.untilHeard(500)]);
    pizza.caller.say(await world.speech('Do you deliver to Station Road?'));
    studio.caller.say(await world.speech('A che ora aprite domani?', 'it'));
    await untilAsked('Station Road');
    await waitFor(() => world.asked('chat', 'dev-openai-studio-bianchi').length > 0, {
      what: 'the other',
      deadlineMs: 30_000,
    });
    await Promise.all([pizza.caller.hangUp(), studio.caller.hangUp()]);
    await Promise.all([world.settled(pizza.session), world.settled(studio.session)]);

    const told = (tenant: string) =>
      JSON.stringify(world.providers.journal().filter((entry) => entry.key.endsWith(tenant)));
    expect(told('studio-bianchi')).not.toMatch(/Harbor|Pizza|Station/);
    expect(told('harbor-pizza')).not.toMatch(/Bianchi|aprite/);
    const words = async ({ session }: PlacedCall) => JSON.stringify(await world.transcript(session));
    expect(await words(pizza)).toMatch(/Station Road/);
    expect(await words(studio)).not.toMatch(/Harbor|Station/);
    expect((await usageOf(studio.session)).map(({ kind }) => kind)).not.toContain('realtime');
    expect((await usageOf(pizza.session)).every(({ kind }) => kind === 'realtime')).toBe(true);
  });

  test('a caller who talks into an answer stops it, and only what was played is on record (R4.2)', async () => {
    const call = await greeted();
    const long = `The answer begins. ${'And so it goes on and on. '.repeat(20)} The answer ends.`;
    await script({ match: { kind: 'respond', user: 'close' }, times: 1, reply: long });
    await ask(call);
    await untilAsked('close');
    const heardMs = call.caller.heardMs;
    await call.caller.untilHeard(heardMs + 1_500);
    call.caller.say(await world.speech('Do you deliver to Station Road?'));
    await untilAsked('Station Road');
    await call.caller.hangUp();
    await world.settled(call.session);
    const answer = (await world.transcript(call.session)).find(({ text }) => text.startsWith('The answer begins'));
    expect(answer?.text.length).toBeLessThan(long.length / 2);
  });

  test('the agent says goodbye and hangs up when the model ends the call (R4.6, R1.8)', async () => {
    await script({
      match: { kind: 'respond', user: 'goodbye' },
      times: 1,
      toolCall: { name: 'end_call', arguments: {} },
    });
    const call = await greeted();
    await ask(call, 'Thank you, goodbye.');
    await call.caller.untilDisconnected(40_000);
    expect((await world.settled(call.session)).end_reason).toBe('agent_hung_up');
    const goodbye = answers().at(-1);
    expect(goodbye?.reply).toContain('goodbye');
  });

  test('keys that a caller presses reach the model and the transcript (R1.7)', async () => {
    const call = await greeted();
    for (const digit of ['4', '2', '#'])
      await call.caller.room.localParticipant?.publishDtmf(digit === '#' ? 11 : Number(digit), digit);
    await untilAsked('42#');
    await call.caller.hangUp();
    await world.settled(call.session);
    expect(await world.transcript(call.session)).toContainEqual({ role: 'caller', text: '[keypad: 42#]' });
  });
});

describe('a model that hears and speaks, and fails', () => {
  test('the next one takes over, before the answer and in the middle of a call, and each is counted by itself (R4.2, R1.8)', async () => {
    const behind = ['gpt-realtime', 'gpt-realtime-mini'].map((model) => ({ provider: 'openai', model }));
    const override = {
      mode: 'realtime',
      greeting: { text: greeting },
      realtime: { model: 'unknown', fallbacks: behind },
    };
    await world.tables.from('sip_numbers').update({ config_override: override }).eq('phone_number', '2002');
    const placed = await world.dial('2002');
    await placed.caller.untilHeard(500);
    await script({ match: { kind: 'respond', key }, times: 1, fault: { type: 'status', status: 401 } });
    await ask(placed);
    const answered = () => answers().find(({ status, user }) => status === 200 && user === question);
    const answer = await waitFor(answered, { what: 'the answer of the next model', deadlineMs: 30_000 });
    const before = placed.caller.heardMs;
    await placed.caller.untilHeard(before + 500);
    await placed.caller.hangUp();

    expect((await world.settled(placed.session)).end_reason).toBe('caller_hung_up');
    const lines = world.asked('realtime', key);
    expect([...new Set(lines.map(({ params }) => params['model']))]).toEqual([
      'unknown',
      'gpt-realtime',
      'gpt-realtime-mini',
    ]);
    expect(answer.params['model']).toBe('gpt-realtime-mini');
    expect(answer.system).toContain('Harbor Pizza');
    const counted = (await usageOf(placed.session)).filter(({ unit }) => unit === 'output_tokens');
    expect(counted.map(({ model }) => model).sort()).toEqual(['gpt-realtime', 'gpt-realtime-mini']);
    expect((await world.transcript(placed.session)).map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
  });

  test.each([
    ['a wrong key', { status: 401 }],
    ['a service that is down', { status: 503 }],
  ] as const)('a caller hears busy, not an agent without voice, for %s (R4.2)', async (_what, fault) => {
    await script({ match: { kind: 'realtime', key }, fault: { type: 'status', ...fault } });
    const { session, caller } = await world.dial('2001');
    await caller.untilDisconnected(30_000);
    const { end_reason, answered_at } = await world.settled(session);
    expect({ end_reason, answered_at }).toEqual({ end_reason: 'provider_unusable', answered_at: null });
    expect(world.logText()).not.toContain('uncaught exception');
  });

  test('a line that drops in the middle of an answer is opened again, and the caller is answered (R4.2)', async () => {
    const call = await greeted();
    await script({ match: { kind: 'respond', key }, times: 1, fault: { type: 'cut', afterChunks: 2 } });
    await ask(call);
    await waitFor(() => world.asked('realtime', key).length >= 2, { what: 'a new line', deadlineMs: 30_000 });
    const before = call.caller.heardMs;
    await call.caller.untilHeard(before + 500);
    await call.caller.hangUp();
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
  });

  test('an answer that fails is asked for once more (R4.2)', async () => {
    const call = await greeted();
    await script({ match: { kind: 'respond', key }, times: 1, fault: { type: 'status', status: 429 } });
    await ask(call);
    await waitFor(() => answers().filter(({ user }) => user === question).length === 2, {
      what: 'it',
      deadlineMs: 30_000,
    });
    await call.caller.hangUp();
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
  });

  test('a caller whose model has no credit left in the middle of a call hears the apology (R4.2)', async () => {
    const call = await greeted();
    await script({
      match: { kind: 'respond', key },
      fault: { type: 'status', status: 429, code: 'insufficient_quota' },
    });
    await ask(call);
    await call.caller.untilDisconnected(60_000);
    expect((await world.settled(call.session)).end_reason).toBe('provider_failed');
    expect((await world.transcript(call.session)).at(-1)?.text).toMatch(/sorry/i);
  });
});
