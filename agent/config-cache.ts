/**
 * What a shard knows of the numbers that are dialled, so that a call waits for no database.
 *
 * An entry is current while news of changes come in (config-poller.ts) and none is of it. A call takes it at once; one that
 * was read long ago is read again behind the call's back, in case a change was never announced. An entry that is not current
 * is read again first, but the call waits only a moment: with the database away or slow it takes the entry as it is, for a
 * day. Reads are single: one a number, and one at a time a tenant, so that a burst of calls to a business with many numbers
 * is no burst for the database.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../shared/clock.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError, DeadlinePassed, withDeadline } from '../shared/faults.ts';
import type { TenantKey } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import type { ConfigNews } from './config-poller.ts';
import { agentOf, type KnownNumber, readNumber } from './config-read.ts';
import type { NumberSource } from './config-source.ts';
import { type RememberedRow, textBytes } from './remembered-rows.ts';

/** Of a shard that is recycled at 400 MB. Counted in numbers, 2 000 long prompts of one tenant would be all of it. */
const mostKeptMb = 48;
/** What an entry takes besides its texts (10 kB measured); of those a character takes one byte or, in some scripts, two. */
const entryBytes = 12_000;
const refreshAfterMs = 60_000;
const lastGoodForMs = 24 * 3600 * 1000;
/** Four polls without an answer. */
const silenceMeansAwayMs = 2_000;
/** How long a caller rings on for something newer than what is known, and for anything at all. */
const patienceMs = { known: 1_000, unknown: 4_000 };

export type Lookup =
  | {
      readonly outcome: 'found';
      readonly number: KnownNumber;
      /** `memory`: the database could not be asked whether it is still so. */
      readonly from: 'database' | 'memory';
    }
  | { readonly outcome: 'nobody' }
  | { readonly outcome: 'away'; readonly cause: Error }
  | { readonly outcome: 'broken'; readonly cause: Error };

interface Entry {
  readonly number: KnownNumber;
  /** Monotonic time at which reading it began. */
  readonly readMs: number;
  /** Whether it may have changed since. */
  outdated: boolean;
}

interface Read {
  readonly tenant: TenantKey;
  readonly result: Promise<Lookup>;
  /** Newest change of the tenant that was heard of while this runs. */
  newest: number;
}

export interface ConfigCacheOptions {
  readonly source: NumberSource;
  readonly clock: Clock;
  readonly log: Logger;
  /** Megabytes of numbers that are kept; of more, those that were called last. */
  readonly mostMb?: number;
  /** What an earlier shard knew. */
  readonly remembered?: readonly RememberedRow[];
  /** Hears of each row that was read and works. */
  onLearned?(called: string, row: KnownNumber['row']): void;
}

export class ConfigCache {
  readonly #options: ConfigCacheOptions;
  readonly #entries: LRUCache<string, Entry>;
  /** Rows of an earlier shard that nobody called since: checking them all at once would hold the first calls up. */
  readonly #remembered: Map<string, RememberedRow>;
  readonly #startedMs: number;
  readonly #reads = new Map<string, Read>();
  readonly #lastOfTenant = new Map<TenantKey, Promise<Lookup>>();
  #newsMs = Number.NEGATIVE_INFINITY;

