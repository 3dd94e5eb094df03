/** Tells speech from background, frame by frame, by loudness over a noise floor that follows the line. */
import { FRAME_MS, type Frame } from './spectrum.ts';

const QUIETEST_SPEECH_DB = -55;
const OVER_NOISE_DB = 10;
const FLOOR_RISE_DB = 0.05;

export class Activity {
  #floorDb = -70;

  /** Whether this frame is louder than the line. The floor falls at once and rises 2.5 dB a second. */
  hears({ levelDb }: Frame): boolean {
    this.#floorDb = Math.min(levelDb, this.#floorDb + FLOOR_RISE_DB);
    return levelDb > Math.max(QUIETEST_SPEECH_DB, this.#floorDb + OVER_NOISE_DB);
  }
}

/** A stretch of sound, in frames: from the first to behind the last active one. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const SHORTEST_FRAMES = 3;

/** The stretches of speech of a recording, cut where it is quiet for at least `gapMs`. Clicks are left out. */
export function stretches(frames: readonly Frame[], gapMs: number): Stretch[] {
  const activity = new Activity();
  // Loudness first: a recording is known whole, so its floor can be set before the first word.
  for (const frame of frames) activity.hears(frame);
  const found: Stretch[] = [];
  let open: Stretch | undefined;
  frames.forEach((frame, index) => {
    if (!activity.hears(frame)) return;
    if (open !== undefined && (index - open.to) * FRAME_MS < gapMs) open = { from: open.from, to: index + 1 };
    else {
      if (open !== undefined) found.push(open);
      open = { from: index, to: index + 1 };
    }
  });
  if (open !== undefined) found.push(open);
  return found.filter(({ from, to }) => to - from >= SHORTEST_FRAMES);
}
