import { AudioFrame, AudioResampler } from '@livekit/rtc-node';
import type { Sound } from '../sound.ts';

/** One stretch of sound at another rate, whole. */
export function resample({ sampleRate, samples }: Sound, toRate: number): Int16Array {
  if (sampleRate === toRate || samples.length === 0) return samples;
  const resampler = new AudioResampler(sampleRate, toRate, 1);
  try {
    const frame = new AudioFrame(samples, sampleRate, 1, samples.length);
    return joined([...resampler.push(frame), ...resampler.flush()]);
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
    return joined(this.#resampler.push(frame));
  }

  close(): void {
    this.#resampler?.close();
    this.#resampler = undefined;
  }
}

function joined(frames: readonly AudioFrame[]): Int16Array {
  const [only] = frames;
  if (frames.length === 1 && only !== undefined) return only.data;
  const samples = new Int16Array(frames.reduce((length, { data }) => length + data.length, 0));
  let at = 0;
  for (const { data } of frames) {
    samples.set(data, at);
    at += data.length;
  }
  return samples;
}
