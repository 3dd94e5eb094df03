import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  combine,
  type JsonObject,
  type JsonValue,
  type Layer,
  mergeLayers,
  type Patch,
  patchOf,
  resultOf,
} from '../../../shared/merge.ts';

const key = fc.constantFrom('business', 'tts', 'voice', 'tools', 'menu');
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, true, 0, 7, '', 'alloy', []),
    fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
    fc.dictionary(key, tie('json'), { maxKeys: 3 }),
  ),
}));
const object = fc.dictionary(key, json, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;
const layersOf = (...values: JsonObject[]): Layer<string>[] =>
  values.map((value, at) => ({ name: `layer ${at}`, value }));

test('a number keeps what its organisation says and changes only what it overrides (R2.1)', () => {
  const { value, origins } = mergeLayers([
    { name: 'organization', value: { tts: { provider: 'openai', voice: 'alloy' }, language: 'en' } },
    { name: 'number', value: { tts: { voice: 'coral' } } },
  ]);
  expect(value).toEqual({ tts: { provider: 'openai', voice: 'coral' }, language: 'en' });
  expect(Object.fromEntries(origins)).toEqual({
    'tts.provider': 'organization',
    'tts.voice': 'number',
    language: 'organization',
  });
});

test('an array replaces the one below instead of joining it (R2.1)', () => {
  expect(mergeLayers(layersOf({ tools: ['a', 'b'] }, { tools: ['c'] })).value).toEqual({ tools: ['c'] });
});

test('null clears what lower layers said, and its origin (R2.1)', () => {
  const { value, origins } = mergeLayers(layersOf({ menu: { monday: 'soup' }, voice: 'alloy' }, { menu: null }));
  expect(value).toEqual({ voice: 'alloy' });
  expect([...origins.keys()]).toEqual(['voice']);
});

test('a key named __proto__ stays data and reaches nobody else (R2.1)', () => {
  const hostile = JSON.parse('{"__proto__":{"admin":true}}') as JsonObject;
  const { value } = mergeLayers(layersOf({ menu: {} }, hostile));
  expect(Object.hasOwn(value, '__proto__')).toBe(true);
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
});

test('merging never changes a layer (R2.1)', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 4 }), (values) => {
      const before = structuredClone(values);
      mergeLayers(layersOf(...values));
      expect(values).toEqual(before);
    }),
  );
});

test('laying the same layer twice changes nothing (R2.1)', () => {
  fc.assert(
    fc.property(object, object, (below, above) => {
      expect(mergeLayers(layersOf(below, above, above)).value).toEqual(mergeLayers(layersOf(below, above)).value);
    }),
  );
});

test('no null is left in a merged configuration outside arrays (R2.1)', () => {
  fc.assert(
    fc.property(object, object, (below, above) => {
      for (const leaf of leavesOf(mergeLayers(layersOf(below, above)).value)) expect(leaf.value).not.toBeNull();
    }),
  );
});

test('each leaf is named with the strongest layer that wrote it (R2.1)', () => {
  fc.assert(
    fc.property(object, object, (below, above) => {
      const { value, origins } = mergeLayers(layersOf(below, above));
      const leaves = leavesOf(value);
      expect([...origins.keys()].sort()).toEqual(leaves.map((leaf) => leaf.path).sort());
      const written = new Map(leavesOf(mergeLayers(layersOf(above)).value).map((leaf) => [leaf.path, leaf.value]));
      for (const { path, value: leaf } of leaves) {
        const byAbove = written.has(path) && JSON.stringify(written.get(path)) === JSON.stringify(leaf);
        if (origins.get(path) === 'layer 1') expect(byAbove).toBe(true);
        else expect(byAbove && !isEmptyObject(leaf)).toBe(false);
      }
    }),
  );
});

