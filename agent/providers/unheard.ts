import type { AudioFrame } from '@livekit/rtc-node';

/** A line that drops is open again within seconds; what was said before that is too old to answer. */
const rememberedMs = 10_000;

/** What a caller said since the last final words, so that a new line can hear it again. */
export class Unheard {
  #frames: AudioFrame[] = [];
  #ms = 0;

  add(frame: AudioFrame): void {
    this.#frames.push(frame);
    this.#ms += lengthMs(frame);
    while (this.#ms > rememberedMs) {
      const oldest = this.#frames.shift();
      if (oldest === undefined) return;
      this.#ms -= lengthMs(oldest);
    }
  }

  all(): readonly AudioFrame[] {
    return [...this.#frames];
  }

  forget(): void {
    this.#frames = [];
    this.#ms = 0;
  }
}

function lengthMs({ samplesPerChannel, sampleRate }: AudioFrame): number {
  return (samplesPerChannel / sampleRate) * 1_000;
}
