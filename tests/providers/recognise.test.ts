import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeG711, encodeG711, type G711 } from '../../dev/line/g711.ts';
import { type KnownUtterance, learn, recognise, recogniseAll } from '../../dev/providers/recognise.ts';
import type { Language } from '../../dev/providers/speech/language.ts';
import { resample } from '../../dev/providers/speech/resample.ts';
import { Speech } from '../../dev/providers/speech/speech.ts';
import { readUtterances } from '../../dev/providers/utterances.ts';

const utterances = readUtterances();
const strangers: ReadonlyArray<readonly [string, Language]> = [
  ['The quick brown fox jumps over the lazy dog.', 'en'],
  ['Do you have gluten free bread?', 'en'],
  ['No.', 'en'],
  ['My name is Robert Smith.', 'en'],
  ['Quanto costa la visita?', 'it'],
];
const HEARING_RATE_HZ = 16_000;

interface Line {
  readonly codec?: G711;
  readonly gain?: number;
  /** Peak of the white noise added, of 32767. */
  readonly noise?: number;
  readonly lateMs?: number;
  readonly clippedMs?: number;
}

/** What a call does to speech: 8 kHz, G.711, another volume, noise, an odd beginning; then 16 kHz as the agent hears it. */
function overTheLine(speech: Int16Array, { codec = 'PCMU', gain = 1, noise = 0, lateMs = 500, clippedMs = 0 }: Line) {
  const narrow = resample(speech.slice((clippedMs * HEARING_RATE_HZ) / 1_000), HEARING_RATE_HZ, 8_000);
  const late = lateMs * 8;
  const line = new Int16Array(late + narrow.length + 4_000);
  const random = randomNumbers(1);
  for (let index = 0; index < line.length; index += 1) {
    const sample = (narrow[index - late] ?? 0) * gain + noise * (2 * random() - 1);
    line[index] = Math.max(-32_768, Math.min(32_767, sample));
  }
  return resample(decodeG711(codec, encodeG711(codec, line)), 8_000, HEARING_RATE_HZ);
}

/** The same numbers every time, 0..1 (a linear congruential generator with the constants of Numerical Recipes). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let speech: Speech;
let known: KnownUtterance[];
beforeAll(async () => {
  speech = await Speech.open(pino({ level: 'warn' }));
  known = await learn(utterances, speech);
});

const lines: ReadonlyArray<readonly [string, Line]> = [
  ['of good quality', {}],
  ['with A-law', { codec: 'PCMA' }],
  ['at a tenth of the volume', { gain: 0.1 }],
  ['with noise 34 dB below speech', { noise: 100 }],
  ['that begins between two frames', { lateMs: 511 }],
  ['that swallows the first 100 ms', { clippedMs: 100 }],
  ['that is quiet, noisy, late and clipped', { gain: 0.3, noise: 30, lateMs: 743, clippedMs: 80 }],
];

describe.each(lines)('on a line %s', (_name, line) => {
  test('every known sentence is told from all others (R1.7)', async () => {
    for (const { text, language } of utterances) {
      const heard = overTheLine(await speech.say(text, language, HEARING_RATE_HZ), line);
      expect(recognise(heard, HEARING_RATE_HZ, known)).toMatchObject({ text });
    }
  });

  test('what was never learned is not recognised', async () => {
    for (const [text, language] of strangers) {
      const heard = overTheLine(await speech.say(text, language, HEARING_RATE_HZ), line);
      expect(recognise(heard, HEARING_RATE_HZ, known), text).toMatchObject({ text: null });
    }
  });
});

describe('a recording', () => {
  test('gives its sentences in order, with the places where they were said', async () => {
    const said = [
      { text: 'Thank you, goodbye.', language: 'en' as const },
      { text: 'A che ora aprite domani?', language: 'it' as const },
      { text: 'My order has not arrived, can you help me?', language: 'en' as const },
    ];
    const parts = await Promise.all(said.map(({ text, language }) => speech.say(text, language, HEARING_RATE_HZ)));
    const whole = parts.flatMap((part) => [...part, ...new Int16Array(HEARING_RATE_HZ)]);
    const found = await recogniseAll(overTheLine(Int16Array.from(whole), { noise: 30 }), HEARING_RATE_HZ, known);
    expect(found.map(({ text }) => text)).toEqual(said.map(({ text }) => text));
    expect(found.every(({ startMs, endMs }, at) => endMs > startMs && startMs >= (found[at - 1]?.endMs ?? 0))).toBe(
      true,
    );
  });

  test.each([
    ['silence', new Int16Array(HEARING_RATE_HZ)],
    ['nothing at all', new Int16Array()],
    ['a click', Int16Array.from({ length: HEARING_RATE_HZ }, (_, index) => (index === 8_000 ? 20_000 : 0))],
    [
      'a dial tone',
      Int16Array.from({ length: 32_000 }, (_, at) => 8_000 * Math.sin((2 * Math.PI * 425 * at) / 16_000)),
    ],
  ])('of %s holds no sentence', (_what, pcm) => {
    expect(recognise(pcm, HEARING_RATE_HZ, known).text).toBeNull();
  });
});

describe('without espeak-ng', () => {
  test('letter tones are told apart in the same way', async () => {
    const tones = Speech.ofLetterTones();
    const learned = await learn(utterances, tones);
    for (const { text, language } of utterances) {
      const heard = overTheLine(await tones.say(text, language, HEARING_RATE_HZ), { noise: 30, lateMs: 511 });
      expect(recognise(heard, HEARING_RATE_HZ, learned)).toMatchObject({ text });
    }
  });
});
