import { expect, test } from 'vitest';
import { Unheard } from '../../../agent/providers/unheard.ts';

interface Frame {
  readonly name: string;
  readonly samplesPerChannel: number;
  readonly sampleRate: number;
}

/** A second each. */
function saying(...names: string[]): Unheard<Frame> {
  const unheard = new Unheard<Frame>();
  for (const name of names) unheard.add({ name, samplesPerChannel: 16_000, sampleRate: 16_000 });
  return unheard;
}
const namesOf = (unheard: Unheard<Frame>) => unheard.again().map(({ name }) => name);

test('a new line hears what was said since the last final words (R4.2)', () => {
  const unheard = saying('pizza', 'please', 'and', 'a');
  unheard.heardUntil(2_000);
  expect(namesOf(unheard)).toEqual(['and', 'a']);
});

test('the time of a new line begins with the sound that it hears again (R4.2)', () => {
  const unheard = saying('pizza', 'please', 'and', 'a');
  unheard.heardUntil(2_000);
  unheard.again();
  unheard.heardUntil(1_000);
  expect(namesOf(unheard)).toEqual(['a']);
});

test('words that end nobody knows where are not heard twice', () => {
  const unheard = saying('pizza', 'please');
  unheard.heardUntil(undefined);
  expect(namesOf(unheard)).toEqual([]);
});

test('of a caller who is never understood the last ten seconds are kept, and no more', () => {
  const names = Array.from({ length: 30 }, (_, second) => String(second));
  expect(namesOf(saying(...names))).toEqual(names.slice(-10));
});
