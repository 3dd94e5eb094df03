import { expect, test } from 'vitest';
import { Pace } from '../../../../agent/fallback/pace.ts';
import { wholeSentences } from '../../../../agent/fallback/sentences.ts';

test.each([
  ['We close at elev', ''],
  ['We close at eleven.', ''],
  ['We close at eleven. The last', 'We close at eleven. '],
  ['He said "no." Then', 'He said "no." '],
  ['It costs 3.50 and', ''],
  ['چه ساعتی؟ فردا', 'چه ساعتی؟ '],
  ['一点です。二', '一点です。'],
  ['one\ntwo', 'one\n'],
])('of %j what is whole is %j (R4.2)', (text, whole) => {
  expect(wholeSentences(text)).toBe(whole);
});

test('what is left of a sentence begins with the word that was being spoken (R4.2)', () => {
  const pace = new Pace();
  const text = 'The last order is taken at half past ten.';
  expect(pace.restOf(text, 0)).toBe(text);
  expect(pace.restOf(text, 0.9)).toBe('order is taken at half past ten.');
  expect(pace.restOf(text, 10)).toBe('');
});

test('a slow voice is known after a few seconds of it (R4.2)', () => {
  const pace = new Pace();
  pace.learn('twenty characters ok', 4);
  expect(pace.restOf('The last order is taken', 1)).toBe('last order is taken');
});
