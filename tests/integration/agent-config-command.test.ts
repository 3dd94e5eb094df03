import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type Providers, startProviders } from '../../dev/providers/server.ts';
import { repository } from '../../dev/stack/program.ts';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { machineEnv } from '../../dev/stack/surroundings.ts';
import { tenantKeySchema } from '../../shared/ids.ts';
import { parseKeyRing, sealProviderKey } from '../../shared/provider-keys.ts';

const secret = randomBytes(32).toString('hex');
const pizza = { id: '0a000000-0000-4000-8000-000000000001', tenant: tenantKeySchema.parse('harbor-pizza') };
const support = '0a000000-0000-4000-8000-000000002002';
const pizzaKeys = ['dev-openai-harbor-pizza', 'dev-deepgram-harbor-pizza'];

let runDir: string;
let providers: Providers;
let supabase: RunningSupabase;
let tables: SupabaseClient;
beforeAll(async () => {
  runDir = mkdtempSync(join(tmpdir(), 'switchboard-config-'));
  providers = await startProviders({ port: 0, log: pino({ level: 'silent' }) });
  supabase = await startSupabase({ runDir, providersPort: providers.port, providerKeysSecret: secret });
  const realtime = { transport: WebSocket as never };
  tables = createClient(supabase.url, supabase.anonKey, { accessToken: async () => supabase.serviceToken, realtime });
});
afterAll(async () => {
  await supabase?.close();
  await providers?.close();
  rmSync(runDir, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | string | null | undefined;
  readonly output: string;
}

function config(...args: string[]): Promise<Ended> {
  return configWith({}, ...args);
}

function configWith(settings: Record<string, string>, ...args: string[]): Promise<Ended> {
  return agentWith(settings, 'config', ...args);
}

function agentWith(settings: Record<string, string>, ...args: string[]): Promise<Ended> {
  const env = {
    ...machineEnv(),
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_AGENT_TOKEN: supabase.agentToken,
    DATABASE_DEADLINE_MS: '10000',
    PROVIDER_KEYS_SECRET: secret,
    ...settings,
  };
  const command = ['--import', import.meta.resolve('tsx'), join(repository, 'agent/main.ts'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env, cwd: runDir }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    );
  });
}