describe('any grouping of layers', () => {
  // Few keys, so that layers meet: clearing between two others is where groupings could differ.
  const crowded = fc.dictionary(
    fc.constantFrom('tts', 'voice'),
    fc.oneof(
      fc.constantFrom<JsonValue>(null, 7, [], {}),
      fc.dictionary(
        fc.constantFrom('a', 'b'),
        fc.constantFrom<JsonValue>(null, 1, {}, { c: 1 }, { c: null }, { d: 2 }),
      ),
    ),
  ) as fc.Arbitrary<JsonObject>;
  const layers = fc.array(fc.oneof(object, crowded, crowded), { minLength: 3, maxLength: 5 });
  const patches = layers.map((values) => layersOf(...values).map(patchOf));

  test('gives the same value and the same origins (R2.1)', () => {
    fc.assert(
      fc.property(patches, fc.nat(), (all, seed) => {
        expect(shown(grouped(all, seed))).toEqual(shown(all.reduce(combine)));
      }),
      { numRuns: 500 },
    );
  });

  test('behaves the same under every further layer below and above (R2.1)', () => {
    fc.assert(
      fc.property(patches, fc.nat(), object, object, (all, seed, below, above) => {
        const [bottom, top] = [patchOf({ name: 'below', value: below }), patchOf({ name: 'above', value: above })];
        const between = (middle: Patch<string>) => shown(combine(combine(bottom, middle), top));
        expect(between(grouped(all, seed))).toEqual(between(all.reduce(combine)));
      }),
    );
  });

  test('is not disturbed by an empty layer anywhere (R2.1)', () => {
    fc.assert(
      fc.property(object, (value) => {
        const [patch] = layersOf(value).map(patchOf);
        const empty: Patch<string> = new Map();
        if (patch === undefined) throw new Error('one layer makes one patch');
        expect(shown(combine(empty, patch))).toEqual(shown(patch));
        expect(shown(combine(patch, empty))).toEqual(shown(patch));
      }),
    );
  });

  test('does the same when a layer is laid over itself, origins and all (R2.1)', () => {
    fc.assert(
      fc.property(object, object, (below, above) => {
        const [first, second] = layersOf(below, above).map(patchOf);
        if (first === undefined || second === undefined) throw new Error('two layers make two patches');
        expect(shown(combine(combine(first, second), second))).toEqual(shown(combine(first, second)));
      }),
    );
  });

  test('never changes the patches that it combines (R2.1)', () => {
    fc.assert(
      fc.property(patches, fc.nat(), (all, seed) => {
        const before = structuredClone(all);
        grouped(all, seed);
        expect(all).toEqual(before);
      }),
    );
  });
});

test('what a middle layer cleared stays away when the two above it are combined first (R2.1)', () => {
  const [platform, organization, number] = layersOf({ tts: { voice: 'alloy' } }, { tts: null }, { tts: { speed: 1 } });
  if (!platform || !organization || !number) throw new Error('three layers');
  const above = combine(patchOf(organization), patchOf(number));
  expect(resultOf(combine(patchOf(platform), above)).value).toEqual({ tts: { speed: 1 } });
});

/** Combines neighbours in an order that the seed picks. */
function grouped(patches: readonly Patch<string>[], seed: number): Patch<string> {
  const [first, ...others] = patches;
  if (first === undefined) throw new Error('nothing to combine');
  if (others.length === 0) return first;
  const at = seed % others.length;
  const pair = combine(patches[at] ?? first, patches[at + 1] ?? first);
  return grouped([...patches.slice(0, at), pair, ...patches.slice(at + 2)], seed * 31 + 7);
}

function shown(patch: Patch<string>) {
  const { value, origins } = resultOf(patch);
  return { value, origins: Object.fromEntries(origins) };
}

function leavesOf(value: JsonObject, prefix = ''): { path: string; value: JsonValue }[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const nested = typeof inner === 'object' && inner !== null && !Array.isArray(inner) && !isEmptyObject(inner);
    return nested ? leavesOf(inner as JsonObject, path) : [{ path, value: inner }];
  });
}

function isEmptyObject(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
