/** Whether what is written about the configuration is true, for people and for editors. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tenantConfigJsonSchema } from '../../dev/docs/config-schema.ts';
import { optionsOfServices, settingsOf } from '../../dev/docs/config-tables.ts';
import { checkLayer, resolveConfig } from '../../shared/config/index.ts';
import type { JsonValue } from '../../shared/merge.ts';

const settings = settingsOf(tenantConfigJsonSchema());

describe('every setting tells what it means', () => {
  test.each(settings.map((setting) => [setting.path, setting] as const))(
    '%s has a meaning, a default and an example (R2.2)',
    (_path, { schema, required }) => {
      expect(schema.description).toMatch(/\w+.*[.:]/);
      expect(schema.examples?.length).toBeGreaterThan(0);
      expect(required || schema.default !== undefined, 'a default, or it must be written').toBe(true);
    },
  );

  test.each(settings.filter(({ path }) => !/[[<]/.test(path)).map((setting) => [setting.path, setting] as const))(
    'the example of %s would be accepted (R2.2)',
    (path, { schema }) => {
      for (const example of schema.examples ?? [])
        expect(checkLayer('platform', nested(path.split('.'), z.json().parse(example)))).toEqual([]);
    },
  );

  test.each(optionsOfServices().map((option) => [`${option.service} ${option.path}`, option] as const))(
    'the option of %s has a meaning and an example (R2.2)',
    (_path, { schema }) => {
      expect(schema.description).toMatch(/\w+.*[.:]/);
      expect(schema.examples?.length).toBeGreaterThan(0);
    },
  );
});

test('the example of the README is a usable configuration that does what the text says (R2.1)', () => {
  const [, example = ''] =
    /## Configuration[\s\S]*?```json\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const layer = z.record(z.string(), z.json());
  const layers = z.strictObject({ organization: layer, instance: layer, number: layer }).parse(JSON.parse(example));
  const resolved = resolveConfig({ platform: {}, ...layers });
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  expect(resolved.config).toMatchObject({
    language: 'en',
    tts: { voice: 'coral' },
    business: { name: 'Studio Bianchi' },
  });
  expect(resolved.origins.get('language')).toBe('number');
});

function nested(path: readonly string[], value: JsonValue): JsonValue {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}
