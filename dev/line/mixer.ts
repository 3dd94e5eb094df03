/** Adds up the voices of a room, 20 ms at a time. */
import { packetSamples } from './rtp.ts';

/** A voice waits for this much before it is heard, so that a late frame leaves no gap: WebRTC delivers in bursts of 10 ms. */
const cushionSamples = 2 * packetSamples;
/** Beyond it the oldest sound is dropped: the two clocks drift, and delay that was let in never goes away by itself. */
const longestQueueSamples = 15 * packetSamples;

class Voice {
  #samples = new Int16Array(0);
  #isFlowing = false;

  add(samples: Int16Array): void {
    const joined = new Int16Array(this.#samples.length + samples.length);
    joined.set(this.#samples);
    joined.set(samples, this.#samples.length);
    this.#samples = joined.length > longestQueueSamples ? joined.slice(-cushionSamples) : joined;
    if (this.#samples.length >= cushionSamples) this.#isFlowing = true;
  }

  take(): Int16Array | undefined {
    if (!this.#isFlowing || this.#samples.length < packetSamples) {
      this.#isFlowing = false;
      return undefined;
    }
    const taken = this.#samples.slice(0, packetSamples);
    this.#samples = this.#samples.slice(packetSamples);
    return taken;
  }
}

export class Mixer {
  readonly #voices = new Map<string, Voice>();

  /** @param samples 8 kHz mono; @param voice any name that stays the same for one source of sound */
  add(voice: string, samples: Int16Array): void {
    const known = this.#voices.get(voice) ?? new Voice();
    this.#voices.set(voice, known);
    known.add(samples);
  }

  remove(voice: string): void {
    this.#voices.delete(voice);
  }

  /** The next 20 ms, or undefined when nobody has anything to say. */
  take(): Int16Array | undefined {
    let sum: Int16Array | undefined;
    for (const voice of this.#voices.values()) {
      const samples = voice.take();
      if (samples === undefined) continue;
      sum = sum === undefined ? samples : addClipped(sum, samples);
    }
    return sum;
  }
}

const addClipped = (a: Int16Array, b: Int16Array): Int16Array =>
  a.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + (b[i] ?? 0))));
