import type { AudioFrame } from '@livekit/rtc-node';

/** A line that drops is open again within seconds; what was said before that is too old to answer. */
const rememberedMs = 10_000;

type Sound = Pick<AudioFrame, 'samplesPerChannel' | 'sampleRate'>;

/** What a caller said and no final words have come of, so that a new line can hear it again. */
export class Unheard<Frame extends Sound = AudioFrame> {
  /** With its end, in ms of the sound that the present line was sent. */
  #frames: { readonly frame: Frame; readonly endMs: number }[] = [];
  #sentMs = 0;

  add(frame: Frame): void {
    this.#sentMs += lengthMs(frame);
    this.#frames.push({ frame, endMs: this.#sentMs });
    const oldestMs = this.#sentMs - rememberedMs;
    while ((this.#frames[0]?.endMs ?? this.#sentMs) <= oldestMs) this.#frames.shift();
  }

  all(): readonly Frame[] {
    return this.#frames.map(({ frame }) => frame);
  }

  /** For a new line: its time begins with the first of these frames. */
  again(): readonly Frame[] {
    const frames = this.all();
    this.forget();
    for (const frame of frames) this.add(frame);
    return frames;
  }

  /**
   * Words are final that end there; what was said while they were written stays. Words about whose end the provider says
   * nothing are taken to end now: better a syllable lost than a sentence heard twice.
   */
  heardUntil(endMs: number | undefined): void {
    this.#frames = this.#frames.filter((kept) => endMs !== undefined && kept.endMs > endMs);
  }

  forget(): void {
    this.#frames = [];
    this.#sentMs = 0;
  }
}

function lengthMs({ samplesPerChannel, sampleRate }: Sound): number {
  return (samplesPerChannel / sampleRate) * 1_000;
}
