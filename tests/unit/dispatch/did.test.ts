import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readDidDirectory, spellingsOf } from '../../../dispatch/did/directory.ts';
import { type DidFile, didFields, didFileSchema } from '../../../dispatch/did/fields.ts';
import { mapDidFile } from '../../../dispatch/did/map.ts';
import { diffConfigs } from '../../../shared/config/diff.ts';
import { checkLayer } from '../../../shared/config/index.ts';
import { tenantKeySchema } from '../../../shared/ids.ts';
import type { JsonObject } from '../../../shared/merge.ts';
import { parseDialled } from '../../../shared/phone.ts';

/** Every key that R2.4 names. */
const complete: DidFile = didFileSchema.parse({
  restaurant_name: 'Harbor Pizza',
  restaurant_id: 'harbor',
  description: 'By the sea.',
  backend_url: 'https://api.example.com',
  openai: { model: 'gpt-4o', voice: 'coral', temperature: 0.5, welcome_message: 'Hi!', intro: 'Take orders.' },
  soniox: {
    enabled: true,
    model: 'stt-rt-v4',
    language_hints: ['fa', 'en'],
    upsample_audio: true,
    silence_duration_ms: 700,
  },
  custom_context: { menu: ['soup'], address: { street: 'Pier 4' } },
});
const keysOf = (file: object, prefix = ''): string[] =>
  Object.entries(file).flatMap(([key, value]) =>
    ['openai', 'soniox'].includes(key) ? keysOf(value, `${key}.`) : [`${prefix}${key}`],
  );
const given = { organizationGiven: true };

describe('each key of a DID file', () => {
  test('is in the table, and the table has no others (R2.4)', () => {
    expect(didFields.map(({ key }) => key).sort()).toEqual(keysOf(complete).sort());
  });

  test.each(didFields)('$key has a home, and none that the table does not tell (R2.4)', ({ key, becomes }) => {
    for (const model of ['gpt-4o', 'gpt-realtime']) {
      const file = { ...complete, openai: { ...complete.openai, model } };
      const { config, sourceOf } = mapDidFile(onlyWith(file, key), given);
      const leaves = diffConfigs({}, config).map(({ path }) => path);
      const homes = leaves.filter((path) => becomes.some((home) => path === home || path.startsWith(`${home}.`)));
      expect(homes.length).toBeGreaterThan(0);
      expect(leaves.filter((path) => sourceOf(path) === '')).toEqual([]);
    }
  });

  test('alone or with any others makes a layer that passes its checks (R2.4)', () => {
    fc.assert(
      fc.property(fc.subarray(didFields.map(({ key }) => key)), fc.boolean(), (keys, organizationGiven) => {
        const file = keys.reduce<DidFile>((all, key) => merged(all, onlyWith(complete, key)), {});
        expect(checkLayer('instance', mapDidFile(file, { organizationGiven }).config)).toEqual([]);
      }),
    );
  });

  test('of soniox is taken only where it is enabled, and the importer hears of it (R2.4)', () => {
    const { config, notes } = mapDidFile({ ...complete, soniox: { ...complete.soniox, enabled: false } }, given);
    expect([config['stt'], config['language']]).toEqual([undefined, undefined]);
    expect(notes).toEqual(['soniox is not enabled, so nothing of it is taken']);
  });

  test('leads back from a mistake to where it was written (R2.4)', () => {
    const { sourceOf } = mapDidFile(complete, given);
    expect(sourceOf('stt.options.silence_duration_ms')).toBe('soniox.silence_duration_ms');
    expect(sourceOf('llm.options.temperature')).toBe('openai.temperature');
    expect(sourceOf('languages.0')).toBe('soniox.language_hints');
    expect(sourceOf('custom_context.address.street')).toBe('custom_context.address.street');
    expect(sourceOf('turn.max_duration_s')).toBe('');
  });
});

