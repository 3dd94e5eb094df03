/** Two businesses with six callers each, who all use everything an agent can do for two minutes, at the same time. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placedSentencesIn, spoken } from '../../dev/phone/hearing.ts';
import { EndedEarly, Telephone } from '../../dev/phone/telephone.ts';
import type { PlacedRecognition } from '../../dev/providers/recognise.ts';
import { Rows } from '../../dev/stack/rows.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { DeadlinePassed } from '../../shared/faults.ts';
import { tenantKeySchema } from '../../shared/ids.ts';
import { isObject } from '../../shared/merge.ts';
import { parseKeyRing, sealProviderKey } from '../../shared/provider-keys.ts';
import { useStack } from '../support/stack.ts';
import { agentConfig, type Business, businesses, modelScript, pizza, studio } from './feature-businesses.ts';

const callersEach = 6;
const talkedMs = 120_000;
/** People do not all dial, nor all speak, at the same time; two cores could not serve twelve who do. */
const staggerMs = 2_500;
const thinkMs = 6_000;
const mostAttempts = 15;
const redialMs = 3_000;
/**
 * Whole sentences over this line are recognised at 0.7 and above. What is left of torn ones looked like a foreign one at 0.5,
 * and half a minute of them at 0.66.
 */
const surelyHeard = 0.65;
const longestSentenceMs = 8_000;
/** Each process has calls of both: what keeps tenants apart must hold inside it. One alone is full with ten on two cores. */
const platform = useStack({ shards: 2 });

interface Asked {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}
interface Backend {
  readonly url: string;
  readonly asked: Asked[];
  readonly server: Server;
}
const backends = new Map<Business, Backend>();

beforeAll(async () => {
  for (const business of businesses) backends.set(business, await startBackend(business));
  await prepare();
});
afterAll(() => {
  for (const { server } of backends.values()) server.close();
});

test('every caller of either business gets everything of it and nothing of the other (R1.6, R2.7, R4.3, R4.4, R4.5)', {
  timeout: 900_000,
}, async () => {
  const { stack, script, journal } = platform();
  const rows = new Rows(stack.database);
  await script(modelScript());
  const until = performance.now() + 2 * callersEach * staggerMs + talkedMs;
  const callers = businesses.flatMap((business, side) =>
    Array.from({ length: callersEach }, (_, at) => talkUntil(until, business, 2 * at + side)),
  );
  const calls = (await Promise.all(callers)).flat();
  for (const business of businesses) {
    const heard = await judgeAll(calls.filter((call) => call.business === business));
    // What was torn for all six, on a machine too slow for twelve at once, those hear who have it for themselves.
    if (heard.size < sentencesOf(business).length) {
      const alone = await callAlone(business);
      for (const text of await judgeAll(alone)) heard.add(text);
      calls.push(...alone);
    }
    const told = calls.filter((call) => call.business === business).map(toldOf);
    expect(heard).toEqual(new Set(sentencesOf(business).map(({ text }) => text)));
    expect(told).toEqual(expect.arrayContaining(['transfer', 'farewell']));
  }
  await expect.poll(() => rows.read('active_calls'), { timeout: 30_000 }).toEqual([]);

  const sessions = await rows.read('sessions');
  const organizations = await rows.read('organizations');
  for (const business of businesses) {
    const organization = organizations.find(({ slug }) => slug === business.tenant)?.['id'];
    const foreign = business === pizza ? studio.marks : pizza.marks;
    const mine = async (table: string) =>
      JSON.stringify(await rows.read(table, { organization_id: String(organization) }));
    const answered = sessions.filter((row) => row['organization_id'] === organization && row['answered_at'] !== null);
    expect(answered).toHaveLength(calls.filter((call) => call.business === business).length);
    for (const table of ['session_turns', 'tickets', 'session_transfers', 'session_usage']) {
      expect(await mine(table), `${table} of ${business.tenant}`).not.toMatch(foreign);
      expect((await mine(table)).length, `${table} of ${business.tenant}`).toBeGreaterThan(2);
    }
    const requests = (await journal()).filter(({ key }) => key.endsWith(business.tenant));
    expect(JSON.stringify(requests)).not.toMatch(foreign);
    expect(JSON.stringify(requests)).toMatch(business.marks);
    const asked = backends.get(business)?.asked ?? [];
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked.map(({ headers }) => headers['x-api-key']))).toEqual(
      new Set([`secret of ${business.tenant}`]),
    );
    expect(JSON.stringify(asked)).not.toMatch(foreign);
    expect(linesOf(business.tenant), `log of ${business.tenant}`).not.toMatch(foreign);
  }
  expect((await journal()).filter(({ key }) => !businesses.some(({ tenant }) => key.endsWith(tenant)))).toEqual([]);
});

