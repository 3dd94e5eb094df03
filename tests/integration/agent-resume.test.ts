import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { Watch } from './agent-watch.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';
import type { Broken } from './mute-library.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-mute-'));
const muteOnce = join(folder, 'once');

let world: AgentWorld;
let watch: Watch;
beforeAll(async () => {
  world = await startAgentWorld({ preload: new URL(`./mute-library.ts?once=${muteOnce}`, import.meta.url) });
  watch = new Watch(world);
});
afterEach(() => world?.providers.reset());
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true });
});

const fails = (what: Broken) => writeFileSync(muteOnce, what);

const pizza = '0a000000-0000-4000-8000-000000000001';
const key = 'dev-openai-harbor-pizza';
const question = 'What time do you close tonight?';
const sorry = phrases.en.resumed;
const greeting = /^Harbor Pizza/;
const lastWords = [
  { role: 'agent', text: 'Harbor Pizza, what can I do for you?' },
  { role: 'caller', text: 'Two pizzas for Rossi.' },
  { role: 'agent', text: 'Two pizzas for Rossi. Which ones?' },
] as const;

const spoken = () => world.asked('speech', key).map(({ user }) => user ?? '');
const untilSpoken = (words: string) =>
  waitFor(() => spoken().some((text) => text.includes(words.slice(0, 20))), {
    what: `"${words}" to be spoken`,
    deadlineMs: 30_000,
  });
const until = (what: string, holds: () => boolean) => waitFor(holds, { what, deadlineMs: 60_000 });
const asks = () => world.asked('chat', key).filter(({ user }) => user === question);
const untilAsked = (times: number) =>
  waitFor(() => asks().length >= times, { what: `question ${times} to reach the model`, deadlineMs: 60_000 });

async function untilQuiet({ caller }: PlacedCall): Promise<void> {
  let heardMs = -1;
  const isQuiet = () => {
    const before = heardMs;
    heardMs = caller.heardMs;
    return heardMs === before && heardMs > 0;
  };
  await waitFor(isQuiet, { what: 'the agent to have finished', deadlineMs: 60_000, intervalMs: 1_200 });
}

/** Says one sentence after the other, without a pause. */
async function talkOn({ caller }: PlacedCall, sentences: number): Promise<void> {
  const sentence = await world.speech('My order has not arrived, can you help me?');
  for (let said = 0; said < sentences; said++) caller.say(sentence);
}

let numbers = 2100;

/** One of Harbor Pizza that nobody called before. */
async function numberWith(config_override: object): Promise<string> {
  const phone_number = String(++numbers);
  const row = { phone_number, organization_id: pizza, label: 'resumed', config_override };
  expect((await world.tables.from('sip_numbers').insert(row)).error).toBeNull();
  return phone_number;
}

/** A caller who rings: their first job cannot be read. */
const ringing = (called = '2001') => world.dial(called, { v: 2 });

const usageSchema = z.array(z.object({ kind: z.string(), unit: z.string(), amount: z.number() }));
async function charactersSpoken(session: string): Promise<number> {
  const { data } = await world.tables.from('session_usage').select('kind,unit,amount').eq('session_id', session);
  const spokenOf = usageSchema.parse(data).filter(({ kind, unit }) => kind === 'tts' && unit === 'characters');
  return spokenOf.reduce((sum, { amount }) => sum + amount, 0);
}

