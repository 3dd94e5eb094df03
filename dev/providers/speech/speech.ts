/** What every voice in local runs is made of: text to 16-bit mono PCM at the rate asked, rendered once and kept. */
import { LRUCache } from 'lru-cache';
import type { Logger } from '../../../shared/log.ts';
import { espeak, espeakMissing, type Rendering } from './espeak.ts';
import { formantSpeech } from './formant.ts';
import type { Language } from './language.ts';
import { resample } from './resample.ts';

const MOST_RENDERINGS = 200;

export class Speech {
  readonly #kept = new LRUCache<string, Promise<Int16Array>>({ max: MOST_RENDERINGS });
  readonly #synthesise: (text: string, language: Language) => Promise<Rendering>;

  private constructor(synthesise: (text: string, language: Language) => Promise<Rendering>) {
    this.#synthesise = synthesise;
  }

  /** Uses espeak-ng where it runs, else letter tones, and says so once. */
  static async open(log: Logger): Promise<Speech> {
    const reason = await espeakMissing();
    if (reason === undefined) return new Speech(espeak);
    log.warn({ reason }, 'espeak-ng cannot be used, speech is letter tones (apt-get install espeak-ng)');
    return Speech.ofLetterTones();
  }

  static ofLetterTones(): Speech {
    return new Speech(async (text) => formantSpeech(text));
  }

  /** @param sampleRate in Hz; the same text, language and rate is rendered once */
  say(text: string, language: Language, sampleRate: number): Promise<Int16Array> {
    const name = `${language} ${sampleRate} ${text}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const fresh = this.#render(text, language, sampleRate);
    this.#kept.set(name, fresh);
    // A failed rendering must not be served again: the next request tries anew.
    fresh.catch(() => this.#kept.delete(name));
    return fresh;
  }

  async #render(text: string, language: Language, sampleRate: number): Promise<Int16Array> {
    const rendering = await this.#synthesise(text, language);
    return resample(rendering.pcm, rendering.sampleRate, sampleRate);
  }
}

/** The bytes of PCM as they go on the wire: little-endian. */
export function pcmBytes(pcm: Int16Array): Buffer {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}
