import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffConfigs } from '../../../shared/config/diff.ts';
import type { JsonObject } from '../../../shared/merge.ts';

const json = fc.dictionary(
  fc.constantFrom('tts', 'voice', 'menu'),
  fc.oneof(
    fc.constantFrom(null, 1, 'a', [1, { b: 2 }], {}),
    fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(null, 1, [1], { z: 1 })),
  ),
) as fc.Arbitrary<JsonObject>;

test('what was added, taken away and changed is told leaf by leaf (R2.6)', () => {
  const before = { tts: { voice: 'coral', speed: 1 }, language: 'it', languages: ['en'] };
  const after = { tts: { voice: 'alloy', speed: 1 }, languages: ['en', 'fr'], greeting: { text: 'Hi.' } };
  expect(diffConfigs(before, after)).toEqual([
    { path: 'greeting.text', before: undefined, after: 'Hi.' },
    { path: 'language', before: 'it', after: undefined },
    { path: 'languages', before: ['en'], after: ['en', 'fr'] },
    { path: 'tts.voice', before: 'coral', after: 'alloy' },
  ]);
});

test('clearing a setting is a difference, another order of keys is none (R2.6)', () => {
  expect(diffConfigs({ tts: { voice: 'coral' } }, { tts: { voice: null } })).toHaveLength(1);
  expect(diffConfigs({ menu: [{ a: 1, b: 2 }], x: 1 }, { x: 1, menu: [{ b: 2, a: 1 }] })).toEqual([]);
});

test('a version differs from itself in nothing, and from another in the same leaves both ways (R2.6)', () => {
  fc.assert(
    fc.property(json, json, (left, right) => {
      expect(diffConfigs(left, structuredClone(left))).toEqual([]);
      const there = diffConfigs(left, right);
      expect(diffConfigs(right, left)).toEqual(
        there.map(({ path, before, after }) => ({ path, before: after, after: before })),
      );
    }),
  );
});
