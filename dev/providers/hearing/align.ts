/** Dynamic time warping: how far two sounds are from each other when one may be a little slower, faster or cut. */

import type { Fingerprint } from './fingerprint.ts';

export interface Alignment {
  /**
   * Distance in dB, root mean square over the steps: one word that differs counts more than the same amount spread over the
   * sentence as noise. Measured: the same sentence over G.711, Opus and WebRTC 1.1 to 1.5; over G.711 alone up to 1.7, by
   * where the frames happen to fall, and 2.2 at 26 dB over white noise; one word exchanged from 1.8; another sentence from 3.2.
   */
  readonly distanceDb: number;
  /** How many frames of the known sound the heard one reached. */
  readonly reached: number;
}

/** Frames that may be missing at either end: the plugin's energy filter alone drops up to 100 ms of a soft beginning. */
const LOOSE_FRAMES = 8;

/**
 * Aligns what was heard with a known sound.
 * @param end `whole`: the sound is over, both ends must meet · `open`: it goes on, any part of the known sound may be reached
 */
export function align(heard: Fingerprint, known: Fingerprint, end: 'whole' | 'open'): Alignment {
  const slope = end === 'whole' ? known.length / Math.max(1, heard.length) : 1;
  const width = LOOSE_FRAMES + Math.round(known.length * 0.1);
  let row: Float64Array = new Float64Array(known.length).fill(Number.POSITIVE_INFINITY);
  let best: Alignment = { distanceDb: Number.POSITIVE_INFINITY, reached: 0 };
  heard.forEach((frame, index) => {
    row = nextRow(row, { frame, index, known, center: index * slope, width });
    for (let at = firstEnd(heard.length - 1 - index, known.length, end); at < known.length; at += 1) {
      const distanceDb = Math.sqrt((row[at] ?? Number.POSITIVE_INFINITY) / (index + at + 2));
      if (distanceDb < best.distanceDb) best = { distanceDb, reached: at + 1 };
    }
  });
  return best;
}

/** The first frame of the known sound at which the path may end while `left` heard frames remain. */
function firstEnd(left: number, knownLength: number, end: 'whole' | 'open'): number {
  if (end === 'open') return left === 0 ? 0 : knownLength;
  if (left === 0) return Math.max(0, knownLength - 1 - LOOSE_FRAMES);
  return left <= LOOSE_FRAMES ? knownLength - 1 : knownLength;
}

interface Step {
  readonly frame: Float32Array;
  readonly index: number;
  readonly known: Fingerprint;
  /** Where in the known sound this frame is expected, and how far from it the path may stray, in frames. */
  readonly center: number;
  readonly width: number;
}

/** The cheapest way to each frame of the known sound after one more heard frame; a diagonal step counts twice. */
function nextRow(previous: Float64Array, { frame, index, known, center, width }: Step): Float64Array {
  const row = new Float64Array(known.length).fill(Number.POSITIVE_INFINITY);
  const first = Math.max(0, Math.floor(center - width));
  const last = Math.min(known.length - 1, Math.ceil(center + width));
  for (let at = first; at <= last; at += 1) {
    const cost = distance(frame, known[at] ?? frame) ** 2;
    const mayStart = (index === 0 && at <= LOOSE_FRAMES) || (at === 0 && index <= LOOSE_FRAMES);
    const fresh = mayStart ? (index + at + 2) * cost : Number.POSITIVE_INFINITY;
    const diagonal = (previous[at - 1] ?? Number.POSITIVE_INFINITY) + 2 * cost;
    const heardOnly = (previous[at] ?? Number.POSITIVE_INFINITY) + cost;
    const knownOnly = (row[at - 1] ?? Number.POSITIVE_INFINITY) + cost;
    row[at] = Math.min(fresh, diagonal, heardOnly, knownOnly);
  }
  return row;
}

/** Mean difference per band in dB. */
function distance(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let band = 0; band < one.length; band += 1) sum += Math.abs((one[band] ?? 0) - (other[band] ?? 0));
  return sum / one.length;
}
