/**
 * Recordings that tenants play instead of having a sentence spoken: fetched while the phone rings, and kept for the next calls.
 * A recording that is not here in time is nobody's wait: its text is spoken.
 */
import { LRUCache } from 'lru-cache';
import type { TenantConfig } from '../shared/config/index.ts';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import { fetchRecording } from './fetch-recording.ts';
import type { Recordings } from './say.ts';
import type { Sound } from './sound.ts';

/** Of samples: ten minutes of speech in a shard. */
const mostBytes = 32 * 1024 * 1024;
/** After that it is fetched anew, and the old one is played until the new one is here. */
const freshMs = 5 * 60_000;

interface Kept {
  readonly sound: Sound;
  readonly fetchedMs: number;
}

/** One for all calls of a shard. What one tenant named is not played to another's callers. */
export class RecordingShelf {
  readonly #kept = new LRUCache<string, Kept>({
    maxSize: mostBytes,
    sizeCalculation: ({ sound }) => Math.max(1, sound.samples.byteLength),
  });
  readonly #fetching = new Map<string, Promise<void>>();

  /** Begins to fetch what this tenant's configuration names. Never throws. */
  open(tenant: string, config: TenantConfig, log: Logger): Recordings {
    const nameOf = (url: string) => `${tenant} ${url}`;
    const { private_hosts } = config.owner;
    for (const { audio_url: url } of [config.greeting, config.apology, config.hours.closed])
      if (url !== null) this.#want(nameOf(url), () => fetchRecording(url, private_hosts), log);
    return { soundAt: (url) => this.#kept.get(nameOf(url))?.sound };
  }

  /** The recording at this address, waited for; undefined: it cannot be played. Never throws. */
  async obtain(
    tenant: string,
    { url, privateHosts }: { readonly url: string; readonly privateHosts: readonly string[] },
    log: Logger,
  ): Promise<Sound | undefined> {
    const name = `${tenant} ${url}`;
    this.#want(name, () => fetchRecording(url, privateHosts), log);
    if (!this.#kept.has(name)) await this.#fetching.get(name);
    return this.#kept.get(name)?.sound;
  }

  #want(name: string, fetch: () => Promise<Sound>, log: Logger): void {
    const kept = this.#kept.get(name);
    if (kept !== undefined && performance.now() - kept.fetchedMs < freshMs) return;
    if (this.#fetching.has(name)) return;
    const fetching = fetch()
      .then((sound) => void this.#kept.set(name, { sound, fetchedMs: performance.now() }))
      .catch((thrown: unknown) =>
        log.warn({ err: coerceError(thrown) }, 'a recording cannot be played: its text is spoken'),
      )
      .finally(() => this.#fetching.delete(name));
    this.#fetching.set(name, fetching);
  }
}
