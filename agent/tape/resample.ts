import { AudioFrame, AudioResampler } from '@livekit/rtc-node';
import { type Sound, soundOf } from '../sound.ts';

/** One stretch of sound at another rate, whole. */
export function resample({ sampleRate, samples }: Sound, toRate: number): Int16Array {
  if (sampleRate === toRate || samples.length === 0) return samples;
  const resampler = new AudioResampler(sampleRate, toRate, 1);
  try {
    const frame = new AudioFrame(samples, sampleRate, 1, samples.length);
    return soundOf([...resampler.push(frame), ...resampler.flush()]).samples;
  } finally {
    resampler.close();
  }
}

/** Sound that goes on and on at another rate, frame by frame. */
export class ContinuousResampler {
  readonly #toRate: number;
  #resampler: AudioResampler | undefined;

  constructor(toRate: number) {
    this.#toRate = toRate;
  }

  /** @param frame all of one rate @returns what is ready by now, which may be of the frames before */
  push(frame: AudioFrame): Int16Array {
    if (frame.sampleRate === this.#toRate) return frame.data;
    this.#resampler ??= new AudioResampler(frame.sampleRate, this.#toRate, 1);
    return soundOf(this.#resampler.push(frame)).samples;
  }

  close(): void {
    this.#resampler?.close();
    this.#resampler = undefined;
  }
}
