/** Sound as a row of frames: how loud each band of the telephone range is, every 20 ms, at any sample rate. */
import { setImmediate as othersTurn } from 'node:timers/promises';

export const FRAME_MS = 20;
const WINDOW_MS = 48;
const BANDS = 18;
/** A second of sound, 3 ms of work. */
const FRAMES_A_TURN = 50;
const LOWEST_HZ = 250;
const HIGHEST_HZ = 3_400;
const SILENCE_DB = -100;

export interface Frame {
  /** Loudness within the telephone range, in dB below full scale: what lies outside never reaches a caller. */
  readonly levelDb: number;
  /** Level of each band in dB, on an arbitrary scale: only differences within one sound mean something. */
  readonly bands: Float32Array;
}

const toMel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
const fromMel = (mel: number) => 700 * (10 ** (mel / 2595) - 1);

/** Analyses sound of one sample rate; windows overlap, so it is fed with a window and moves on by a frame. */
export class Spectrum {
  readonly hopSamples: number;
  readonly windowSamples: number;
  readonly #size: number;
  readonly #edges: readonly number[];

  /** @param sampleRate in Hz, 8000 or more: below it the telephone range is not there */
  constructor(sampleRate: number) {
    if (!(sampleRate >= 8_000)) throw new RangeError(`sample rate must be 8000 Hz or more, got ${sampleRate}`);
    this.hopSamples = Math.round((sampleRate * FRAME_MS) / 1_000);
    this.windowSamples = Math.round((sampleRate * WINDOW_MS) / 1_000);
    this.#size = 2 ** Math.ceil(Math.log2(this.windowSamples));
    const low = toMel(LOWEST_HZ);
    const high = toMel(HIGHEST_HZ);
    this.#edges = Array.from({ length: BANDS + 1 }, (_, index) =>
      Math.round((fromMel(low + ((high - low) * index) / BANDS) * this.#size) / sampleRate),
    );
  }

  /** Every whole window of `pcm`. */
  frames(pcm: Int16Array): Frame[] {
    const frames: Frame[] = [];
    for (let at = 0; at + this.windowSamples <= pcm.length; at += this.hopSamples) frames.push(this.frame(pcm, at));
    return frames;
  }

  /** The same, with others' turns between. */
  async framesInTurns(pcm: Int16Array): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (let at = 0; at + this.windowSamples <= pcm.length; at += this.hopSamples) {
      if (frames.length % FRAMES_A_TURN === 0) await othersTurn();
      frames.push(this.frame(pcm, at));
    }
    return frames;
  }

  frame(pcm: Int16Array, at: number): Frame {
    const real = new Float64Array(this.#size);
    const imaginary = new Float64Array(this.#size);
    for (let index = 0; index < this.windowSamples; index += 1) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / this.windowSamples);
      real[index] = ((pcm[at + index] ?? 0) / 32_768) * hann;
    }
    transform(real, imaginary);
    const bands = new Float32Array(BANDS);
    let total = 0;
    for (let band = 0; band < BANDS; band += 1) {
      const first = this.#edges[band] ?? 0;
      const last = Math.max(first + 1, this.#edges[band + 1] ?? 0);
      let energy = 0;
      for (let bin = first; bin < last; bin += 1) energy += (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
      bands[band] = decibel(energy / (last - first));
      total += energy;
    }
    // Two-sided spectrum, and a Hann window lets three eighths of the power through.
    return { levelDb: decibel((2 * total) / (this.#size * this.windowSamples * 0.375)), bands };
  }
}

function decibel(power: number): number {
  return power > 0 ? Math.max(SILENCE_DB, 10 * Math.log10(power)) : SILENCE_DB;
}

/** Fast Fourier transform in place, radix 2; the length is a power of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let index = 1, mirror = 0; index < size; index += 1) {
    let bit = size >> 1;
    for (; mirror & bit; bit >>= 1) mirror ^= bit;
    mirror ^= bit;
    if (index < mirror) {
      swap(real, index, mirror);
      swap(imaginary, index, mirror);
    }
  }
  for (let width = 2; width <= size; width *= 2) {
    const angle = (-2 * Math.PI) / width;
    for (let offset = 0; offset < width / 2; offset += 1) {
      const cos = Math.cos(angle * offset);
      const sin = Math.sin(angle * offset);
      for (let even = offset; even < size; even += width)
        butterfly(real, imaginary, { even, odd: even + width / 2, cos, sin });
    }
  }
}

interface Butterfly {
  readonly even: number;
  readonly odd: number;
  readonly cos: number;
  readonly sin: number;
}

function butterfly(real: Float64Array, imaginary: Float64Array, { even, odd, cos, sin }: Butterfly): void {
  const oddReal = real[odd] ?? 0;
  const oddImaginary = imaginary[odd] ?? 0;
  const turnedReal = oddReal * cos - oddImaginary * sin;
  const turnedImaginary = oddReal * sin + oddImaginary * cos;
  const evenReal = real[even] ?? 0;
  const evenImaginary = imaginary[even] ?? 0;
  real[even] = evenReal + turnedReal;
  imaginary[even] = evenImaginary + turnedImaginary;
  real[odd] = evenReal - turnedReal;
  imaginary[odd] = evenImaginary - turnedImaginary;
}

function swap(values: Float64Array, one: number, other: number): void {
  const kept = values[one] ?? 0;
  values[one] = values[other] ?? 0;
  values[other] = kept;
}
