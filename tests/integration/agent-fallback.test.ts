import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { writeWav } from '../../agent/wav.ts';
import { learn, recogniseAll, type Utterance } from '../../dev/providers/recognise.ts';
import type { ScriptInput } from '../../dev/providers/script.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
});
afterEach(() => world.providers.reset());
afterAll(async () => world?.close());

type Rule = NonNullable<ScriptInput['rules']>[number];
type Tenant = 'harbor-pizza' | 'studio-bianchi';
const key = (provider: string, tenant: Tenant = 'harbor-pizza') => `dev-${provider}-${tenant}`;
const openai = key('openai');
const question = 'What time do you close tonight?';
const [closing, lastOrder] = ['We close at eleven tonight.', 'The last order is taken at half past ten.'];
const bothSentences = `${closing} ${lastOrder}`;
const takenOver = 'provider failed, another one takes over';

const script = (...rules: Rule[]) => world.providers.script({ rules });

const fallbacks = {
  stt: { provider: 'deepgram', fallbacks: [{ provider: 'soniox' }] },
  llm: { provider: 'openai', model: 'gpt-4.1-mini', fallbacks: [{ provider: 'openai', model: 'gpt-4o' }] },
  tts: { provider: 'openai', fallbacks: [{ provider: 'deepgram' }] },
};
const tenants = {
  'harbor-pizza': '0a000000-0000-4000-8000-000000000001',
  'studio-bianchi': '0b000000-0000-4000-8000-000000000001',
};
let lastNumber = 3000;

/** A number nobody called before, so that no shard remembers what it was. */
async function number(config_override: object, tenant: Tenant = 'harbor-pizza'): Promise<string> {
  lastNumber += 1;
  const phone_number = String(lastNumber);
  const row = { phone_number, organization_id: tenants[tenant], label: 'test', active: true, config_override };
  const inserted = async () =>
    (await world.tables.from('sip_numbers').upsert(row, { onConflict: 'phone_number' })).error === null;
  await waitFor(inserted, { what: 'the number to be there', deadlineMs: 5_000 });
  return phone_number;
}

async function greeted(config: object, tenant?: Tenant): Promise<PlacedCall> {
  return greetedAt(await number(config, tenant));
}

async function greetedAt(called: string): Promise<PlacedCall> {
  const call = await world.dial(called);
  await call.caller.untilHeard(500);
  return call;
}

const ask = async ({ caller }: PlacedCall) => caller.say(await world.speech(question));
const spoken = (tenant?: Tenant) =>
  [...world.asked('speech', key('openai', tenant)), ...world.asked('speak', key('deepgram', tenant))].map(
    ({ user }) => user,
  );

async function untilSpoken(sentence: string): Promise<void> {
  const isSpoken = () => spoken().some((text) => text?.includes(sentence));
  await waitFor(isSpoken, { what: `"${sentence}" to be spoken`, deadlineMs: 30_000 });
}

/** The agent has said what it had to say: nothing was heard for a while. */
async function untilQuiet({ caller }: PlacedCall): Promise<void> {
  let heardMs = -1;
  let sinceMs = 0;
  const isQuiet = () => {
    if (caller.heardMs !== heardMs) sinceMs = performance.now();
    heardMs = caller.heardMs;
    return performance.now() - sinceMs > 1_500;
  };
  await waitFor(isQuiet, { what: 'the agent to have finished', deadlineMs: 30_000 });
}

async function hangUp(call: PlacedCall) {
  await call.caller.hangUp();
  expect((await world.settled(call.session)).end_reason).toBe('caller_hung_up');
  return { turns: await world.transcript(call.session), used: await usageOf(call.session) };
}

const usageSchema = z.array(
  z.object({ kind: z.string(), provider: z.string(), model: z.string(), unit: z.string(), amount: z.number() }),
);

/** Who did what, and how much of it. */
async function usageOf(session: string): Promise<Readonly<Record<string, number>>> {
  const { data } = await world.tables.from('session_usage').select('*').eq('session_id', session);
  const used = usageSchema
    .parse(data)
    .map(({ kind, provider, model, unit, amount }) => [`${kind} ${provider} ${model} ${unit}`, amount] as const);
  expect(new Set(used.map(([name]) => name)).size).toBe(used.length);
  return Object.fromEntries(used);
}

const namesOf = (used: Readonly<Record<string, number>>, kind: string) =>
  Object.keys(used)
    .filter((name) => name.startsWith(kind))
    .sort();

const switches = (session: string) =>
  world
    .logOf(session)
    .flatMap(({ msg, service, from, to, failure }) => (msg === takenOver ? [{ service, from, to, failure }] : []));

/** The sentences of these that the caller heard, by their sound. */
async function heardOf({ caller }: PlacedCall, candidates: readonly Utterance[]): Promise<(string | null)[]> {
  const known = await learn(candidates, world.providers.speech);
  return (await recogniseAll(caller.heard, 16_000, known)).map(({ text }) => text);
}

