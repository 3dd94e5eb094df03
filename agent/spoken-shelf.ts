/**
 * Greetings as a voice has spoken them before, so that the next caller waits for no provider and the tenant pays for the same
 * words once. Learnt from what callers heard to its end; no greeting is spoken for the shelf alone.
 *
 * A change of text, voice, model, language, option or address is another name: what is not asked for any more is the first to
 * be dropped.
 */
import { LRUCache } from 'lru-cache';
import type { TenantConfig } from '../shared/config/index.ts';
import type { Sound } from './sound.ts';

const bytesPerMegabyte = 1024 * 1024;
/** Longer than any greeting that is one. */
const longestS = 30;

/** Of one tenant, in the voice of one configuration. */
export interface SpokenSentences {
  /** Undefined: not spoken before. */
  soundOf(text: string): Sound | undefined;
  /** @param sound of the whole sentence, in the voice of this configuration */
  keep(text: string, sound: Sound): void;
}

/** One for all calls of a shard. What one tenant's voice said is not played to another's callers. */
export class SpokenShelf {
  readonly #kept: LRUCache<string, Sound> | undefined;

  /** @param mostMegabytes of samples; 0 keeps nothing */
  constructor(mostMegabytes: number) {
    if (mostMegabytes === 0) return;
    this.#kept = new LRUCache({
      maxSize: mostMegabytes * bytesPerMegabyte,
      sizeCalculation: ({ samples }) => Math.max(1, samples.byteLength),
    });
  }

  open(tenant: string, config: TenantConfig): SpokenSentences {
    const { fallbacks: _, ...voice } = config.tts;
    const nameOf = (text: string) =>
      JSON.stringify([tenant, voice, config.providers[voice.provider] ?? null, config.language, text]);
    return {
      soundOf: (text) => this.#kept?.get(nameOf(text)),
      keep: (text, sound) => {
        const seconds = sound.samples.length / sound.sampleRate;
        if (seconds > 0 && seconds <= longestS) this.#kept?.set(nameOf(text), sound);
      },
    };
  }
}
