/** Voices of callers: what they say, and what of a recording was said. */

import { createLog } from '../../shared/log.ts';
import { learn, type PlacedRecognition, recogniseAll } from '../providers/recognise.ts';
import type { Language } from '../providers/speech/language.ts';
import { Speech } from '../providers/speech/speech.ts';

export const telephoneRate = 8_000;

/** A sentence that may be in a recording. */
export interface Sentence {
  readonly text: string;
  readonly language: Language;
}

/** The voice of the stand-ins: they know a sentence by how it sounds. */
const speech = Speech.open(createLog({ service: 'caller', level: 'error', showPii: false }));

export async function spoken({ text, language }: Sentence): Promise<Int16Array> {
  return (await speech).say(text, language, telephoneRate);
}

/** The sentences of a telephone recording, in order; null: something was said that is none of the given ones. */
export async function sentencesIn(samples: Int16Array, candidates: readonly Sentence[]): Promise<(string | null)[]> {
  return (await placedSentencesIn(samples, candidates)).map(({ text }) => text);
}

/** The same, with where each was heard and how sure that is. */
export async function placedSentencesIn(
  samples: Int16Array,
  candidates: readonly Sentence[],
): Promise<PlacedRecognition[]> {
  const known = await learn(candidates, await speech);
  return recogniseAll(samples, telephoneRate, known);
}
