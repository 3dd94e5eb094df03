import { expect, test } from 'vitest';
import { playedWords } from '../../../agent/speaker.ts';

const sentences = [
  { text: 'We open at nine.', beginsAtS: 0 },
  { text: 'On Sundays we are closed all day long.', beginsAtS: 1.4 },
];

test.each([
  [0, ''],
  [0.1, 'We'],
  [1.4, 'We open at nine.'],
  [2, 'We open at nine. On Sundays'],
  [60, 'We open at nine. On Sundays we are closed all day long.'],
])('of an answer interrupted after %f s these words count as said: %s (R1.8)', (playedS, words) => {
  expect(playedWords(sentences, playedS)).toBe(words);
});
