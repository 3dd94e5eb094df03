/**
 * How old the sound is that a voice detector is at. Frames of a caller come whole, with up to three of its windows in one, and a busy
 * thread comes to them late: the library takes the moment at which it reads a window for the moment at which that was spoken.
 */
import { AudioFrame } from '@livekit/rtc-node';

/** Later than that nothing is known: its clock and the detector's do not fit. */
const mostMs = 1_000;

export class HeardUntil {
  readonly #now: () => number;
  #heardMs = 0;
  #cameAtMs = 0;

  /** @param now a clock that only goes forward, in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param pushed what the detector is given; anything but a frame has it begin at zero again */
  note(pushed: unknown): void {
    if (!(pushed instanceof AudioFrame)) {
      this.#heardMs = 0;
      return;
    }
    this.#heardMs += (pushed.samplesPerChannel / pushed.sampleRate) * 1_000;
    this.#cameAtMs = this.#now();
  }

  /** @param readMs how much of it the detector has read @returns how long ago the last of that was spoken, in ms from 0 to 1 000 */
  ageMs(readMs: number): number {
    const age = this.#now() - this.#cameAtMs + this.#heardMs - readMs;
    return Math.min(Math.max(age, 0), mostMs);
  }
}
