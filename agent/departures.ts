/**
 * Tells the database which workers are gone, so that their calls are free at once and not only when leases run out. A name is
 * given to one shard and never again: what is said of it stays true, however late it is said.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { releasedSchema } from '../shared/contracts.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';

const tryAgainAfterMs = 1_000;
/** A database that answers with errors may be struggling, and they may last: a wrong token, a function that is not there. */
const longestPauseMs = 10_000;
/** Until then a renewal that the dead worker had sent may still arrive, and take its calls back. */
const strayRenewalMs = 2_500;

/** Under this name a shard holds its calls in SQL. @param shard its name in logs */
export function nameWorker(shard: string): string {
  return `${hostname()}-${shard}-${randomBytes(8).toString('hex')}`;
}

export class Departures {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #untold = new Map<string, Promise<void>>();

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** This worker's process is gone. Said until the database has heard it. */
  tell(worker: string): void {
    const told = this.#tell(worker).finally(() => this.#untold.delete(worker));
    this.#untold.set(worker, told);
  }

  /** Resolves when all was heard, or when that takes too long: the leases run out by themselves then. */
  async heard(deadlineMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#untold.values()), pause(deadlineMs, undefined, { ref: false })]);
  }

  async #tell(worker: string): Promise<void> {
    let said: 'warn' | 'error' | undefined;
    let pauseMs = tryAgainAfterMs;
    for (;;) {
      const failure = await this.#release(worker).then(() => undefined, coerceError);
      if (failure === undefined) break;
      const level = failure instanceof DatabaseAway ? 'warn' : 'error';
      // Once of each kind, and not each second.
      if (said !== level) this.#log[level]({ err: failure, worker }, 'calls could not be released yet');
      said = level;
      await rest(pauseMs);
      pauseMs = level === 'warn' ? tryAgainAfterMs : Math.min(longestPauseMs, pauseMs * 2);
    }
    setTimeout(() => void this.#tellOfStrays(worker), strayRenewalMs).unref();
  }

  async #release(worker: string): Promise<void> {
    const { released } = await this.#database.row('release_worker', { p_worker: worker }, releasedSchema);
    this.#log.info({ worker, released }, 'calls of a worker that is gone are released');
  }

  async #tellOfStrays(worker: string): Promise<void> {
    await this.#release(worker).catch((thrown: unknown) =>
      this.#log.warn({ err: coerceError(thrown), worker }, 'late renewals, if any, were not undone'),
    );
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
