/** The operator's commands, as they are typed, against the embedded Supabase. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { resolveConfig } from '../../shared/config/index.ts';
import { numberRowSchema } from '../../shared/contracts.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { openProviderKey, parseKeyRing, platformOwner } from '../../shared/provider-keys.ts';
import { runDispatch, runHere } from './dispatch-command.ts';

const [first, second] = ['ab'.repeat(32), 'cd'.repeat(32)];
const runDir = mkdtempSync(join(tmpdir(), 'switchboard-operator-'));
let supabase: RunningSupabase;
let agent: Database;

beforeAll(async () => {
  supabase = await startSupabase({ runDir, providerKeysSecret: first });
  const { url, anonKey, agentToken: token } = supabase;
  agent = openDatabase({ url, anonKey, token, deadlineMs: 10_000 });
});
afterAll(async () => {
  await supabase.close();
  rmSync(runDir, { recursive: true });
});

describe('a directory of DID files', () => {
  test('is imported whole: each number is answered by what its file says (R2.4)', async () => {
    const directory = didDirectory('trattoria', {
      '0655501.json': {
        restaurant_name: 'Trattoria da Ugo',
        restaurant_id: 'trattoria',
        description: 'Roman cooking.',
        backend_url: 'https://api.example.com/ugo',
        openai: {
          model: 'gpt-4o',
          voice: 'coral',
          temperature: 0.3,
          welcome_message: 'Da Ugo, buonasera!',
          intro: 'You take bookings. It is {{local_time}}.',
        },
        soniox: {
          enabled: true,
          model: 'stt-rt-v4',
          language_hints: ['it', 'en'],
          upsample_audio: false,
          silence_duration_ms: 900,
        },
        custom_context: { menu: ['carbonara'] },
      },
      '+390655502.json': {
        restaurant_name: 'Ugo al Mare',
        restaurant_id: 'trattoria',
        openai: { model: 'gpt-realtime', voice: 'marin' },
      },
    });

    const planned = await dispatch(['import-did', directory, '--dry-run']);
    expect(planned).toMatchObject({ code: 0, problem: '' });
    expect(planned.out).toContain('number 0655501: would be created');
    expect(planned.out).toContain('5 created, 0 changed, 0 unchanged (nothing was written)');
    expect(await lookup('0655501')).toBeUndefined();

    const done = await dispatch(['import-did', directory], { inProcess: true });
    expect(done).toMatchObject({ code: 0, problem: expect.stringContaining('[5/5] number 0655501: created') });
    expect(done.out).toContain('reached when the trunk delivers +390655502 or 00390655502 or 390655502');
    expect(done.out).toContain('5 created, 0 changed, 0 unchanged\n');
    expect(await configOf('0655501')).toMatchObject({
      business: { name: 'Trattoria da Ugo', description: 'Roman cooking.' },
      backend: { url: 'https://api.example.com/ugo' },
      mode: 'pipeline',
      llm: { provider: 'openai', model: 'gpt-4o', options: { temperature: 0.3 } },
      tts: { provider: 'openai', voice: 'coral' },
      greeting: { text: 'Da Ugo, buonasera!' },
      instructions: 'You take bookings. It is {{local_time}}.',
      stt: { provider: 'soniox', model: 'stt-rt-v4', options: { upsample_audio: false, silence_duration_ms: 900 } },
      language: 'it',
      languages: ['en'],
      custom_context: { menu: ['carbonara'] },
    });
    for (const delivered of ['+390655502', '390655502'])
      expect(await configOf(delivered)).toMatchObject({
        mode: 'realtime',
        realtime: { model: 'gpt-realtime', voice: 'marin' },
      });
    expect((await lookup('0655501'))?.tenant).toBe('trattoria');
  });

  test('imported again changes nothing, not even what people changed since; what a file changed is changed (R2.4)', async () => {
    const file = {
      restaurant_name: 'Bar Sport',
      restaurant_id: 'bar-sport',
      openai: { welcome_message: 'Bar Sport!' },
    };
    const directory = didDirectory('bar-sport', { '3301.json': file });
    expect((await dispatch(['import-did', directory])).out).toContain('3 created');
    const override = join(runDir, 'override.json');
    writeFileSync(override, '{"language":"it"}');
    await dispatch(['config', 'save', 'number', '3301', override]);

    const again = await dispatch(['import-did', directory, '--json']);
    const { changes } = importSchema.parse(JSON.parse(again.out));
    expect(changes.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(await configOf('3301')).toMatchObject({ language: 'it', greeting: { text: 'Bar Sport!' } });

    didDirectory('bar-sport', { '3301.json': { ...file, openai: { welcome_message: 'Ciao, Bar Sport!' } } });
    const changed = await dispatch(['import-did', directory]);
    expect(changed.out).toContain('~ greeting.text: "Bar Sport!" -> "Ciao, Bar Sport!"');
    expect(changed.out).toContain('0 created, 1 changed, 2 unchanged');
    expect(await configOf('3301')).toMatchObject({ greeting: { text: 'Ciao, Bar Sport!' } });
  });

  test('with anything wrong anywhere is not imported, and each mistake is told by file, line and path (R2.4)', async () => {
    const directory = didDirectory('broken', { '4401.json': { restaurant_id: 'broken' } });
    writeFileSync(
      join(directory, '4402.json'),
      '{\n  "restaurant_id": "broken",\n  "openai": {\n    "voise": "coral"\n  }\n}',
    );
    writeFileSync(join(directory, '4403.json'), '{\n  "restaurant_id": "broken"\n  "description": ""\n}');
    writeFileSync(
      join(directory, '4404.json'),
      '{\n  "restaurant_id": "broken",\n  "openai": {\n    "temperature": 7 }\n}',
    );
    writeFileSync(join(directory, '4405.json'), '{ "restaurant_id": "not a slug" }');
    writeFileSync(join(directory, 'notes.json'), '{}');
    const refused = await dispatch(['import-did', directory], { inProcess: true });
    expect(refused).toMatchObject({ code: 1, out: '' });
    for (const line of [
      '4402.json:4: openai.voise: no such key: did you mean openai.voice?',
      '4403.json:3: is not JSON: comma expected',
      '4405.json:1: restaurant_id: "not a slug" cannot be a tenant key',
      'notes.json:1: the name of the file is no number',
    ])
      expect(refused.problem).toContain(line);

    for (const name of ['4402.json', '4403.json', '4405.json', 'notes.json']) rmSync(join(directory, name));
    const deeper = await dispatch(['import-did', directory, '--json']);
    expect(deeper.code).toBe(1);
    expect(importSchema.parse(JSON.parse(deeper.out)).problems).toMatchObject([
      {
        file: expect.stringContaining('4404.json'),
        line: 4,
        path: 'openai.temperature',
        message: expect.stringContaining('<=2'),
      },
    ]);
    expect(await lookup('4401')).toBeUndefined();
  });

  test('never takes a number from another organisation (R1.5)', async () => {
    const directory = didDirectory('thief', { '2001.json': { restaurant_name: 'Thief' } });
    const refused = await dispatch(['import-did', directory, '--organization', 'thief']);
    expect(refused).toMatchObject({ code: 1, problem: expect.stringContaining('2001 is a number of harbor-pizza') });
    expect((await lookup('2001'))?.tenant).toBe('harbor-pizza');
  });

  test('makes default.json the default agent, which answers numbers that nobody has only once that is switched on (R1.5)', async () => {
    const directory = didDirectory('fallback', {
      'default.json': { restaurant_name: 'Fallback', openai: { welcome_message: 'Who is it?' } },
    });
    expect(await dispatch(['any-number', 'on'])).toMatchObject({ code: 1, problem: expect.stringContaining('import') });
    await imported(directory, '--organization', 'studio-bianchi');
    expect(await lookup('8888888')).toBeUndefined();
    expect(await dispatch(['any-number', 'on'])).toMatchObject({ code: 0, out: expect.stringContaining('number: on') });
    expect((await lookup('8888888'))?.tenant).toBe('studio-bianchi');
    expect(await configOf('8888888')).toMatchObject({ greeting: { text: 'Who is it?' } });
    expect((await dispatch(['any-number', 'on'])).out).toContain('already on');
    expect((await lookup('2001'))?.tenant).toBe('harbor-pizza');
    // Importing again switches nothing.
    await imported(directory, '--organization', 'studio-bianchi');
    expect(await lookup('8888888')).toBeDefined();
    expect((await dispatch(['any-number', 'off'])).out).toContain('any other number: off');
    expect(await lookup('8888888')).toBeUndefined();
    expect(await dispatch(['any-number', 'perhaps'])).toMatchObject({ code: 2 });
  });
});

describe('what an agent was told to be', () => {
  test('can be looked back at, compared, and rolled back to, with who and when (R2.6)', async () => {
    const directory = didDirectory('versions', {
      '5501.json': { restaurant_id: 'versions', openai: { welcome_message: 'One.', voice: 'coral' } },
    });
    await imported(directory);
    const layer = ['agent', 'versions/5501'];
    const config = join(runDir, 'agent.json');
    writeFileSync(
      config,
      '{\n  "greeting": { "text": "Two." },\n  "tts": { "provider": "openai", "voice": "coral" }\n}',
    );
    expect((await dispatch(['config', 'save', ...layer, config, '--dry-run'])).out).toContain('would be changed');
    expect((await dispatch(['config', 'save', ...layer, config])).out).toContain('~ greeting.text: "One." -> "Two."');

    const versions = await history(layer);
    expect(versions.map(({ active, changed }) => [active, changed])).toEqual([
      [true, ['greeting.text']],
      [false, ['greeting.text', 'tts.provider', 'tts.voice']],
    ]);
    expect(versions[0]?.savedBy).toMatch(/^.+@.+$/);
    expect(Date.parse(versions[0]?.savedAt ?? '')).toBeGreaterThan(0);
    expect((await dispatch(['config', 'diff', ...layer])).out).toContain('~ greeting.text: "One." -> "Two."');

    const [newest, oldest] = versions.map(({ revision }) => String(revision));
    const rolledBack = await dispatch(['config', 'rollback', ...layer, oldest ?? '']);
    expect(rolledBack).toMatchObject({ code: 0, out: expect.stringContaining(`revision ${oldest} is active again`) });
    expect(await configOf('5501')).toMatchObject({ greeting: { text: 'One.' } });
    expect(await history(layer)).toHaveLength(3);
    expect((await dispatch(['config', 'diff', ...layer, newest ?? '', oldest ?? ''])).out).toContain(
      '"Two." -> "One."',
    );
    expect((await dispatch(['config', 'history', ...layer])).out).toMatch(/active .* greeting\.text/);
  });

  test('is not saved when it is wrong: file, line, path and the nearest key are told (R2.2)', async () => {
    const file = join(runDir, 'wrong.json');
    writeFileSync(file, '{\n  "turn": {\n    "max_duraton_s": 60\n  }\n}');
    for (const layer of [['organization', 'harbor-pizza'], ['number', '2001'], ['platform']]) {
      const refused = await dispatch(['config', 'save', ...layer, file]);
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.problem).toContain(
        'wrong.json:3: turn.max_duraton_s: no such setting: did you mean max_duration_s?',
      );
    }
    writeFileSync(file, '{ "apology": { "action": "transfer", "transfer_to": "nobody" } }');
    const [number] = await history(['number', '2001']);
    expect((await dispatch(['config', 'save', 'agent', 'harbor-pizza/nobody', file])).problem).toContain(
      'there is no agent',
    );
    writeFileSync(file, '{ "refusal": { "action": "forward", "to": "2001" } }');
    expect((await dispatch(['config', 'save', 'number', '2001', file])).problem).toContain(
      'refusal.to: is the number itself',
    );
    expect(await history(['number', '2001'])).toEqual([number]);
  });

  test('of the platform holds for every number from the next call on (R2.3)', async () => {
    const [before] = await history(['platform']);
    const input = '{"turn":{"caller_silent_s":45}}';
    expect(await dispatch(['config', 'save', 'platform', '-'], { input })).toMatchObject({ code: 0 });
    expect(await configOf('2001')).toMatchObject({ turn: { caller_silent_s: 45 } });
    expect(await dispatch(['config', 'rollback', 'platform', String(before?.revision)])).toMatchObject({ code: 0 });
    expect((await configOf('2001')).turn.caller_silent_s).not.toBe(45);
  });
});

describe('provider keys', () => {
  test('are piped in, sealed, and never shown again (R2.7, R7.3)', async () => {
    await imported(didDirectory('own', { '6601.json': { restaurant_id: 'own-keys' } }));
    const input = 'sk-secret-of-own\n';
    const args = ['keys', 'set', 'soniox', '--organization', 'own-keys'];
    const stored = await dispatch(args, { input, inProcess: true });
    expect(stored).toMatchObject({ code: 0, out: 'stored: soniox of own-keys\n' });
    const row = await lookup('6601');
    const key = row?.providerKeys.find(({ provider }) => provider === 'soniox');
    if (row === undefined || key === undefined) throw new Error('the key is not there');
    expect(openProviderKey(parseKeyRing(first), { tenant: row.tenant, provider: 'soniox' }, key)).toBe(input.trim());
    const listed = await dispatch(['keys', 'list', '--organization', 'own-keys']);
    expect(listed.out).toMatch(/own-keys +soniox +k1/);
    expect(listed.out + stored.problem).not.toContain('sk-secret');
    expect(await dispatch(args, { input: '' })).toMatchObject({ code: 2 });
    expect(await dispatch(['keys', 'set', 'sk-OOPS', '--platform'], { input })).toMatchObject({ code: 2 });
    expect(await dispatch(['keys', 'set', 'openai'], { input })).toMatchObject({ code: 2 });
  });

  test('of the platform reach only tenants without their own, where the owner lends them (R2.7)', async () => {
    await imported(didDirectory('lent', { '6602.json': { restaurant_id: 'lent-keys' } }));
    await dispatch(['keys', 'set', 'elevenlabs', '--platform'], { input: 'sk-platform' });
    expect((await lookup('6602'))?.providerKeys).toEqual([]);
    await dispatch(['config', 'save', 'platform', '-'], { input: '{"owner":{"platform_keys":true}}' });
    const lent = (await lookup('6602'))?.providerKeys.find(({ owner }) => owner === 'platform');
    if (lent === undefined) throw new Error('the key is not lent');
    const owner = { tenant: platformOwner, provider: 'elevenlabs' } as const;
    expect(openProviderKey(parseKeyRing(first), owner, lent)).toBe('sk-platform');
    await dispatch(['keys', 'set', 'elevenlabs', '--organization', 'lent-keys'], { input: 'sk-own' });
    expect((await lookup('6602'))?.providerKeys.map((key) => key.owner)).toEqual(['organization']);
    await dispatch(['config', 'save', 'platform', '-'], { input: '{}' });
  });

  test('are sealed anew when their secret is changed, and open all the time (R2.7)', async () => {
    const both = `k2:${second},k1:${first}`;
    const rehearsed = await dispatch(['keys', 'rotate', '--dry-run'], { secret: both });
    expect(rehearsed.out).toMatch(/^would be sealed anew under k2: [1-9]/);
    expect(await keyIds()).toEqual(['k1']);

    const rotated = await dispatch(['keys', 'rotate'], { secret: both, inProcess: true });
    expect(rotated).toMatchObject({ code: 0, problem: expect.stringMatching(/^\[1\/\d+\] [a-z-]+ of .+: resealed/) });
    expect(await keyIds()).toEqual(['k2']);
    const row = await lookup('2001');
    for (const key of row?.providerKeys.filter(({ owner }) => owner === 'organization') ?? [])
      openProviderKey(
        parseKeyRing(`k2:${second}`),
        { tenant: row?.tenant ?? platformOwner, provider: key.provider },
        key,
      );
    expect((await dispatch(['keys', 'rotate'], { secret: both })).out).toBe('every key is sealed under k2\n');

    const lost = await dispatch(['keys', 'rotate'], { secret: `k3:${first}` });
    expect(lost).toMatchObject({
      code: 1,
      problem: expect.stringContaining('which PROVIDER_KEYS_SECRET does not have'),
    });
    expect(await keyIds()).toEqual(['k2']);
  });
});

async function imported(directory: string, ...options: string[]) {
  const { code, out } = await dispatch(['import-did', directory, '--json', ...options]);
  expect(code).toBe(0);
  return importSchema.parse(JSON.parse(out)).changes;
}

async function history(layer: readonly string[]) {
  const row = z.object({
    revision: z.number(),
    savedAt: z.string(),
    savedBy: z.string().nullable(),
    active: z.boolean(),
    changed: z.array(z.string()),
  });
  return z.array(row).parse(JSON.parse((await dispatch(['config', 'history', ...layer, '--json'])).out));
}

async function keyIds() {
  const rows = z
    .array(z.object({ keyId: z.string() }))
    .parse(JSON.parse((await dispatch(['keys', 'list', '--json'])).out));
  return [...new Set(rows.map(({ keyId }) => keyId))];
}

function didDirectory(name: string, files: Readonly<Record<string, object>>): string {
  const directory = join(runDir, name);
  mkdirSync(directory, { recursive: true });
  for (const [file, content] of Object.entries(files))
    writeFileSync(join(directory, file), JSON.stringify(content, null, 2));
  return directory;
}

const importSchema = z.object({
  problems: z.array(z.object({ file: z.string(), line: z.number(), path: z.string(), message: z.string() })),
  changes: z.array(z.object({ name: z.string(), outcome: z.string() })),
});

/** @param inProcess of its own, as it is typed */
function dispatch(args: readonly string[], { secret = first, input = '', inProcess = false } = {}) {
  const env = {
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_OPERATOR_TOKEN: supabase.operatorToken,
    DATABASE_DEADLINE_MS: '10000',
    PROVIDER_KEYS_SECRET: secret,
  };
  return (inProcess ? runDispatch : runHere)(args, { cwd: runDir, env, input });
}

async function lookup(called: string) {
  const [row] = await agent.rows('lookup_number', { p_called: called }, numberRowSchema);
  return row;
}

/** What a call to the number would have. */
async function configOf(called: string) {
  const row = await lookup(called);
  if (row === undefined) throw new Error(`${called} is nobody's number`);
  const resolved = resolveConfig(row.layers, row.organizationName);
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  return resolved.config;
}
