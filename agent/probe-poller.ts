/** Asks once a second whether somebody wants providers tried, and hands what it takes to a shard. */
import { z } from 'zod';
import type { Database } from '../shared/db.ts';
import type { PoolName } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import { Poll } from './poll.ts';

const pollEveryMs = 1_000;

/** A shard as far as probes go. */
export interface Prober {
  /** Under this name the probe is taken and finished. */
  readonly worker: string;
  /** @param written a row of `take_probe`: in `agent dev` the code of the shards may be newer than the supervisor's */
  probe(written: unknown): void;
}

export interface ProbePollerOptions {
  readonly database: Pick<Database, 'rows'>;
  /** Probes of its tenants are taken, and those that are nobody's. */
  readonly pool: PoolName;
  readonly log: Logger;
  /** Undefined: none is up; what waits then waits for another host. */
  prober(): Prober | undefined;
}

export class ProbePoller {
  readonly #poll: Poll<void>;

  constructor({ database, pool, log, prober }: ProbePollerOptions) {
    const ask = async () => {
      const shard = prober();
      if (shard === undefined) return;
      const taken = await database.rows('take_probe', { p_worker: shard.worker, p_pool: pool }, z.unknown());
      for (const written of taken) shard.probe(written);
    };
    this.#poll = new Poll({
      everyMs: pollEveryMs,
      log,
      lost: 'nobody says whether providers are to be tried',
      back: 'it is heard again which providers are to be tried',
      ask,
      onAnswer: () => undefined,
    });
  }

  close(): void {
    this.#poll.close();
  }
}
