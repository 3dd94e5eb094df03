import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differencesOf, rebased, valueAt, withoutValue, withValue } from '../src/config/paths.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const key = fc.constantFrom('a', 'b', 'c', 'd');
/** Without empty objects, which the editor never leaves behind. */
const config = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { minKeys: 1, maxKeys: 3 })), { maxKeys: 4 });

describe('what an editor writes below a path', () => {
  test('is read there again, and nothing else has changed (R5.1)', () => {
    const before = { greeting: { text: 'x' }, language: 'it' };
    const after = withValue(before, ['greeting', 'audio_url'], null);
    expect(valueAt(after, 'greeting.audio_url')).toBeNull();
    expect(after).toEqual({ greeting: { text: 'x', audio_url: null }, language: 'it' });
    expect(before).toEqual({ greeting: { text: 'x' }, language: 'it' });
  });

  test('leaves nothing behind when it is put back (R5.1)', () => {
    expect(withoutValue({ greeting: { text: 'x' }, language: 'it' }, ['greeting', 'text'])).toEqual({ language: 'it' });
    expect(withoutValue({ language: 'it' }, ['greeting', 'text'])).toEqual({ language: 'it' });
  });

  test('is not looked for in what every object inherits (R5.1)', () => {
    expect(valueAt({}, 'constructor')).toBeUndefined();
  });
});

describe('two versions', () => {
  test('differ leaf by leaf, a list as a whole (R2.6)', () => {
    expect(differencesOf({ a: { b: 1, c: [1] } }, { a: { b: 1, c: [1, 2] }, d: true })).toEqual([
      { path: ['a', 'c'], before: [1], after: [1, 2] },
      { path: ['d'], before: undefined, after: true },
    ]);
  });

  test('what one editor wrote, laid over the version of nobody else, is what they wrote (R5.5)', () => {
    fc.assert(
      fc.property(config, config, (base, mine) => {
        expect(rebased(base, mine, base)).toEqual(mine);
      }),
    );
  });

  test('what one editor left alone stays as the other one wrote it (R5.5)', () => {
    const base = { greeting: { text: 'old' }, language: 'en' };
    const mine = { greeting: { text: 'mine' }, language: 'en' };
    const theirs = { greeting: { text: 'theirs' }, language: 'it', instructions: 'theirs' };
    expect(rebased(base, mine, theirs)).toEqual({ greeting: { text: 'mine' }, language: 'it', instructions: 'theirs' });
  });
});
