/** What a caller hears: the recording, and whether somebody is speaking now. */
import { decodeG711, type G711 } from '../line/g711.ts';
import { type RtpPacket, sampleRate } from '../line/rtp.ts';

/** Root mean square of a packet that counts as sound; line noise and Opus' comfort noise stay far below. */
const soundRms = 200;
/** A longer jump in the timestamps is a new stream rather than silence. */
const longestGapSamples = 60 * sampleRate;

export interface Heard {
  /** 8 kHz mono from the first packet on; time without packets is silence. */
  readonly samples: Int16Array;
  /** When the recording begins, after the INVITE. */
  readonly startMs: number | undefined;
}

export class Ear {
  readonly #sinceInviteMs: () => number;
  readonly #chunks: { readonly at: number; readonly samples: Int16Array }[] = [];
  #length = 0;
  #firstTimestamp: number | undefined;
  #startMs: number | undefined;
  #firstSoundMs: number | undefined;
  #lastSoundMs: number | undefined;

  constructor(sinceInviteMs: () => number) {
    this.#sinceInviteMs = sinceInviteMs;
  }

  /** When the first packet that is not silence came, after the INVITE. */
  get firstSoundMs(): number | undefined {
    return this.#firstSoundMs;
  }

  /** When sound was last heard, after the INVITE. */
  get lastSoundMs(): number | undefined {
    return this.#lastSoundMs;
  }

  hear(codec: G711, packet: RtpPacket): void {
    const now = this.#sinceInviteMs();
    this.#firstTimestamp ??= packet.timestamp;
    this.#startMs ??= now;
    const samples = decodeG711(codec, packet.payload);
    const at = (packet.timestamp - this.#firstTimestamp) >>> 0;
    if (at < this.#length + longestGapSamples) {
      this.#chunks.push({ at, samples });
      this.#length = Math.max(this.#length, at + samples.length);
    }
    if (rms(samples) < soundRms) return;
    this.#firstSoundMs ??= now;
    this.#lastSoundMs = now;
  }

  recording(): Heard {
    const samples = new Int16Array(this.#length);
    for (const chunk of this.#chunks) samples.set(chunk.samples, chunk.at);
    return { samples, startMs: this.#startMs };
  }
}

export function rms(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(samples.length, 1));
}
