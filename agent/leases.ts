/**
 * Keeps this shard's claims on its calls alive: one RPC for all of them each 5 s, against a lease of 15 s. The answer may say
 * that a call shall end. With the database away calls go on: two renewals may fail before a lease runs out.
 */
import { leaseVerdictSchema } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import type { SessionId } from '../shared/ids.ts';
import { isReason, type ReasonCode } from '../shared/reasons.ts';
import type { CallPlatform } from './platform.ts';

const renewEveryMs = 5_000;

export interface LeaseHolder {
  /** Sessions whose leases are to be renewed. */
  held(): readonly SessionId[];
  /** The platform wants this call to end. */
  end(session: SessionId, reason: ReasonCode): void;
  /** The call is another shard's by now, or settled. */
  lose(session: SessionId): void;
}

export class Leases {
  readonly #holder: LeaseHolder;
  readonly #platform: CallPlatform;
  readonly #timer: NodeJS.Timeout;
  #renewing = false;

  constructor(holder: LeaseHolder, platform: CallPlatform) {
    this.#holder = holder;
    this.#platform = platform;
    this.#timer = setInterval(() => void this.#tick(), renewEveryMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #tick(): Promise<void> {
    // A slow renewal is not overtaken by the next one.
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      await this.renew();
    } catch (thrown) {
      this.#platform.log.warn({ err: coerceError(thrown) }, 'leases could not be renewed');
    } finally {
      this.#renewing = false;
    }
  }

  /** @throws DatabaseAway, DatabaseFault */
  async renew(): Promise<void> {
    const sessions = this.#holder.held();
    if (sessions.length === 0) return;
    const args = { p_worker: this.#platform.worker, p_session_ids: sessions };
    const verdicts = await this.#platform.database.rows('renew_leases', args, leaseVerdictSchema);
    for (const { sessionId, verdict, reason } of verdicts) {
      if (verdict === 'end') this.#holder.end(sessionId, reason !== null && isReason(reason) ? reason : 'told_to_end');
      if (verdict === 'lost') this.#holder.lose(sessionId);
    }
  }
}
