/**
 * Stand-in speech for machines without espeak-ng: each letter is a tone pair of its own. Nobody understands it, but
 * different sentences sound different and the same sentence always sounds the same, which is what recognition needs.
 */
import type { Rendering } from './espeak.ts';

const SAMPLE_RATE = 16_000;
const LETTER_SAMPLES = SAMPLE_RATE * 0.07;
const PITCH_HZ = 120;
const PEAK = 9_000;

export function formantSpeech(text: string): Rendering {
  const letters = [...text.toLowerCase().normalize('NFD')].filter((letter) => /[\p{L}\p{N}\s]/u.test(letter));
  const pcm = new Int16Array(letters.length * LETTER_SAMPLES);
  letters.forEach((letter, index) => {
    if (/\s/u.test(letter)) return;
    pcm.set(letterTone(letter.codePointAt(0) ?? 0), index * LETTER_SAMPLES);
  });
  return { pcm, sampleRate: SAMPLE_RATE };
}

/** Two formants chosen by the letter, voiced by a pitch, faded in and out so that letters do not click. */
function letterTone(code: number): Int16Array {
  const lowHz = 300 + ((code * 97) % 13) * 60;
  const highHz = 1_200 + ((code * 61) % 17) * 120;
  const tone = new Int16Array(LETTER_SAMPLES);
  for (let index = 0; index < tone.length; index += 1) {
    const turns = (2 * Math.PI * index) / SAMPLE_RATE;
    const fade = Math.sin((Math.PI * index) / tone.length);
    const voice = 0.7 + 0.3 * Math.cos(turns * PITCH_HZ);
    tone[index] = PEAK * fade * voice * (0.6 * Math.sin(turns * lowHz) + 0.4 * Math.sin(turns * highHz));
  }
  return tone;
}
