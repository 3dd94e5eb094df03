/**
 * What this shard says of itself to the platform, in one RPC each 5 s: that it lives, how full it is, and that its calls are
 * still its own, against a lease of 15 s. The answer may say that a call shall end.
 *
 * With the database away calls go on. A report that fails is tried again each second until one arrives: after an outage the
 * platform gives calls away that nobody claims for 10 s.
 */
import { leaseVerdictSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { PoolName, SessionId } from '../shared/ids.ts';
import { isReason, type ReasonCode } from '../shared/reasons.ts';
import type { CallOutcome } from './ends.ts';
import type { Call } from './open-call.ts';
import type { CallPlatform } from './platform.ts';

const reportEveryMs = 5_000;
const tryAgainAfterMs = 1_000;
const leaseMs = 15_000;

/** A row of `workers`. */
export interface WorkerStatus {
  readonly pool: PoolName;
  readonly version: string;
  /** Most calls at once. */
  readonly capacity: number;
  readonly calls: number;
  /** What LiveKit is told: 0 to 1. */
  readonly load: number;
  readonly draining: boolean;
}

export interface LeaseHolder {
  status(): WorkerStatus;
  /** The platform wants this call to end. */
  end(session: SessionId, reason: ReasonCode): void;
  /** The call is another shard's by now, or settled. */
  lose(session: SessionId): void;
}

type Books = Pick<CallPlatform, 'worker' | 'database' | 'log' | 'clock'>;

/** States: made → `open` (reports) → `closed`. */
export class Leases {
  readonly #books: Books;
  /** Taken, and not ended yet. One that is still to be taken is nobody's: it must not be asked for. */
  readonly #taken = new Set<SessionId>();
  #closed = false;
  /** Something is to be said at once, and not at the next round. */
  #news = false;
  #wake: () => void = () => undefined;
  #heard = true;
  /** When the last report was sent that was heard. */
  #heardAtMs = 0;
  #rounds: Promise<void> = Promise.resolve();

  constructor(books: Books) {
    this.#books = books;
  }

  /** The database says that this call is this worker's. */
  took(session: SessionId): void {
    this.#taken.add(session);
  }

  /** The call is over here. */
  dropped(session: SessionId): void {
    this.#taken.delete(session);
  }

  /** Resolves after the first report, whether it was heard or not; others follow until close(). */
  async open(holder: LeaseHolder): Promise<void> {
    await this.#report(holder);
    this.#rounds = this.#run(holder);
  }

  /** Reports now, or as soon as a report that is under way is done. */
  tell(): void {
    this.#news = true;
    this.#wake();
  }

  /** Nothing is reported any more once it resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#rounds;
  }

  /**
   * Whether a call that was taken is this worker's still. Asked for only when nobody can know: a shard that stood still for
   * longer than a lease wakes up to timers that ran out, in calls that others may have by now. Never throws; yes, when nobody
   * answers: without the database nobody else was given the call.
   */
  async holds(session: SessionId): Promise<boolean> {
    const sureUntilMs = this.#heardAtMs + leaseMs;
    if (!this.#taken.has(session) || this.#books.clock.monotonicMs() < sureUntilMs) return true;
    const { worker, database, log } = this.#books;
    try {
      const args = { p_worker: worker, p_session_ids: [session] };
      const [answer] = await database.rows('renew_leases', args, leaseVerdictSchema);
      return answer?.verdict !== 'lost';
    } catch (thrown) {
      if (!(thrown instanceof DatabaseAway)) log.error({ err: coerceError(thrown), session }, 'whose call is this?');
      return true;
    }
  }

  async #run(holder: LeaseHolder): Promise<void> {
    for (;;) {
      await this.#rest(this.#heard ? reportEveryMs : tryAgainAfterMs);
      if (this.#closed) return;
      await this.#report(holder);
    }
  }

  #rest(mostMs: number): Promise<void> {
    if (this.#news || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #report(holder: LeaseHolder): Promise<void> {
    const { log, clock } = this.#books;
    this.#news = false;
    const sentAtMs = clock.monotonicMs();
    try {
      await this.#renew(holder);
      this.#heardAtMs = sentAtMs;
      if (!this.#heard) log.info('leases are renewed again');
      this.#heard = true;
    } catch (thrown) {
      if (this.#heard) log.warn({ err: coerceError(thrown) }, 'leases could not be renewed');
      this.#heard = false;
    }
  }

  /** @throws DatabaseAway, DatabaseFault */
  async #renew(holder: LeaseHolder): Promise<void> {
    const { worker, database } = this.#books;
    const args = { p_worker: worker, p_session_ids: [...this.#taken], p_status: holder.status() };
    const verdicts = await database.rows('renew_leases', args, leaseVerdictSchema);
    for (const { sessionId, verdict, reason } of verdicts) {
      if (verdict === 'end') holder.end(sessionId, reason !== null && isReason(reason) ? reason : 'told_to_end');
      if (verdict === 'lost') holder.lose(sessionId);
    }
  }
}

/** A call that others have by now does not end because it ended here: its caller talks to them. */
export async function unlessLost(outcome: CallOutcome, { identity, platform }: Call): Promise<CallOutcome> {
  if (outcome.kind !== 'ended' || (await platform.leases.holds(identity.session))) return outcome;
  return { kind: 'not_ours', why: 'its lease ran out while this shard stood still' };
}
