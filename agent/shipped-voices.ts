/**
 * What a caller hears when no provider works at all: the apology of shared/config/phrases.ts, spoken ahead of time. The files
 * in agent/voices are made by `npm run voices`.
 */
import { readFileSync } from 'node:fs';
import { type PhraseLanguage, phraseLanguage, phrases } from '../shared/config/phrases.ts';
import type { Sound } from './sound.ts';
import { readWav } from './wav.ts';

export interface ShippedSentence {
  readonly text: string;
  readonly sound: Sound;
}

const kept = new Map<PhraseLanguage, ShippedSentence>();

/** In the language, or in English where it is not shipped. @throws Error when the file is missing */
export function shippedApology(language: string): ShippedSentence {
  const shipped = phraseLanguage(language);
  const known = kept.get(shipped);
  if (known !== undefined) return known;
  const file = readFileSync(new URL(`./voices/${shipped}.wav`, import.meta.url));
  const sentence = { text: phrases[shipped].apology, sound: readWav(file) };
  kept.set(shipped, sentence);
  return sentence;
}
