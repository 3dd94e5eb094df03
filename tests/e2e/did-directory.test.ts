/** Real SIP calls on a box without a database: dispatch serves numbers and agents from a directory of DID files. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Telephone } from '../../dev/phone/telephone.ts';
import { startLivekitServer } from '../../dev/stack/livekit-server.ts';
import { freePort } from '../../dev/stack/ports.ts';
import { repository, startProgram } from '../../dev/stack/program.ts';
import { ready, startAgent } from '../../dev/stack/services.ts';
import { startLine, startProviders } from '../../dev/stack/stand-ins.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { Releases } from '../../shared/lifecycle.ts';

const runDir = mkdtempSync(join(tmpdir(), 'switchboard-box-'));
const directory = join(runDir, 'dids');
const callsFile = join(runDir, 'calls.jsonl');
const releases = new Releases();
const sip = { address: '127.0.0.1', port: 0 };
const finishedSchema = z.object({
  event: z.literal('finished'),
  called: z.string(),
  tenant: z.string(),
  reason: z.string(),
  record: z.object({ turns: z.array(z.object({ role: z.string(), text: z.string() })) }),
});

beforeAll(async () => {
  const owned = <Part extends { close(): Promise<void> }>(what: string, part: Part): Part => {
    releases.add(what, () => part.close(), 30_000);
    return part;
  };
  mkdirSync(directory);
  write('0699001.json', 'Harbor Pizza, hello.');
  const [dispatchPort, sipPort] = [await freePort(), await freePort()];
  sip.port = sipPort;
  const url = `http://127.0.0.1:${dispatchPort}`;
  const providers = owned('providers', await startProviders({ runDir }));
  const webhookUrls = [`${url}/livekit/webhook`];
  const livekit = owned('livekit-server', await startLivekitServer({ runDir, webhookUrls }));
  const providerKeysSecret = 'ab'.repeat(32);
  const dispatch = await startProgram({
    name: 'dispatch',
    entry: 'dispatch/main',
    args: ['start'],
    env: {
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      SUPABASE_AGENT_TOKEN: 'token-of-the-box',
      PROVIDER_KEYS_SECRET: providerKeysSecret,
      SIP_TRUNK_FILE: join(repository, 'sip-trunk.json'),
      DISPATCH_PORT: String(dispatchPort),
      DID_CONFIG_DIR: directory,
      DID_PROVIDER_KEYS_FILE: json('keys.json', {
        openai: 'dev-openai-harbor-pizza',
        deepgram: 'dev-deepgram-harbor-pizza',
      }),
      DID_PLATFORM_FILE: json('platform.json', {
        providers: {
          openai: { base_url: `http://127.0.0.1:${providers.port}/openai/v1` },
          deepgram: { base_url: `http://127.0.0.1:${providers.port}` },
        },
      }),
      DID_CALLS_FILE: callsFile,
    },
    runDir,
    code: 'source',
  });
  owned('dispatch', await ready(dispatch, 'ready', 20_000));
  const database = { url, anonKey: 'none', agentToken: 'token-of-the-box', dispatchToken: '' };
  owned('agent', await startAgent({ runDir, code: 'source', livekit, database, providerKeysSecret, shards: 1 }));
  owned('line', await startLine({ runDir, livekit, redisUrl: undefined, sipPort }));
});
afterAll(async () => {
  await releases.close();
  rmSync(runDir, { recursive: true, force: true });
});

describe('a box without a database', () => {
  test('answers with what the file of the number says, keeps the record, and says the new words once the file has them (R2.3, R2.4)', async () => {
    expect(await heardOn('0699001')).toMatchObject({ tenant: 'harbor-pizza', text: 'Harbor Pizza, hello.' });
    write('0699001.json', 'Harbor Pizza, good evening!');
    await waitFor(async () => (await heardOn('0699001')).text === 'Harbor Pizza, good evening!', {
      what: 'the new greeting',
      deadlineMs: 30_000,
    });
    writeFileSync(join(directory, '0699001.json'), '{ "restaurant_id": ');
    expect(await heardOn('0699001')).toMatchObject({ text: 'Harbor Pizza, good evening!' });
  });

  test('refuses a number that no file has (R1.5)', async () => {
    await using phone = await Telephone.dial(sip, '0699002', '+442079460001');
    expect(await phone.answer()).toBe(486);
  });
});

/** Calls, hears the greeting, hangs up. @returns what is on record of it */
async function heardOn(called: string) {
  const before = finished().length;
  await using phone = await Telephone.dial(sip, called, '+442079460001');
  expect(await phone.answer()).toBe(200);
  await phone.untilQuiet();
  phone.call.hangUp();
  await waitFor(() => finished().length > before, { what: 'the record of the call', deadlineMs: 20_000 });
  const last = finished().at(-1);
  return { tenant: last?.tenant, text: last?.record.turns.find(({ role }) => role === 'agent')?.text };
}

function finished() {
  const lines = readFileSync(callsFile, { encoding: 'utf8', flag: 'a+' }).split('\n');
  return lines.flatMap((line) => {
    const parsed = line.endsWith('}') ? finishedSchema.safeParse(JSON.parse(line)) : undefined;
    return parsed?.success ? [parsed.data] : [];
  });
}

function write(name: string, welcome: string): void {
  const file = { restaurant_name: 'Harbor Pizza', restaurant_id: 'harbor-pizza', openai: { welcome_message: welcome } };
  writeFileSync(join(directory, name), JSON.stringify(file));
}

function json(name: string, content: object): string {
  const file = join(runDir, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}