describe('a call whose shard is gone', () => {
  test('goes on at another one, which says sorry, knows what was said, and leaves one record of all of it (R3.5, R1.8)', async () => {
    const call = await world.dial('2001');
    await untilQuiet(call);
    call.caller.say(await world.speech(question));
    await untilAsked(1);
    await watch.untilNoted(call, 3);
    const before = await world.transcript(call.session);
    const registrations = world.registrations();
    process.kill(world.shardPids()[0] ?? 0, 'SIGKILL');
    await waitFor(() => world.registrations() > registrations, { what: 'another shard', deadlineMs: 60_000 });
    await watch.placeAgain(call);

    await untilSpoken(sorry);
    await untilQuiet(call);
    call.caller.say(await world.speech(question));
    await untilAsked(2);
    expect(asks()[1]?.said).toEqual([...before.map(({ text }) => text), sorry, question]);
    await untilQuiet(call);
    expect(call.caller.disconnected).toBe(false);
    await call.caller.hangUp();

    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
    const turns = await world.transcript(call.session);
    expect(turns.slice(0, before.length + 2)).toEqual([
      ...before,
      { role: 'agent', text: sorry },
      { role: 'caller', text: question },
    ]);
    expect(spoken().filter((text) => greeting.test(text))).toHaveLength(1);
    // Without blanks: those between two sentences are spoken by nobody.
    const spokenByBoth = turns
      .filter(({ role }) => role === 'agent')
      .map(({ text }) => text.replaceAll(' ', '').length);
    expect(await charactersSpoken(call.session)).toBeGreaterThanOrEqual(spokenByBoth.reduce((sum, each) => sum + each));
  }, 180_000);

  test('is answered and greeted as ever when its caller was still hearing it ring (R3.5)', async () => {
    const call = await ringing();
    await watch.loseAfter(call, { answered: false });
    await watch.placeAgain(call);
    await call.caller.untilHeard(500);
    await call.caller.hangUp();
    expect(await world.settled(call.session)).toMatchObject({
      end_reason: 'caller_hung_up',
      answered_at: expect.any(String),
    });
    expect(spoken().some((text) => greeting.test(text))).toBe(true);
    expect(spoken()).not.toContain(sorry);
  });

  test('ends as one that was answered when its caller left meanwhile, with what was said (R3.5, R1.8)', async () => {
    const call = await ringing();
    await watch.loseAfter(call, { answered: true, turns: lastWords });
    await call.caller.hangUp();
    await watch.placeAgain(call);
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
    expect(await world.transcript(call.session)).toEqual(lastWords);
  });

  test('says sorry at once and to its end, also to a caller who is talking (R3.5)', async () => {
    const call = await ringing();
    await watch.loseAfter(call, { answered: true, turns: lastWords });
    await talkOn(call, 8);
    await watch.placeAgain(call);
    await watch.untilNoted(call, lastWords.length + 1);
    await call.caller.hangUp();
    const { timings } = await world.settled(call.session);
    expect((await world.transcript(call.session))[lastWords.length]).toEqual({ role: 'agent', text: sorry });
    expect((timings['sorry_began'] ?? 60_000) - (timings['published'] ?? 0)).toBeLessThan(2_000);
  });

  test('takes no recogniser for deaf because its caller talked into the sorry (R3.5, R4.2)', async () => {
    const stt = { provider: 'deepgram', fallbacks: [{ provider: 'soniox' }] };
    const call = await ringing(await numberWith({ stt }));
    await watch.loseAfter(call, { answered: true, turns: lastWords });
    await watch.placeAgain(call);
    await world.logged(call.session, 'call answered');
    await talkOn(call, 4);
    await until('their words to be understood', () => world.asked('chat', key).length > 0);
    await call.caller.hangUp();
    await world.settled(call.session);
    const said = (await world.transcript(call.session)).slice(lastWords.length).filter(({ role }) => role === 'caller');
    expect(said[0]?.text).toMatch(/^My order has not arrived/);
    expect(world.asked('listen', 'dev-soniox-harbor-pizza')).toEqual([]);
  });

  test('hears the apology when it cannot go on, and ends as one that was answered (R3.5, R4.2)', async () => {
    const call = await ringing();
    await watch.loseAfter(call, { answered: true, turns: lastWords });
    fails('say');
    await watch.placeAgain(call);
    await call.caller.untilDisconnected(40_000);
    expect((await world.settled(call.session)).end_reason).toBe('provider_failed');
    expect((await world.transcript(call.session)).at(-1)).toEqual({ role: 'agent', text: phrases.en.apology });
  });

  test('goes on with the message that its caller was leaving to a business that is closed (R2.9, R3.5)', async () => {
    const hours = { weekly: {}, closed: { action: 'voicemail', text: 'We are closed. Leave a message.' } };
    const call = await ringing(await numberWith({ hours }));
    const begun = [
      { role: 'agent', text: 'We are closed. Leave a message.' },
      { role: 'caller', text: 'This is Rossi.' },
    ] as const;
    await watch.loseAfter(call, { answered: true, turns: begun });
    await watch.placeAgain(call);
    await world.logged(call.session, 'waiting for a voicemail');
    call.caller.say(await world.speech('My order has not arrived, can you help me?'));
    await call.caller.untilDisconnected(60_000);
    expect((await world.settled(call.session)).end_reason).toBe('closed');
    expect(await world.transcript(call.session)).toEqual([
      ...begun,
      { role: 'agent', text: sorry },
      { role: 'caller', text: 'My order has not arrived, can you help me?' },
    ]);
    const { data } = await world.tables.from('tickets').select('title,body').eq('session_id', call.session);
    const body = 'This is Rossi.\nMy order has not arrived, can you help me?';
    expect(data).toEqual([{ title: 'Voicemail', body }]);
  });

  test('goes on with a model that hears and speaks, which is told what was said (R3.5, R4.1)', async () => {
    const override = { mode: 'realtime' };
    await world.tables.from('sip_numbers').update({ config_override: override }).eq('phone_number', '2002');
    const call = await ringing('2002');
    await watch.loseAfter(call, { answered: true, turns: lastWords });
    await watch.placeAgain(call);
    await call.caller.untilHeard(500);
    const answered = world.asked('respond', key);
    expect(answered[0]?.reply).toBe(sorry);
    expect(answered[0]?.said).toEqual(lastWords.map(({ text }) => text));
    await untilQuiet(call);
    await call.caller.hangUp();
    await world.settled(call.session);
    expect(await world.transcript(call.session)).toEqual([...lastWords, { role: 'agent', text: sorry }]);
  });
});

describe('an agent that is not heard', () => {
  test('makes way for another one before anybody answers, and the caller is greeted (R3.6)', async () => {
    fails('publish');
    const call = await world.dial('2001');
    await world.logged(call.session, 'call handed over');
    expect(call.caller.disconnected).toBe(false);
    await watch.placeAgain(call);
    await call.caller.untilHeard(500);
    await call.caller.hangUp();
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
    expect(spoken()).not.toContain(sorry);
  });

  test('leaves its caller on the line when it is sent out of the room in mid-call (R3.5, R3.6)', async () => {
    const call = await world.dial('2001');
    await untilQuiet(call);
    await watch.untilNoted(call, 1);
    await watch.sendAgentsOut(call);
    await watch.placeAgain(call);
    await untilSpoken(sorry);
    expect(call.caller.disconnected).toBe(false);
    await untilQuiet(call);
    await call.caller.hangUp();
    expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
  });
});
