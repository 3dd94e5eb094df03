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
import { isReason } from '../shared/reasons.ts';
import type { CallEnds, CallOutcome } from './ends.ts';
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

/**
 * One run of a call in this shard. Under the worker's one name there may be two for a moment: a call that was handed over, or
 * lost, may be placed here again before its last run is over. What the platform says of a call is said of its newest run.
 */
export type Run = Pick<Call, 'identity' | 'ends'>;

type Books = Pick<CallPlatform, 'worker' | 'database' | 'log' | 'clock'>;

/** States: made → `open` (reports) → `closed`. */
export class Leases {
  readonly #books: Books;
  /** The newest run of each call. One that is still to be taken is nobody's: it must not be asked for. */
  readonly #runs = new Map<SessionId, { readonly ends: CallEnds; readonly taken: boolean }>();
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

  /** The database is about to be asked for the call: from now on no earlier run of it can give it away. */
  asks({ identity, ends }: Run): void {
    const { session } = identity;
    if (this.#runs.get(session)?.ends !== ends) this.#runs.set(session, { ends, taken: false });
  }

  /** The database says that this call is this worker's. Said of a run that has ended, nobody would ever let go of it. */
  took({ identity, ends }: Run): void {
    if (ends.reached === undefined) this.#runs.set(identity.session, { ends, taken: true });
  }

  /** The run is over. @returns whether the call is nobody's here: a newer run of it may have it, or be asking for it */
  dropped({ identity, ends }: Run): boolean {
    const { session } = identity;
    if (this.#runs.get(session)?.ends === ends) this.#runs.delete(session);
    return !this.#runs.has(session);
  }

  /** Resolves after the first report, whether it was heard or not; others follow until close(). @param status as it is then */
  async open(status: () => WorkerStatus): Promise<void> {
    await this.#report(status);
    this.#rounds = this.#run(status);
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
    if (this.#runs.get(session)?.taken !== true || this.#books.clock.monotonicMs() < sureUntilMs) return true;
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

  async #run(status: () => WorkerStatus): Promise<void> {
    for (;;) {
      await this.#rest(this.#heard ? reportEveryMs : tryAgainAfterMs);
      if (this.#closed) return;
      await this.#report(status);
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

  async #report(status: () => WorkerStatus): Promise<void> {
    const { log, clock } = this.#books;
    this.#news = false;
    const sentAtMs = clock.monotonicMs();
    try {
      await this.#renew(status());
      this.#heardAtMs = sentAtMs;
      if (!this.#heard) log.info('leases are renewed again');
      this.#heard = true;
    } catch (thrown) {
      if (this.#heard) log.warn({ err: coerceError(thrown) }, 'leases could not be renewed');
      this.#heard = false;
    }
  }

  /** @throws DatabaseAway, DatabaseFault */
  async #renew(status: WorkerStatus): Promise<void> {
    const { worker, database } = this.#books;
    const taken = new Map([...this.#runs].filter(([, run]) => run.taken));
    const args = { p_worker: worker, p_session_ids: [...taken.keys()], p_status: status };
    const verdicts = await database.rows('renew_leases', args, leaseVerdictSchema);
    for (const { sessionId, verdict, reason } of verdicts) {
      const run = taken.get(sessionId);
      // Not of a run that began while the platform was asked about the one before.
      if (run === undefined || run.ends !== this.#runs.get(sessionId)?.ends) continue;
      if (verdict === 'end') void run.ends.endWhenSaid(reason !== null && isReason(reason) ? reason : 'told_to_end');
      if (verdict === 'lost') run.ends.abandon('the lease was lost');
    }
  }
}

/** A call that others have by now does not end because it ended here: its caller talks to them. */
export async function unlessLost(outcome: CallOutcome, { identity, platform }: Call): Promise<CallOutcome> {
  if (outcome.kind !== 'ended' || (await platform.leases.holds(identity.session))) return outcome;
  return { kind: 'not_ours', why: 'its lease ran out while this shard stood still' };
}