type End = 'transfer' | 'farewell';
interface Called {
  readonly business: Business;
  readonly end: End;
  /** On a machine that is too slow for twelve calls some end early, with the apology of their business or with no answer. */
  readonly whole: boolean;
  readonly recording: Int16Array;
  readonly transfers: readonly string[];
}
const toldOf = ({ end, whole }: Called) => (whole ? end : 'ended early');

/** One call that lasts until then; who is let go before dials again. */
async function talkUntil(until: number, business: Business, caller: number): Promise<Called[]> {
  await pause(caller * staggerMs);
  const end = Math.floor(caller / 2) % 2 === 0 ? 'transfer' : 'farewell';
  const calls: Called[] = [];
  do calls.push(await callOnce({ business, end, caller: `+4416329603${caller}${calls.length % 10}`, until }));
  while (!calls.at(-1)?.whole && performance.now() < until);
  return calls;
}

/** One call to each end, one after the other, when nobody else is on the line any more. */
async function callAlone(business: Business): Promise<Called[]> {
  const calls: Called[] = [];
  for (const end of ['transfer', 'farewell'] as const)
    calls.push(await callOnce({ business, end, caller: '+441632960399', until: performance.now() }));
  return calls;
}

interface Plan {
  readonly business: Business;
  readonly end: End;
  readonly caller: string;
  readonly until: number;
}

async function callOnce({ business, end, caller, until }: Plan): Promise<Called> {
  await using phone = await reach(business, caller);
  let whole = true;
  try {
    await converse(phone, business, until);
    // Understood before its last breath is sent, it may end the call before too.
    phone.call.say(await spoken(business[end].ask));
    expect(await phone.ended()).toBe('called');
  } catch (thrown) {
    if (!(thrown instanceof EndedEarly || thrown instanceof DeadlinePassed)) throw thrown;
    whole = false;
  }
  const transfers = phone.call.refers.map(({ target }) => target);
  return { business, end, whole, recording: phone.recording(), transfers };
}

async function converse(phone: Telephone, { exchanges }: Business, until: number): Promise<void> {
  await phone.untilQuiet();
  do
    for (const { ask } of exchanges) {
      await phone.untilQuiet(await phone.say(ask));
      await pause(thinkMs);
    }
  while (performance.now() < until);
  const pressedMs = phone.call.sinceInviteMs();
  for (const key of '42#') phone.call.press(key);
  await phone.untilQuiet(pressedMs);
}

/** Who hears busy dials again: a shard with much to do takes no more calls for a moment. */
async function reach(business: Business, caller: string): Promise<Telephone> {
  for (let attempt = 1; ; attempt++) {
    const phone = await Telephone.dial(platform().stack.sip, business.called, caller);
    const status = await phone.answer();
    if (status === 200) return phone;
    await phone[Symbol.asyncDispose]();
    // Calls that end early on a slow machine open breakers, which would keep the next ones away for minutes.
    await new Rows(platform().stack.database).remove('breakers', { state: 'open' });
    if (attempt === mostAttempts) throw new Error(`${business.called} answered ${status}, ${attempt} times`);
    await pause(redialMs);
  }
}