async function expectShippedApology(call: PlacedCall, language: 'en' | 'it'): Promise<void> {
  await call.caller.untilDisconnected(40_000);
  expect((await world.settled(call.session)).end_reason).toBe('provider_failed');
  const { apology } = phrases[language];
  expect(await heardOf(call, [{ text: apology, language }])).toContain(apology);
}

describe('a language model that fails', () => {
  test('a caller whose first model refuses the key is answered by the second one, at once and from then on (R4.2)', async () => {
    await script({ match: { kind: 'chat', key: openai }, times: 1, fault: { type: 'status', status: 401 } });
    const call = await greeted(fallbacks);
    await ask(call);
    await untilSpoken(question);
    await untilQuiet(call);
    const { used } = await hangUp(call);
    const models = world.asked('chat', openai).map(({ params }) => params['model']);
    expect(models).toEqual(['gpt-4.1-mini', 'gpt-4o']);
    expect(switches(call.session)).toEqual([
      { service: 'llm', from: 'openai gpt-4.1-mini', to: 'openai gpt-4o', failure: 'bad_key' },
    ]);
    expect(namesOf(used, 'llm')).toEqual(['llm openai gpt-4o input_tokens', 'llm openai gpt-4o output_tokens']);
  });

  test('an answer that breaks off is finished by the second model, no sentence cut and none said twice (R4.2)', async () => {
    await script(
      { match: { kind: 'chat', key: openai, system: 'Go on right after them' }, reply: lastOrder },
      { match: { kind: 'chat', key: openai }, reply: bothSentences, fault: { type: 'cut', afterChunks: 9 } },
    );
    const call = await greeted(fallbacks);
    await ask(call);
    await untilSpoken(lastOrder);
    await untilQuiet(call);
    const { turns } = await hangUp(call);
    expect(turns.at(-1)).toEqual({ role: 'agent', text: bothSentences });
    expect(spoken().slice(-2)).toEqual([closing, lastOrder]);
    expect(spoken().filter((text) => text === closing)).toHaveLength(1);
  });

  test('a caller whose first model stalls waits no longer than people do, and hears the second one (R4.2)', async () => {
    await script({ match: { kind: 'chat', key: openai }, times: 1, fault: { type: 'silence' } });
    const call = await greeted(fallbacks);
    await ask(call);
    await untilSpoken(question);
    await hangUp(call);
    expect(switches(call.session)).toMatchObject([{ service: 'llm', failure: 'timed_out' }]);
    const [first, second] = world.asked('chat', openai);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(5_000);
  });

  test('a model that answers a caller with nothing is taken for one that failed (R4.2)', async () => {
    await script({ match: { kind: 'chat', key: openai }, times: 1, reply: '' });
    const call = await greeted(fallbacks);
    await ask(call);
    await untilSpoken(question);
    await hangUp(call);
    expect(switches(call.session)).toMatchObject([{ service: 'llm', from: 'openai gpt-4.1-mini' }]);
  });
});

describe('a voice that fails', () => {
  test('the rest of the answer is spoken by the second voice, and each is counted for what it said (R4.2)', async () => {
    await script(
      { match: { kind: 'chat', key: openai }, reply: bothSentences },
      { match: { kind: 'speech', key: openai, user: 'last order' }, fault: { type: 'status', status: 500 } },
    );
    const call = await greeted(fallbacks);
    await ask(call);
    await untilSpoken(lastOrder);
    await untilQuiet(call);
    const { turns, used } = await hangUp(call);
    expect(turns.at(-1)).toEqual({ role: 'agent', text: bothSentences });
    expect(world.asked('speak', key('deepgram')).map(({ user }) => user)).toEqual([lastOrder]);
    const byFirst = spoken().filter((text) => text !== lastOrder);
    expect(used['tts openai gpt-4o-mini-tts characters']).toBe(byFirst.join('').length);
    expect(used['tts deepgram aura-2 characters']).toBe(lastOrder.length);
    expect(namesOf(used, 'tts')).toEqual([
      'tts deepgram aura-2 audio_ms',
      'tts deepgram aura-2 characters',
      'tts openai gpt-4o-mini-tts audio_ms',
      'tts openai gpt-4o-mini-tts characters',
    ]);
  });

  test('a voice that is cut off in mid-sentence is followed by the next one from about that word (R4.2)', async () => {
    await script(
      { match: { kind: 'chat', key: openai }, reply: lastOrder },
      { match: { kind: 'speech', key: openai, user: 'last order' }, fault: { type: 'cut', afterChunks: 15 } },
    );
    const call = await greeted(fallbacks);
    await ask(call);
    const rest = () => world.asked('speak', key('deepgram'))[0]?.user;
    await waitFor(() => rest() !== undefined, { what: 'the second voice', deadlineMs: 30_000 });
    expect(lastOrder.endsWith(rest() ?? '-')).toBe(true);
    expect(rest()).not.toBe(lastOrder);
    await untilQuiet(call);
    const { turns } = await hangUp(call);
    expect(turns.at(-1)).toEqual({ role: 'agent', text: lastOrder });
  });
});

