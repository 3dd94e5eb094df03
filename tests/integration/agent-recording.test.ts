import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type Sentence, sentencesIn, telephoneRate } from '../../dev/phone/hearing.ts';
import { sidesOf } from '../../dev/phone/recording.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { Watch } from './agent-watch.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
let watch: Watch;
let editor: SupabaseClient;
beforeAll(async () => {
  world = await startAgentWorld();
  watch = new Watch(world);
  editor = await signUpEditor();
});
afterEach(() => world?.providers.reset());
afterAll(async () => world?.close());

const pizza = '0a000000-0000-4000-8000-000000000001';
const key = 'dev-openai-harbor-pizza';
const consent = phrases.en.consent;
const greeting = 'Harbor Pizza orders, what can I get in the oven for you?';
const question = 'What time do you close tonight?';
const answer = 'We are open until eleven tonight.';
const sentences: readonly Sentence[] = [consent, greeting, question, answer, phrases.en.resumed].map((text) => ({
  text,
  language: 'en',
}));
const signedUpSchema = z.object({ access_token: z.string(), user: z.object({ id: z.uuid() }) });
/** A tape that nobody writes to any more is taken up after 30 s. */
const sentDeadlineMs = 75_000;

let numbers = 2200;

/** One of Harbor Pizza that nobody called before. */
async function numberWith(recording: object): Promise<string> {
  const phone_number = String(++numbers);
  const config_override = { recording, greeting: { text: greeting } };
  const row = { phone_number, organization_id: pizza, label: 'recorded', config_override };
  expect((await world.tables.from('sip_numbers').insert(row)).error).toBeNull();
  return phone_number;
}

const spoken = () => world.asked('speech', key).map(({ user }) => user ?? '');
const untilSpoken = (words: string) =>
  waitFor(() => spoken().some((text) => text.includes(words.slice(0, 20))), {
    what: `"${words}" to be spoken`,
    deadlineMs: 30_000,
  });

async function untilQuiet({ caller }: PlacedCall): Promise<void> {
  let heardMs = -1;
  const isQuiet = () => {
    const before = heardMs;
    heardMs = caller.heardMs;
    return heardMs === before && heardMs > 0;
  };
  await waitFor(isQuiet, { what: 'the agent to have finished', deadlineMs: 60_000, intervalMs: 1_200 });
}

async function asks(call: PlacedCall): Promise<void> {
  await world.providers.script({ rules: [{ match: { kind: 'chat' }, reply: answer }] });
  call.caller.say(await world.speech(question));
  await untilSpoken(answer);
  await untilQuiet(call);
}

const recordingSchema = z.object({
  id: z.uuid(),
  worker: z.string(),
  length_ms: z.number(),
  parts: z.number(),
  kept_at: z.string().nullable(),
});

async function recordingsOf({ session }: PlacedCall, count: number) {
  const read = async () => {
    const { data } = await world.tables.from('recordings').select('*').eq('session_id', session).order('begins_at');
    const kept = z
      .array(recordingSchema)
      .parse(data)
      .filter(({ kept_at }) => kept_at !== null);
    return kept.length >= count ? kept : undefined;
  };
  return waitFor(read, { what: `${count} recordings to be kept`, deadlineMs: sentDeadlineMs, intervalMs: 500 });
}

/** The right to hear what was recorded, as an editor of Harbor Pizza has it. */
async function signUpEditor(): Promise<SupabaseClient> {
  const { url, anonKey } = world.supabase;
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: anonKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ears@harbor-pizza.test', password: 'as long as it has to be' }),
  });
  const { access_token, user } = signedUpSchema.parse(await response.json());
  const membership = { organization_id: pizza, user_id: user.id, role: 'editor' };
  expect((await world.tables.from('organization_members').insert(membership)).error).toBeNull();
  return createClient(url, anonKey, {
    accessToken: async () => access_token,
    realtime: { transport: WebSocket as never },
  });
}

/** What is on a recording, at the rate of telephones. */
async function heardIn({ id, parts }: z.infer<typeof recordingSchema>) {
  const sound: Buffer[] = [];
  for (let part = 1; part <= parts; part++) {
    const { data } = await editor.rpc('api_recording_part', { p_id: id, p_part: part });
    sound.push(Buffer.from(z.string().parse(data), 'base64'));
  }
  const [caller, agent] = sidesOf(Buffer.concat(sound), telephoneRate);
  if (caller === undefined || agent === undefined) throw new Error('the recording has no two sides');
  return { caller: await sentencesIn(caller, sentences), agent: await sentencesIn(agent, sentences) };
}

describe('a business that records its calls', () => {
  test('tells its callers first, and keeps what both sides said after that, each on its own side (R4.7)', async () => {
    const call = await world.dial(await numberWith({ enabled: true }));
    await untilQuiet(call);
    await asks(call);
    await call.caller.hangUp();
    await world.settled(call.session);

    const said = (await world.transcript(call.session)).map(({ text }) => text);
    expect(said.slice(0, 2)).toEqual([consent, greeting]);
    const [recording] = await recordingsOf(call, 1);
    if (recording === undefined) throw new Error('nothing was kept');
    expect(await heardIn(recording)).toEqual({ caller: [question], agent: [greeting, answer] });
  });

  test('has the call recorded on by the agent that takes it over, without telling its caller again (R4.7, R3.5)', async () => {
    const call = await world.dial(await numberWith({ enabled: true }));
    await untilQuiet(call);
    await watch.untilNoted(call, 2);
    const registrations = world.registrations();
    process.kill(world.shardPids()[0] ?? 0, 'SIGKILL');
    await waitFor(() => world.registrations() > registrations, { what: 'another shard', deadlineMs: 60_000 });
    await watch.placeAgain(call);
    await untilSpoken(phrases.en.resumed);
    await untilQuiet(call);
    await asks(call);
    await call.caller.hangUp();
    await world.settled(call.session);

    expect(spoken().filter((text) => text === consent)).toHaveLength(1);
    const [before, after] = await recordingsOf(call, 2);
    if (before === undefined || after === undefined) throw new Error('one of them was not kept');
    expect(after.worker).not.toBe(before.worker);
    expect((await heardIn(after)).caller).toEqual([question]);
  });
});

describe('a business that does not', () => {
  test('keeps no sound of anybody, and tells nobody that it does (R4.7)', async () => {
    const call = await world.dial(await numberWith({ enabled: false }));
    await untilQuiet(call);
    await asks(call);
    await call.caller.hangUp();
    await world.settled(call.session);
    expect((await world.transcript(call.session)).map(({ text }) => text)).not.toContain(consent);
    expect(world.logOf(call.session).map(({ msg }) => msg)).not.toContain('the call is recorded from here on');
    const { data } = await world.tables.from('recordings').select('id').eq('session_id', call.session);
    expect(data).toEqual([]);
  });
});