  constructor(options: ConfigCacheOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      maxSize: Math.ceil((options.mostMb ?? mostKeptMb) * 1024 * 1024),
      sizeCalculation: ({ number }) => entryBytes + 2 * textBytes(number.row),
    });
    this.#remembered = new Map(options.remembered?.map((each) => [each.called, each]));
    this.#startedMs = options.clock.monotonicMs();
  }

  /** What changed since the last time; an empty list: nothing did. */
  hear(news: ConfigNews): void {
    this.#newsMs = this.#options.clock.monotonicMs();
    const changes = news === 'unknown' ? [{ tenant: null, revision: Number.POSITIVE_INFINITY }] : news;
    for (const { tenant, revision } of changes) {
      const concerns = (whose: TenantKey) => tenant === null || tenant === whose;
      for (const entry of this.#entries.values())
        if (concerns(entry.number.row.tenant) && revision > entry.number.row.changedRevision) entry.outdated = true;
      for (const read of this.#reads.values()) if (concerns(read.tenant)) read.newest = Math.max(read.newest, revision);
    }
  }

  /** Never throws. @param called as it was dialled @param tenant whose call it is, by its admission */
  async find(called: string, tenant: TenantKey): Promise<Lookup> {
    const known = this.#recall(called, tenant);
    if (known !== undefined && !known.outdated && this.#hearsNews()) {
      if (this.#ageMs(known.readMs) > refreshAfterMs) void this.#read(called, tenant);
      return { outcome: 'found', number: known.number, from: 'database' };
    }
    const read = await this.#readWithin(known === undefined ? patienceMs.unknown : patienceMs.known, called, tenant);
    const failed = read.outcome === 'away' || read.outcome === 'broken';
    if (!failed || known === undefined || !this.#isRecentEnough(known)) return read;
    return { outcome: 'found', number: known.number, from: 'memory' };
  }

  /** An entry of another tenant is of no use: the number was given away since, and admission knew. */
  #recall(called: string, tenant: TenantKey): Entry | undefined {
    const entry = this.#entries.get(called) ?? this.#recallRow(called);
    return entry?.number.row.tenant === tenant ? entry : undefined;
  }

  #recallRow(called: string): Entry | undefined {
    const remembered = this.#remembered.get(called);
    if (remembered === undefined) return undefined;
    this.#remembered.delete(called);
    const agent = agentOf(remembered.row);
    if (agent.outcome !== 'usable') return undefined;
    // Whatever changed while no shard listened is not in it.
    const readMs = this.#startedMs - remembered.ageMs;
    const entry = { number: { row: remembered.row, agent }, readMs, outdated: true };
    this.#entries.set(called, entry);
    return entry;
  }

  #hearsNews(): boolean {
    return this.#ageMs(this.#newsMs) <= silenceMeansAwayMs;
  }

  #isRecentEnough({ outdated, readMs }: Entry): boolean {
    // Until the last news it was as good as just read.
    return this.#ageMs(outdated ? readMs : Math.max(readMs, this.#newsMs)) <= lastGoodForMs;
  }

  #ageMs(sinceMs: number): number {
    return this.#options.clock.monotonicMs() - sinceMs;
  }

  async #readWithin(deadlineMs: number, called: string, tenant: TenantKey): Promise<Lookup> {
    try {
      return await withDeadline('reading the number', deadlineMs, this.#read(called, tenant));
    } catch (thrown) {
      return { outcome: 'away', cause: coerceError(thrown) };
    }
  }

  /**
   * Joins a read of this number that runs already, unless it may have missed a change; else waits until nothing else of the
   * tenant is being read. Never rejects.
   */
  #read(called: string, tenant: TenantKey): Promise<Lookup> {
    const running = this.#reads.get(called);
    if (running?.newest === 0) return running.result;
    const result = this.#readAfter(this.#lastOfTenant.get(tenant), called);
    const read = { tenant, result, newest: 0 };
    this.#reads.set(called, read);
    this.#lastOfTenant.set(tenant, result);
    void result.then(() => {
      if (this.#reads.get(called) === read) this.#reads.delete(called);
      if (this.#lastOfTenant.get(tenant) === result) this.#lastOfTenant.delete(tenant);
    });
    return result;
  }

  async #readAfter(ahead: Promise<Lookup> | undefined, called: string): Promise<Lookup> {
    const before = await ahead;
    // With the database away, a queue in which each waits for its own deadline would outlast every caller's patience.
    if (before?.outcome === 'away') return before;
    const { source, clock, log } = this.#options;
    const readMs = clock.monotonicMs();
    try {
      const known = this.#entries.peek(called)?.number;
      const number = await readNumber(called, source, { before: known, log });
      return number === undefined ? this.#forget(called) : this.#learn(called, number, readMs);
    } catch (thrown) {
      const cause = coerceError(thrown);
      const away = thrown instanceof DatabaseAway || thrown instanceof DeadlinePassed;
      if (!away) log.error({ err: cause }, 'a number could not be read');
      return { outcome: away ? 'away' : 'broken', cause };
    }
  }

  /** That a number is nobody's is not remembered: admission turns such calls away, so one that comes here is rare. */
  #forget(called: string): Lookup {
    this.#entries.delete(called);
    return { outcome: 'nobody' };
  }

  #learn(called: string, number: KnownNumber, readMs: number): Lookup {
    const { row, agent } = number;
    const outdated = (this.#reads.get(called)?.newest ?? 0) > row.changedRevision;
    this.#entries.set(called, { number, readMs, outdated });
    if (agent.outcome === 'usable' && agent.broken === null) this.#options.onLearned?.(called, row);
    return { outcome: 'found', number, from: 'database' };
  }
}
