import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { learn, recogniseAll } from '../../dev/providers/recognise.ts';
import type { ScriptInput } from '../../dev/providers/script.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld({ preload: new URL('./careless-library.ts', import.meta.url) });
});
afterEach(() => world.providers.reset());
afterAll(async () => world?.close());

type Rule = NonNullable<ScriptInput['rules']>[number];
const pizza = { openai: 'dev-openai-harbor-pizza', deepgram: 'dev-deepgram-harbor-pizza' };
const studio = 'dev-openai-studio-bianchi';
const question = 'What time do you close tonight?';

/** Harbor Pizza's provider does this from now on. */
const script = (rule: Rule) => world.providers.script({ rules: [rule] });

async function greeted(called = '2001'): Promise<PlacedCall> {
  const placed = await world.dial(called);
  await placed.caller.untilHeard(500);
  return placed;
}

async function overrideNumber(override: object): Promise<void> {
  const change = world.tables.from('sip_numbers').update({ config_override: override });
  const { error } = await change.eq('phone_number', '2001');
  if (error !== null) throw new Error(error.message);
  await world.changesHeard();
}

const ask = async ({ caller }: PlacedCall) => caller.say(await world.speech(question));
const saidSorry = () => world.asked('speech', pizza.openai).some(({ user }) => user?.includes('I am sorry'));

async function expectApologyAndEnd({ session, caller }: PlacedCall): Promise<void> {
  await caller.untilDisconnected(60_000);
  expect((await world.settled(session)).end_reason).toBe('provider_failed');
  expect(saidSorry()).toBe(true);
}

describe('a speech recognition that goes deaf', () => {
  test('a caller whose provider drops the connection is heard all the same, and need not say it again (R4.2)', async () => {
    await script({
      match: { kind: 'listen', key: pizza.deepgram },
      times: 1,
      fault: { type: 'cut', afterChunks: 0 },
    });
    const call = await greeted();
    await ask(call);
    await waitFor(() => world.asked('chat', pizza.openai).some(({ user }) => user?.includes(question)), {
      what: 'the question to reach the model',
      deadlineMs: 30_000,
    });
    await call.caller.hangUp();
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
    const connections = world.asked('listen', pizza.deepgram).map(({ connection }) => connection);
    expect(new Set(connections).size).toBe(2);
  });

  test('a caller whose provider accepts everything and never says a word hears the apology (R4.2)', async () => {
    await script({ match: { kind: 'listen', key: pizza.deepgram }, fault: { type: 'silence' } });
    const call = await greeted();
    await ask(call);
    await world.logged(call.session, 'the caller speaks and no transcript comes: listening begins anew');
    await ask(call);
    await expectApologyAndEnd(call);
  });
});

describe('a language model that breaks off', () => {
  test('a caller whose answer stalls after its first words hears the apology before a second try has run out, too (R4.2)', async () => {
    await script({ match: { kind: 'chat', key: pizza.openai }, gapMs: 600_000 });
    const call = await greeted();
    await ask(call);
    await call.caller.untilDisconnected(60_000);
    expect((await world.settled(call.session)).end_reason).toBe('provider_failed');
    const { apology: text } = phrases.en;
    const known = await learn([{ text, language: 'en' }], world.providers.speech);
    const heard = await recogniseAll(call.caller.heard, 16_000, known);
    expect(heard.map((said) => said.text)).toContain(text);
  });

  test('a caller whose answer is cut off in mid-sentence hears the apology (R4.2)', async () => {
    await script({ match: { kind: 'chat', key: pizza.openai }, fault: { type: 'cut', afterChunks: 3 } });
    const call = await greeted();
    await ask(call);
    await expectApologyAndEnd(call);
  });

  test('an answer that cannot be read is apologised for, and nothing of it reaches the log (R4.2, R7.5)', async () => {
    await script({ match: { kind: 'chat', key: pizza.openai }, fault: { type: 'malformed', afterChunks: 2 } });
    const call = await greeted();
    await ask(call);
    await expectApologyAndEnd(call);
    expect(world.logText()).not.toContain('Could not parse message into JSON');
    expect(world.logText()).not.toContain(question);
  });
});

describe('a voice that breaks off', () => {
  test('a caller whose agent falls silent in mid-sentence hears the rest of it, when the voice comes back (R4.2)', async () => {
    const call = await greeted();
    await script({ match: { kind: 'speech', key: pizza.openai }, times: 1, gapMs: 600_000 });
    await ask(call);
    await world.logged(call.session, 'provider failed and is tried again');
    const before = call.caller.heardMs;
    await call.caller.untilHeard(before + 500);
    await call.caller.hangUp();
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
    expect(saidSorry()).toBe(false);
  });
});

describe('keys in the environment of the worker', () => {
  test('are never used: a call over three providers asks each with the key of its tenant (R2.7)', async () => {
    const own = (provider: string) => `dev-${provider}-harbor-pizza`;
    const override = {
      stt: { provider: 'soniox', options: { language_hints: ['en'] } },
      tts: { provider: 'elevenlabs' },
    };
    await overrideNumber(override);
    const call = await greeted();
    await ask(call);
    await waitFor(() => world.asked('chat', own('openai')).some(({ user }) => user?.includes(question)), {
      what: 'the question to reach the model',
      deadlineMs: 20_000,
    });
    await waitFor(() => world.asked('speech', own('elevenlabs')).length > 1, {
      what: 'the answer to be spoken',
      deadlineMs: 20_000,
    });
    await call.caller.hangUp();
    await world.settled(call.session);
    await overrideNumber({});
    const keys = new Set(world.providers.journal().map(({ key }) => key));
    expect([...keys].sort()).toEqual([own('elevenlabs'), own('openai'), own('soniox')]);
  });
});

describe('a library that throws where nobody catches', () => {
  test('ends its own call on a garbled frame; the shard’s other call talks on, and the shard is replaced (R1.6, R6.3)', async () => {
    const other = await greeted('+390612345678');
    const [old = 0] = world.shardPids();
    await script({ match: { kind: 'listen', key: pizza.deepgram }, fault: { type: 'malformed', afterChunks: 0 } });

    const call = await greeted();
    await ask(call);
    await call.caller.untilDisconnected(20_000);
    expect((await world.settled(call.session)).end_reason).toBe('provider_failed');
    expect(world.logText()).toContain('uncaught exception: its call ends, the shard is replaced');

    await waitFor(() => world.registrations() === 2, { what: 'a new shard', deadlineMs: 30_000 });
    expect(world.shardPids()).toContain(old);
    other.caller.say(await world.speech('A che ora aprite domani?', 'it'));
    await waitFor(() => world.asked('chat', studio).length > 0, { what: 'the other answer', deadlineMs: 20_000 });
    await other.caller.hangUp();
    expect((await world.settled(other.session)).end_reason).toBe('caller_hung_up');
    await waitFor(() => !world.shardPids().includes(old), { what: 'the old shard to go', deadlineMs: 15_000 });
  });
});
