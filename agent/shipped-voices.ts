/**
 * What a caller hears when no provider works at all, or none may be asked: sentences of shared/config/phrases.ts, spoken ahead
 * of time. The files in agent/voices are made by `npm run voices`.
 */
import { readFileSync } from 'node:fs';
import { type PhraseLanguage, phraseLanguage, phrases } from '../shared/config/phrases.ts';
import type { Sound } from './sound.ts';
import { readWav } from './wav.ts';

export interface ShippedSentence {
  readonly text: string;
  readonly sound: Sound;
}

export const shippedPhrases = ['apology', 'busy', 'closed'] as const;
export type ShippedPhrase = (typeof shippedPhrases)[number];

const kept = new Map<string, ShippedSentence>();

/** In the language, or in English where it is not shipped. @throws Error when the file is missing */
export function shippedSentence(phrase: ShippedPhrase, language: string): ShippedSentence {
  const shipped = phraseLanguage(language);
  const name = shippedFile(phrase, shipped);
  const known = kept.get(name);
  if (known !== undefined) return known;
  const file = readFileSync(new URL(`./voices/${name}`, import.meta.url));
  const sentence = { text: phrases[shipped][phrase], sound: readWav(file) };
  kept.set(name, sentence);
  return sentence;
}

export function shippedFile(phrase: ShippedPhrase, language: PhraseLanguage): string {
  return `${phrase}-${language}.wav`;
}