/** The sentences of their business that they heard between them. */
async function judgeAll(calls: readonly Called[]): Promise<Set<string>> {
  const heard: string[] = [];
  for (const call of calls) heard.push(...(await judge(call)));
  process.stdout.write(
    `${calls[0]?.business.tenant}: ${calls.map(toldOf).join(', ')}; ${heard.length} sentences heard\n`,
  );
  return new Set(heard);
}

/** By the sound that the caller got, once all calls are over: recognising it takes the cores that the calls need. */
async function judge({ business, end, whole, recording, transfers }: Called): Promise<string[]> {
  // What is none of all these sentences is one that was torn on a machine with too much to do, or the ringing of a transfer.
  const placed = await placedSentencesIn(recording, everySentence);
  const foreign = placed.filter(({ text }) => text !== null && !ownSentences(business).includes(text));
  expect(foreign.filter(isSurelyHeard)).toEqual([]);
  if (whole) expect(transfers).toEqual(end === 'transfer' ? [business.transfer.uri] : []);
  const own = sentencesOf(business).map(({ text }) => text);
  return placed.flatMap(({ text }) => (text !== null && own.includes(text) ? [text] : []));
}

const isSurelyHeard = ({ confidence, startMs, endMs }: PlacedRecognition) =>
  confidence >= surelyHeard && endMs - startMs <= longestSentenceMs;

const ownSentences = (business: Business) => [
  ...sentencesOf(business).map(({ text }) => text),
  business === pizza ? phrases.en.apology : phrases.it.apology,
];
const sentencesOf = ({ greeting, exchanges, keyed, farewell, transfer }: Business) => [
  greeting,
  ...exchanges.map(({ answer }) => answer),
  keyed,
  farewell.answer,
  transfer.phrase,
];
const everySentence = [
  ...businesses.flatMap(sentencesOf),
  { text: phrases.en.apology, language: 'en' as const },
  { text: phrases.it.apology, language: 'it' as const },
];

/** Everything that the pool logged for calls of a tenant. */
function linesOf(tenant: string): string {
  const lines = readFileSync(join(platform().stack.runDir, 'logs', 'agent.log'), 'utf8').split('\n');
  return lines.filter((line) => line.includes(`"tenant":"${tenant}"`)).join('\n');
}

async function startBackend(business: Business): Promise<Backend> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(business.backendSays));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

/** Lines for all callers, an agent with every tool, and each backend's secret as a key of its own tenant. */
async function prepare(): Promise<void> {
  const { database } = platform().stack;
  const rows = new Rows(database);
  const [settings] = await rows.read('platform_settings');
  const platformConfig = settings?.['config'] as Record<string, unknown>;
  const hosts = [...backends.values()].map(({ url }) => new URL(url).host);
  await rows.change(
    'platform_settings',
    { id: 'true' },
    {
      config: { ...platformConfig, owner: { private_hosts: hosts } },
    },
  );
  const keyRing = parseKeyRing(database.providerKeysSecret);
  for (const [business, { url }] of backends) {
    const [organization] = await rows.read('organizations', { slug: business.tenant });
    const id = String(organization?.['id']);
    const [instance] = await rows.read('agent_instances', { organization_id: id });
    const written = instance?.['config'];
    await rows.change(
      'agent_instances',
      { id: String(instance?.['id']) },
      {
        config: { ...(isObject(written as never) ? (written as object) : {}), ...agentConfig(business, url) },
      },
    );
    await rows.change('sip_numbers', { organization_id: id }, { max_concurrent_calls: callersEach });
    const owner = { tenant: tenantKeySchema.parse(business.tenant), provider: 'backend' };
    const { keyId, ciphertext } = sealProviderKey(keyRing, owner, `secret of ${business.tenant}`);
    await rows.add('provider_keys', {
      organization_id: id,
      provider: 'backend',
      key_id: keyId,
      ciphertext,
      last_four: 'none',
    });
  }
}
