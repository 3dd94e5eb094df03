/**
 * Tells which of a list of known sentences a sound is. It does not transcribe: it compares the sound with the local voice
 * speaking each sentence, and anything else is unknown. Made for what a telephone line does to speech: 300-3400 Hz, other
 * levels, noise, a clipped beginning, a little faster or slower.
 */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { stretches } from './hearing/activity.ts';
import { type Alignment, align } from './hearing/align.ts';
import { type Fingerprint, fingerprint } from './hearing/fingerprint.ts';
import { FRAME_MS, type Frame, Spectrum } from './hearing/spectrum.ts';
import type { Language } from './speech/language.ts';
import type { Speech } from './speech/speech.ts';

export interface Utterance {
  readonly text: string;
  readonly language: Language;
}

/** A sentence together with how it sounds; made by `learn`. */
export interface KnownUtterance extends Utterance {
  readonly fingerprint: Fingerprint;
}

/** `confidence` is 0..1; a text is only given at `LEAST_CONFIDENCE` or more. */
export type Recognition =
  | { readonly text: string; readonly confidence: number }
  | { readonly text: null; readonly confidence: number };

export interface PlacedRecognition {
  readonly text: string | null;
  readonly confidence: number;
  readonly startMs: number;
  readonly endMs: number;
}

const LEARNING_RATE_HZ = 8_000;
/**
 * The distance of confidence 0. Half of it lies between the same sentence over a bad line and another sentence (`align`). A
 * sentence with one word exchanged lies below: it is told apart when both are known, else taken for the known one.
 */
const FURTHEST_DB = 4.8;
export const LEAST_CONFIDENCE = 0.5;

/** Renders each utterance at telephone bandwidth and keeps its fingerprint, with others' turns between. */
export async function learn(utterances: readonly Utterance[], speech: Speech): Promise<KnownUtterance[]> {
  const spoken = await Promise.all(
    utterances.map(async ({ text, language }) => ({
      text,
      language,
      pcm: await speech.say(text, language, LEARNING_RATE_HZ),
    })),
  );
  const known: KnownUtterance[] = [];
  for (const { pcm, ...utterance } of spoken)
    known.push({ ...utterance, fingerprint: fingerprint(await new Spectrum(LEARNING_RATE_HZ).framesInTurns(pcm)) });
  return known;
}

/** Which utterance `pcm` is as a whole; silence around it does not matter. @param sampleRate 8000 Hz or more */
export function recognise(pcm: Int16Array, sampleRate: number, known: readonly KnownUtterance[]): Recognition {
  return recogniseFrames(new Spectrum(sampleRate).frames(pcm), known);
}

/** The same for sound that was analysed while it came in. */
export function recogniseFrames(frames: readonly Frame[], known: readonly KnownUtterance[]): Recognition {
  const heard = fingerprint(frames);
  let best: Recognition = { text: null, confidence: 0 };
  for (const utterance of known) {
    const confidence = confidenceOf(align(heard, utterance.fingerprint, 'whole'));
    if (confidence <= best.confidence) continue;
    best = { text: confidence >= LEAST_CONFIDENCE ? utterance.text : null, confidence };
  }
  return best;
}

export interface Beginning {
  readonly utterance: KnownUtterance;
  /** The part of the utterance that was spoken so far, 0..1. */
  readonly spoken: number;
}

/** The utterances that may still come of a sound that goes on, the likeliest first. */
export function beginnings(frames: readonly Frame[], known: readonly KnownUtterance[]): Beginning[] {
  const heard = fingerprint(frames);
  return known
    .map((utterance) => ({ utterance, alignment: align(heard, utterance.fingerprint, 'open') }))
    .filter(({ alignment }) => confidenceOf(alignment) >= LEAST_CONFIDENCE)
    .sort((one, other) => one.alignment.distanceDb - other.alignment.distanceDb)
    .map(({ utterance, alignment }) => ({ utterance, spoken: alignment.reached / utterance.fingerprint.length }));
}

const SHORTEST_PAUSE_MS = 120;
const MOST_PAUSES = 8;

/**
 * Everything said in a recording, in order. Sentences may hold pauses: neighbouring stretches are tried together.
 *
 * Others have their turn between: callers of a test speak from the program that listens to what another one heard. With all of it
 * done at once, and three other programs on two cores, a sentence had a gap in its middle in 3 of 6 runs and was not understood.
 */
export async function recogniseAll(
  pcm: Int16Array,
  sampleRate: number,
  known: readonly KnownUtterance[],
): Promise<PlacedRecognition[]> {
  const frames = await new Spectrum(sampleRate).framesInTurns(pcm);
  const pieces = stretches(frames, SHORTEST_PAUSE_MS);
  const said: PlacedRecognition[] = [];
  for (let first = 0; first < pieces.length; ) {
    let best: PlacedRecognition | undefined;
    let next = first + 1;
    for (let last = first; last < Math.min(pieces.length, first + MOST_PAUSES); last += 1) {
      const from = pieces[first]?.from ?? 0;
      const to = pieces[last]?.to ?? from;
      await othersTurn();
      const { text, confidence } = recogniseFrames(frames.slice(from, to), known);
      const better = best === undefined || (text !== null && confidence > best.confidence);
      if (!better) continue;
      best = { text, confidence, startMs: from * FRAME_MS, endMs: to * FRAME_MS };
      next = last + 1;
    }
    if (best !== undefined) said.push(best);
    first = next;
  }
  return said;
}

function confidenceOf({ distanceDb }: Alignment): number {
  return Math.max(0, 1 - distanceDb / FURTHEST_DB);
}