describe('a directory of DID files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-did-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const directory = (files: Readonly<Record<string, string>>) => {
    const made = mkdtempSync(join(folder, 'dids-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
    return made;
  };
  const problemsOf = (files: Readonly<Record<string, string>>, slug?: string) => {
    const read = readDidDirectory(directory(files), slug === undefined ? undefined : tenantKeySchema.parse(slug));
    return read.outcome === 'broken' ? read.problems.map(({ line, path, message }) => [line, path, message]) : [];
  };

  test.each<[string, Record<string, string>, [number, string, RegExp]]>([
    ['an empty directory', {}, [1, '', /there is no \{DID\}\.json/]],
    [
      'an unknown key',
      { '2001.json': '{"restaurant_id":"a",\n"restarant_name":"b"}' },
      [2, 'restarant_name', /did you mean restaurant_name/],
    ],
    [
      'a wrong type',
      { '2001.json': '{"restaurant_id":"a",\n"soniox":{\n"enabled":"yes"}}' },
      [3, 'soniox.enabled', /expected boolean/],
    ],
    [
      'a key that is there twice',
      { '2001.json': '{"description":"a",\n"description":"b"}' },
      [2, 'description', /is there twice/],
    ],
    ['a list', { '2001.json': '[]' }, [1, '', /holds no object/]],
    ['an empty file', { '2001.json': '' }, [1, '', /is not JSON/]],
    ['a comment', { '2001.json': '{\n// note\n}' }, [2, '', /is not JSON/]],
    ['no organisation', { '2001.json': '{}' }, [1, 'restaurant_id', /whose number is it/]],
    [
      'the same number twice',
      { '+39061234567.json': '{"restaurant_id":"a"}', '0039061234567.json': '{"restaurant_id":"a"}' },
      [1, '', /same number as \+39061234567\.json/],
    ],
  ])('with %s is told by line and path (R2.4)', (_what, files, [line, path, message]) => {
    expect(problemsOf(files)).toEqual([[line, path, expect.stringMatching(message)]]);
  });

  test('does not lose one restaurant_id to another (R2.4)', () => {
    const file = '{"restaurant_id": 7, "custom_context": {"restaurant_id": 8}}';
    expect(problemsOf({ '2001.json': file }, 'harbor')).toEqual([
      [1, 'restaurant_id', expect.stringContaining('another')],
    ]);
    expect(problemsOf({ '2001.json': file.replace('8', '7') }, 'harbor')).toEqual([]);
  });

  test('makes agents of their numbers and a fallback of default.json; other files are none of its business (R2.4)', () => {
    const files = {
      '0612345678.json': '{"restaurant_id":12}',
      'default.json': '{"backend_url":null}',
      'readme.txt': 'hello',
    };
    const read = readDidDirectory(directory(files), undefined);
    expect(read).toMatchObject({
      agents: [
        { organization: '12', agent: '0612345678', answers: { kind: 'number', number: '0612345678' } },
        { organization: 'default', agent: 'default', answers: { kind: 'fallback' } },
      ],
    });
  });
});

test('what is said to reach a number is what the platform makes of it when it is dialled (R1.1, R2.4)', () => {
  expect(spellingsOf('+390612345678')).toEqual(['+390612345678', '00390612345678', '390612345678']);
  for (const stored of ['+390612345678', '0612345678', '2001'])
    for (const delivered of spellingsOf(stored)) {
      const dialled = parseDialled(delivered);
      // The database looks for the number as it was dialled, then with a plus.
      const found = dialled.kind !== 'malformed' && [dialled.number as string, `+${dialled.number}`].includes(stored);
      expect(found, `${delivered} for ${stored}`).toBe(true);
    }
});

function onlyWith(file: DidFile, key: string): DidFile {
  const [group = '', name] = key.split('.');
  const whole: JsonObject = JSON.parse(JSON.stringify(file));
  const inside = whole[group] as JsonObject;
  const kept =
    name === undefined ? inside : { ...(group === 'soniox' ? { enabled: true } : {}), [name]: inside[name] ?? null };
  // Which home voice and temperature have depends on the model.
  const beside = group === 'openai' && name !== 'model' ? { model: (whole['openai'] as JsonObject)['model'] } : {};
  return didFileSchema.parse({ [group]: name === undefined ? kept : { ...beside, ...(kept as JsonObject) } });
}

function merged(left: DidFile, right: DidFile): DidFile {
  return didFileSchema.parse({
    ...left,
    ...right,
    ...(left.openai || right.openai ? { openai: { ...left.openai, ...right.openai } } : {}),
    ...(left.soniox || right.soniox ? { soniox: { ...left.soniox, ...right.soniox } } : {}),
  });
}