function file(content: unknown): string {
  const path = join(runDir, `${randomBytes(4).toString('hex')}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function saves(config_override: object): Promise<void> {
  const { error } = await tables.from('sip_numbers').update({ config_override }).eq('id', support);
  expect(error).toBeNull();
}

const probesOf = ({ output }: Ended) =>
  z
    .object({ probes: z.array(z.object({ path: z.string(), outcome: z.string(), sentence: z.string() })) })
    .parse(JSON.parse(output)).probes;

describe('`agent check`', () => {
  test('names every setting that is missing (R9.2)', async () => {
    const { code, output } = await agentWith({}, 'check');
    expect(code).toBe(1);
    for (const name of ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) expect(output).toContain(`${name} is not set`);
  });

  test('says which of LiveKit and the database does not answer (R9.2)', async () => {
    const nowhere = { LIVEKIT_URL: 'ws://127.0.0.1:9', LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 's'.repeat(32) };
    const { code, output } = await agentWith(nowhere, 'check');
    expect(code).toBe(1);
    expect(output).toMatch(/^wrong +LiveKit/m);
    expect(output).toMatch(/^ok +database +answers$/m);
  });
});

describe('`agent config show`', () => {
  test('prints each field of a number with the layer that set it, and no key (R2.1)', async () => {
    const { code, output } = await config('show', '2001');
    expect(code).toBe(0);
    expect(output).toMatch(/^2001 orders, Harbor Pizza \(harbor-pizza\)$/m);
    expect(output).toMatch(/^greeting\.text +Harbor Pizza orders, what can I get .* number$/m);
    expect(output).toMatch(/^tts\.voice +ash +instance$/m);
    expect(output).toMatch(/^business\.timezone +Europe\/London +organization$/m);
    expect(output).toMatch(/^providers\.openai\.base_url +http:\/\/127\.0\.0\.1:\d+\/openai\/v1 +platform$/m);
    expect(output).toMatch(/^turn\.caller_silent_s +120 +built-in$/m);
    expect(output).toContain('stored keys: ');
    for (const key of pizzaKeys) expect(output).not.toContain(key);
    const { data } = await tables.from('provider_keys').select('ciphertext');
    for (const { ciphertext } of z.array(z.object({ ciphertext: z.string() })).parse(data))
      expect(output).not.toContain(ciphertext);
  });

  test('says when the last good version is what callers get, and why (R2.2)', async () => {
    await saves({ stt: { options: { not_an_option: true } } });
    const { code, output } = await config('show', '2002', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      lastGood: true,
      problems: [{ path: 'stt.options.not_an_option', layer: 'number' }],
    });
    expect((await config('show', '2002')).output).toMatch(/LAST GOOD revision \d+ is used, because revision \d+/);
    await saves({});
  });

  test('tells a number that is nobody’s from a database that is away (R2.2)', async () => {
    expect(await config('show', '9999')).toMatchObject({
      code: 1,
      output: expect.stringContaining("is nobody's number"),
    });
    const away = { SUPABASE_URL: 'http://127.0.0.1:9' };
    expect(await configWith(away, 'show', '2001')).toMatchObject({
      code: 2,
      output: expect.stringContaining('the database does not answer'),
    });
  });
});

describe('`agent config check`', () => {
  test('a mistake in a file is named with its path and what was probably meant (R2.2)', async () => {
    const { code, output } = await config('check', file({ greting: { text: 'Hi.' } }));
    expect(code).toBe(1);
    expect(output).toContain('greting: no such setting: did you mean greeting?');
    expect(await config('check', file({ greeting: { text: 'Hi.' } }))).toMatchObject({ code: 0 });
    expect(await config('check', file('{'))).toMatchObject({ code: 1, output: expect.stringContaining('is not JSON') });
  });

  test('one layer is checked by itself: only the platform may write what is its owner’s (R2.2)', async () => {
    const owners = file({ owner: { platform_keys: true } });
    expect(await config('check', owners, '--layer', 'platform')).toMatchObject({ code: 0 });
    expect(await config('check', owners, '--layer', 'number')).toMatchObject({
      code: 1,
      output: expect.stringContaining("only the platform's own configuration may set this (number)"),
    });
  });

  test('a file is checked as what a number would become with it, keys included (R2.2, R2.7)', async () => {
    const unheard = file({ stt: { provider: 'soniox' } });
    await tables.from('provider_keys').delete().eq('organization_id', pizza.id).eq('provider', 'soniox');
    expect(await config('check', unheard)).toMatchObject({ code: 0 });
    expect(await config('check', unheard, '--layer', 'number', '--number', '2001')).toMatchObject({
      code: 1,
      output: expect.stringContaining('stt: there is no key for soniox (number)'),
    });
  });

  test('a probe that has no keys to probe with says whose it needs (R2.8)', async () => {
    expect(await config('check', file({}), '--probe')).toMatchObject({
      code: 2,
      output: expect.stringContaining('name a number whose keys are to be used'),
    });
  });
});

describe('`agent config check --probe`', () => {
  test('each provider and fallback that works says how fast (R2.8)', async () => {
    const behind = file({ tts: { fallbacks: [{ provider: 'deepgram' }] } });
    const { code, output } = await config('check', behind, '--layer', 'number', '--number', '2001', '--probe');
    expect(code).toBe(0);
    for (const path of ['stt', 'llm', 'tts', 'tts.fallbacks.0'])
      expect(output).toMatch(new RegExp(`^  ${path.replaceAll('.', '\\.')} +\\S+ \\S+ +works, in \\d+ ms$`, 'm'));
    expect(new Set(providers.journal({}).map(({ key }) => key))).toEqual(new Set(pizzaKeys));
  });

  test('a key that the provider does not accept is a bad key (R2.8)', async () => {
    const owner = { tenant: pizza.tenant, provider: 'openai' };
    const { keyId: key_id, ciphertext } = sealProviderKey(parseKeyRing(secret), owner, 'sk-of-nobody');
    const stored = () => tables.from('provider_keys').select('key_id,ciphertext').eq('organization_id', pizza.id);
    const { data } = await stored().eq('provider', 'openai').single();
    const store = (row: object) =>
      tables.from('provider_keys').update(row).eq('organization_id', pizza.id).eq('provider', 'openai');
    await store({ key_id, ciphertext });
    const ended = await config('check', '2001', '--probe', '--json');
    await store(data ?? {});
    expect(ended.code).toBe(1);
    expect(probesOf(ended)).toMatchObject([
      { path: 'stt', outcome: 'works' },
      { path: 'llm', outcome: 'bad_key', sentence: expect.stringContaining('does not accept the key') },
      { path: 'tts', outcome: 'bad_key' },
    ]);
  });

  test('a model that the provider does not know is named (R2.8)', async () => {
    const strange = file({ llm: { model: 'unknown-9' } });
    const ended = await config('check', strange, '--layer', 'number', '--number', '2001', '--probe', '--json');
    expect(ended.code).toBe(1);
    expect(probesOf(ended)).toContainEqual(
      expect.objectContaining({
        path: 'llm',
        outcome: 'unknown_model',
        sentence: expect.stringContaining('does not know the model unknown-9'),
      }),
    );
  });

  test('a server that nobody reaches is told apart from one that says no (R2.8)', async () => {
    const nowhere = { base_url: 'http://127.0.0.1:9/v1' };
    const at = (await tables.from('platform_settings').select('config').single()).data?.config;
    const platform = file({ ...at, providers: { ...at?.providers, openai: nowhere } });
    const ended = await config('check', platform, '--layer', 'platform', '--number', '2001', '--probe', '--json');
    expect(ended.code).toBe(1);
    expect(probesOf(ended)).toMatchObject([
      { path: 'stt', outcome: 'works' },
      { path: 'llm', outcome: 'unreachable', sentence: expect.stringContaining('cannot be reached') },
      { path: 'tts', outcome: 'unreachable' },
    ]);
  });

  test('a fallback without a key is said before a caller needs it (R2.7, R2.8)', async () => {
    await tables.from('provider_keys').delete().eq('organization_id', pizza.id).eq('provider', 'elevenlabs');
    const behind = file({ tts: { fallbacks: [{ provider: 'elevenlabs' }] } });
    const ended = await config('check', behind, '--layer', 'number', '--number', '2001', '--probe', '--json');
    expect(ended.code).toBe(1);
    expect(probesOf(ended)).toContainEqual({
      path: 'tts.fallbacks.0',
      outcome: 'no_key',
      sentence: 'there is no key for elevenlabs.',
    });
  });
});
