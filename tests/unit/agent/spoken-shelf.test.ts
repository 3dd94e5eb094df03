import { expect, test } from 'vitest';
import { SpokenShelf } from '../../../agent/spoken-shelf.ts';
import { tenantConfigSchema } from '../../../shared/config/index.ts';

const sampleRate = 24_000;
const seconds = (count: number) => ({ sampleRate, samples: new Int16Array(count * sampleRate) });
const config = (change: object = {}) => tenantConfigSchema.parse(change);
const greeting = 'Harbor Pizza, good evening.';

test('a greeting is spoken once and then played to all callers of this tenant (R1.7)', () => {
  const shelf = new SpokenShelf(1);
  shelf.open('harbor-pizza', config()).keep(greeting, seconds(2));
  expect(shelf.open('harbor-pizza', config()).soundOf(greeting)?.samples.length).toBe(2 * sampleRate);
});

test("no caller hears another tenant's greeting, also where the words are the same (R1.6)", () => {
  const shelf = new SpokenShelf(1);
  shelf.open('harbor-pizza', config()).keep(greeting, seconds(2));
  expect(shelf.open('corner-cafe', config()).soundOf(greeting)).toBeUndefined();
});

test.each([
  ['text', {}, 'Harbor Pizza, good morning.'],
  ['voice', { tts: { voice: 'marin' } }, greeting],
  ['model', { tts: { model: 'tts-2' } }, greeting],
  ['provider', { tts: { provider: 'deepgram' } }, greeting],
  ['option of the voice', { tts: { options: { speed: 1.2 } } }, greeting],
  ['language', { language: 'it' }, greeting],
  ['address', { providers: { openai: { base_url: 'https://speech.example.com/v1' } } }, greeting],
])('after a change of its %s a greeting is spoken anew (R2.3)', (_what, change, text) => {
  const shelf = new SpokenShelf(1);
  shelf.open('harbor-pizza', config()).keep(greeting, seconds(2));
  expect(shelf.open('harbor-pizza', config(change)).soundOf(text)).toBeUndefined();
});

test('a change of who would take over keeps it (R2.3)', () => {
  const shelf = new SpokenShelf(1);
  shelf.open('harbor-pizza', config()).keep(greeting, seconds(2));
  const changed = config({ tts: { fallbacks: [{ provider: 'deepgram' }] } });
  expect(shelf.open('harbor-pizza', changed).soundOf(greeting)).toBeDefined();
});

test('the shelf stays within its size: what nobody asked for longest goes first (R1.7)', () => {
  const shelf = new SpokenShelf(1);
  const spoken = shelf.open('harbor-pizza', config());
  for (let at = 0; at < 30; at += 1) {
    spoken.keep(`Number ${at}`, seconds(2));
    spoken.soundOf('Number 0');
  }
  // 1 MB is ten times two seconds.
  expect(spoken.soundOf('Number 0')).toBeDefined();
  expect(spoken.soundOf('Number 1')).toBeUndefined();
  expect(spoken.soundOf('Number 29')).toBeDefined();
});

test('what is no greeting is not kept: longer than half a minute, or without a sound (R1.7)', () => {
  const spoken = new SpokenShelf(16).open('harbor-pizza', config());
  spoken.keep('long', seconds(31));
  spoken.keep('empty', seconds(0));
  expect([spoken.soundOf('long'), spoken.soundOf('empty')]).toEqual([undefined, undefined]);
});

test('a shelf of no size keeps nothing (R1.7)', () => {
  const spoken = new SpokenShelf(0).open('harbor-pizza', config());
  spoken.keep(greeting, seconds(2));
  expect(spoken.soundOf(greeting)).toBeUndefined();
});