describe('a speech recognition that fails', () => {
  test.each([
    ['is cut off in mid-sentence', { type: 'cut', afterChunks: 2 }],
    ['goes deaf', { type: 'silence' }],
    ['refuses the key', { type: 'status', status: 401 }],
  ] as const)(
    'a caller whose first one %s is understood by the second one, every word and once (R4.2)',
    async (_how, fault) => {
      await script({ match: { kind: 'listen', key: key('deepgram') }, fault });
      const call = await greeted(fallbacks);
      await ask(call);
      await untilSpoken(question);
      const { turns, used } = await hangUp(call);
      expect(turns.filter(({ role }) => role === 'caller')).toEqual([{ role: 'caller', text: question }]);
      expect(switches(call.session)).toMatchObject([{ service: 'stt', from: 'deepgram nova-3' }]);
      expect(namesOf(used, 'stt soniox')).toHaveLength(1);
    },
  );
});

describe('a call that nobody can serve', () => {
  test('a caller whose providers all fail hears the apology that is shipped in their language (R4.2)', async () => {
    const call = await greeted({ stt: fallbacks.stt, tts: fallbacks.tts }, 'studio-bianchi');
    const studio = { fault: { type: 'status', status: 401 } } as const;
    await script(
      { match: { key: key('openai', 'studio-bianchi') }, ...studio },
      { match: { kind: 'speak', key: key('deepgram', 'studio-bianchi') }, ...studio },
    );
    call.caller.say(await world.speech('A che ora aprite domani?', 'it'));
    await expectShippedApology(call, 'it');
  });

  test('a caller whose agent says nothing after using a tool hears the apology, not silence (R4.2)', async () => {
    await script(
      { match: { kind: 'chat', key: openai, after: 'tool' }, reply: '' },
      { match: { kind: 'chat', key: openai }, toolCall: { name: 'business_hours', arguments: {} } },
    );
    const call = await greeted({ tools: { business_hours: { enabled: true } } });
    await ask(call);
    await expectShippedApology(call, 'en');
    expect(world.logOf(call.session).some((line) => line['failed'] === 'mute')).toBe(true);
  });

  test('a caller whose agent has a voice without a sound hears the apology within seconds (R4.2)', async () => {
    const call = await greeted({});
    await script({ match: { kind: 'speech', key: openai }, fault: { type: 'silence' } });
    await ask(call);
    await expectShippedApology(call, 'en');
  });
});

describe('a sentence that the tenant recorded', () => {
  const recorded = 'Do you deliver to Station Road?';
  const recording = { text: recorded, language: 'en' } as const;
  let server: Server;
  let audio_url: string;
  beforeAll(async () => {
    const samples = await world.speech(recorded);
    server = createServer((_request, response) => response.end(writeWav({ sampleRate: 16_000, samples })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    audio_url = `http://${host}/sentence.wav`;
    const { data } = await world.tables.from('platform_settings').select('config').single();
    const config = { ...data?.config, owner: { private_hosts: [host] } };
    await world.tables.from('platform_settings').update({ config }).eq('id', true);
  });
  afterAll(() => server?.close());

  test('the caller hears the recording, the transcript has the text, and no voice is paid for it (R4.2)', async () => {
    const called = await number({ greeting: { text: 'Welcome to {{business_name}}.', audio_url } });
    // The first call of a shard may come before the file.
    await hangUp(await greetedAt(called));
    await world.providers.reset();
    const call = await greetedAt(called);
    await untilQuiet(call);
    const { turns } = await hangUp(call);
    expect(await heardOf(call, [recording])).toEqual([recorded]);
    expect(turns[0]).toEqual({ role: 'agent', text: 'Welcome to Harbor Pizza.' });
    expect(world.asked('speech', openai)).toEqual([]);
  });

  test('an apology is followed by what the business wants: the recording, then somebody else is called (R4.2, R4.3)', async () => {
    const destination = { id: 'owner', label: 'the owner', description: 'The owner.', uri: 'tel:+39061111111' };
    const apology = { audio_url, action: 'transfer', transfer_to: 'owner' };
    const call = await greeted({ apology, tools: { transfer: { enabled: true, destinations: [destination] } } });
    await script({ match: { kind: 'chat', key: openai }, fault: { type: 'status', status: 401 } });
    await ask(call);
    await call.caller.untilDisconnected(40_000);
    expect((await world.settled(call.session)).end_reason).toBe('provider_failed');
    expect(await heardOf(call, [recording])).toContain(recorded);
    const { data } = await world.tables.from('session_transfers').select('destination').eq('session_id', call.session);
    expect(data).toEqual([{ destination: 'owner' }]);
  });
});
