/** A telephone's voice on its way into a room: packets come in bursts when a machine is busy, and are played without breaks. */
import { AudioFrame, type AudioSource } from './rtc.ts';
import { packetMs, packetSamples, sampleRate } from './rtp.ts';

/** Given ahead: what the source has not got in time it sends as silence, in the middle of a word if need be. */
const cushionMs = 60;
/** More is dropped, since it would be delay for the rest of the call. */
export const longestQueueMs = 300;
/** Silence of G.711 and what a quiet room sounds like. */
const loudestSilence = 200;

export class CallerVoice {
  readonly #source: AudioSource;

  /** @param source 8 kHz mono, with room for the longest queue and one packet */
  constructor(source: AudioSource) {
    this.#source = source;
  }

  /** @param samples 8 kHz mono, in a buffer of their own: the native side ignores a view's offset */
  async play(samples: Int16Array): Promise<void> {
    const queuedMs = this.#source.queuedDuration;
    if (queuedMs === 0) await this.#give(new Int16Array((packetSamples * cushionMs) / packetMs), samples);
    // What a burst left behind is made up for between the words.
    else if (queuedMs <= cushionMs || (queuedMs <= longestQueueMs && !isSilent(samples))) await this.#give(samples);
  }

  async #give(...parts: readonly Int16Array[]): Promise<void> {
    await Promise.all(
      parts.map((samples) => this.#source.captureFrame(new AudioFrame(samples, sampleRate, 1, samples.length))),
    );
  }
}

function isSilent(samples: Int16Array): boolean {
  return samples.every((sample) => Math.abs(sample) < loudestSilence);
}
