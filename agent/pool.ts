/**
 * The supervisor: keeps K shards running. A shard that dies takes only its own calls with it and is replaced; one that has
 * grown old or large, or in which something broke, is replaced while it drains. The supervisor itself carries no call and loads no LiveKit library.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../shared/log.ts';
import type { ConfigNews } from './config-poller.ts';
import { type Departures, nameWorker } from './departures.ts';
import type { Prober } from './probe-poller.ts';
import { RememberedRows } from './remembered-rows.ts';
import { ShardProcess, type ShardProcessOptions } from './shard-process.ts';

const firstBackoffMs = 500;
const longestBackoffMs = 30_000;
/** A shard that ran this long before it died was not broken from the start: the backoff begins anew. */
const soundAfterMs = 60_000;
const cleanExit = 'exit code 0';
/** Some callers hear nothing from the first order on until another agent has come. */
const leaveDeadlineMs = 3_000;
const inspectEveryMs = 60_000;
/** Native memory of ended calls is not all given back; a fresh shard is 100 MB. */
const largestPssMb = 400;
const oldestMs = 24 * 3600 * 1000;

export interface PoolOptions extends Omit<ShardProcessOptions, 'name' | 'worker' | 'remembered' | 'onLearned'> {
  readonly shards: number;
  readonly departures: Departures;
  readonly log: Logger;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #inspection: NodeJS.Timeout;
  /** Serving shards by slot; a slot always has one, but for the backoff after a crash. */
  readonly #serving = new Map<number, ShardProcess>();
  /** Shards that are being replaced: they still serve, or drain. */
  readonly #replaced = new Set<ShardProcess>();
  readonly #crashes = new Map<number, number>();
  readonly #rows = new RememberedRows();
  #stopping = false;
  #started = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    for (let slot = 0; slot < options.shards; slot++) this.#start(slot);
    this.#inspection = setInterval(() => this.#inspect(), inspectEveryMs);
  }

  /** Resolves when every slot has a shard that has registered with LiveKit. */
  async ready(): Promise<void> {
    await Promise.all([...this.#serving.keys()].map((slot) => this.#slotReady(slot)));
  }

  /** Brings a new shard up for each slot and lets the old ones drain. */
  replaceAll(): void {
    for (const slot of this.#serving.keys()) void this.#replace(slot);
  }

  /** Passes on what changed in configurations. */
  tell(news: ConfigNews): void {
    for (const shard of this.#all()) shard.tell(news);
  }

  /** A shard that can be given something beside calls; undefined: none is up. */
  prober(): Prober | undefined {
    return [...this.#serving.values()].find(({ isReady }) => isReady);
  }

  /** Lets all calls end, then all shards. */
  async drain(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#inspection);
    for (const shard of this.#all()) shard.drain();
    await Promise.all(this.#all().map((shard) => shard.exited));
  }

  /** All shards go now, and their calls go on elsewhere. To be called after drain(), which resolves then. */
  async leave(): Promise<void> {
    const leaving = this.#all();
    for (const shard of leaving) shard.leave();
    const gone = Promise.all(leaving.map((shard) => shard.exited));
    await Promise.race([gone, pause(leaveDeadlineMs)]);
    for (const shard of this.#all()) shard.kill();
  }

  #all(): ShardProcess[] {
    return [...this.#serving.values(), ...this.#replaced];
  }

  #start(slot: number): ShardProcess {
    const { shards: _, departures: __, log, ...options } = this.#options;
    const name = `shard-${++this.#started}`;
    const shard = new ShardProcess({
      ...options,
      name,
      worker: nameWorker(name),
      remembered: this.#rows.all(),
      onLearned: (called, row) => this.#rows.learn(called, row),
    });
    this.#serving.set(slot, shard);
    log.info({ shard: name, worker: shard.worker, shardPid: shard.pid }, 'shard started');
    void shard.exited.then((how) => this.#exited(slot, shard, how));
    void shard.tainted.then(() => {
      log.error({ shard: shard.name }, 'shard is tainted and replaced');
      if (this.#serving.get(slot) === shard) void this.#replace(slot);
    });
    return shard;
  }

  async #exited(slot: number, shard: ShardProcess, how: string): Promise<void> {
    const { log, departures } = this.#options;
    // A shard that ends well has said so itself.
    if (how !== cleanExit) departures.tell(shard.worker);
    if (this.#replaced.delete(shard) || this.#stopping) {
      log.info({ shard: shard.name, how }, 'shard stopped');
      return;
    }
    const sound = performance.now() - shard.startedMs > soundAfterMs;
    const crashes = sound ? 0 : (this.#crashes.get(slot) ?? 0);
    this.#crashes.set(slot, crashes + 1);
    const backoffMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** crashes);
    log.error({ shard: shard.name, how, backoffMs }, 'shard died');
    await pause(backoffMs);
    if (!this.#stopping && this.#serving.get(slot) === shard) this.#start(slot);
  }

  /** The old shard serves until a new one is there, however many tries that takes: broken code takes no line down. */
  async #replace(slot: number): Promise<void> {
    const old = this.#serving.get(slot);
    if (old === undefined || this.#stopping) return;
    this.#replaced.add(old);
    this.#start(slot);
    await this.#slotReady(slot);
    old.drain();
    await old.exited;
    this.#replaced.delete(old);
  }

  async #slotReady(slot: number): Promise<void> {
    for (;;) {
      const shard = this.#serving.get(slot);
      const ready = shard?.ready.then(() => true);
      if (await Promise.race([ready, shard?.exited.then(() => false)])) return;
      await pause(firstBackoffMs);
    }
  }

  #inspect(): void {
    const { log } = this.#options;
    for (const [slot, shard] of this.#serving) {
      const ageMs = performance.now() - shard.startedMs;
      const pssMb = shard.pid === undefined ? 0 : readPssMb(shard.pid);
      if (pssMb <= largestPssMb && ageMs <= oldestMs) continue;
      log.info({ shard: shard.name, pssMb, ageMs: Math.round(ageMs) }, 'shard is recycled');
      void this.#replace(slot);
    }
  }
}

/** Proportional set size; 0 for a process that is gone. */
export function readPssMb(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Math.round(Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / 1024);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ESRCH')) return 0;
    throw thrown;
  }
}
