/** What of a sound is compared: the course of its bands, without volume, without the silence around it. */
import { stretches } from './activity.ts';
import type { Frame } from './spectrum.ts';

/** One vector of band levels per 20 ms; 0 dB = the loudest band of the sound. */
export type Fingerprint = readonly Float32Array[];

/** A band this far below the loudest counts as silent: noise of the line lives down there. */
const DEPTH_DB = 30;
/** Speech falls off towards high frequencies by about this much from band to band; without lifting them they would not count. */
const LIFT_DB = 1.5;

export function fingerprint(frames: readonly Frame[]): Fingerprint {
  const [speech] = stretches(frames, Number.POSITIVE_INFINITY);
  if (speech === undefined) return [];
  const lifted = frames
    .slice(speech.from, speech.to)
    .map(({ bands }) => bands.map((level, band) => level + LIFT_DB * band));
  const loudestDb = lifted.reduce((most, bands) => Math.max(most, ...bands), Number.NEGATIVE_INFINITY);
  return lifted.map((bands) => bands.map((level) => Math.max(-DEPTH_DB, level - loudestDb)));
}
