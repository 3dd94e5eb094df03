/** Who holds a call, on a box without a database. A holder renews; one that stops loses the call to whoever is placed next. */
import { z } from 'zod';
import type { Breakers } from './breakers.ts';
import {
  type CallBook,
  type CallNotes,
  type Invite,
  type LedgerCall,
  type LedgerEvent,
  newCall,
  type OpenNumber,
} from './call-book.ts';
import type { Workers } from './workers.ts';

export interface HoldingParts {
  readonly book: CallBook;
  readonly breakers: Breakers;
  readonly workers: Workers;
  readonly note: (event: LedgerEvent) => void;
  readonly nowMs: () => number;
}

export interface Taken {
  readonly taken: boolean;
  readonly reason: string | null;
  readonly resumed: {
    readonly turns: readonly object[];
    readonly answered_ms_ago: number;
    readonly language: string | null;
  } | null;
  readonly open_providers: readonly string[] | null;
}

/** What whoever holds a call says of it that came in while nobody could be asked. */
export interface Adoption {
  readonly invite: Invite;
  readonly number: OpenNumber;
  readonly admittedAtMs: number;
  readonly answeredAtMs: number | null;
}

export interface Adopted {
  readonly adopted: boolean;
  readonly reason: string | null;
}

export const providerFailure = z.enum(['bad_key', 'quota', 'timeout', 'unavailable', 'other']);
type Failure = z.infer<typeof providerFailure>;
const newsOf = { bad_key: 'fatal', quota: 'fatal', timeout: 'failed', unavailable: 'failed', other: null } as const;

const leaseMs = 15_000;
const placementMs = 4_000;
const lateReportMs = 60_000;

export class Holding {
  readonly #parts: HoldingParts;

  constructor(parts: HoldingParts) {
    this.#parts = parts;
  }

  take(session: string, worker: string): Taken {
    const { book, breakers, nowMs } = this.#parts;
    const call = book.live(session);
    const free = call === undefined || call.worker === null || call.released || call.leaseEndsAtMs < nowMs();
    if (call === undefined || !(free || call.worker === worker)) {
      const reason = book.session(session)?.reason ?? null;
      return { taken: false, reason, resumed: null, open_providers: null };
    }
    const isNew = call.released || call.worker !== worker;
    if (isNew) call.takes++;
    this.#hold(call, worker);
    if (isNew) this.#parts.note({ event: 'taken', call });
    const { number } = call;
    return {
      taken: true,
      reason: null,
      resumed: call.state === 'active' ? this.#saidSoFar(call) : null,
      open_providers: number === null ? [] : breakers.openProviders(number.organizationId, session),
    };
  }

  answer(session: string, worker: string): boolean {
    const call = this.#heldBy(session, worker);
    if (call === undefined) return false;
    const nowMs = this.#parts.nowMs();
    const first = call.answeredAtMs === null;
    Object.assign(call, { state: 'active', leaseEndsAtMs: nowMs + leaseMs, answeredAtMs: call.answeredAtMs ?? nowMs });
    if (first) this.#parts.note({ event: 'answered', call });
    return true;
  }

  /** False: the call is over, or was given to somebody else. */
  renew(session: string, worker: string): boolean {
    const call = this.#heldBy(session, worker);
    if (call !== undefined) call.leaseEndsAtMs = this.#parts.nowMs() + leaseMs;
    const current = this.#parts.book.live(session);
    // Its take may still be under way: who never had the call cannot have lost it.
    return call !== undefined || (current?.worker === null && current.lastWorker !== worker);
  }

  /** Each place in the transcript is written once; usage is the worker's own total so far. */
  keepNotes(session: string, worker: string, notes: CallNotes): boolean {
    const call = this.#heldBy(session, worker);
    if (call === undefined) return false;
    writeNotes(call, notes);
    this.#parts.note({ event: 'noted', call, notes });
    return true;
  }

  /** The worker gives the call away. False: it did not have it. */
  release(session: string, worker: string): boolean {
    const call = this.#heldBy(session, worker);
    if (call !== undefined) Object.assign(call, { released: true, leaseEndsAtMs: this.#parts.nowMs() });
    return call !== undefined;
  }

  /** The worker's process is gone. @returns how many calls it had */
  releaseWorker(worker: string): number {
    this.#parts.workers.remove(worker);
    return this.#parts.book.lives().filter(({ session }) => this.release(session, worker)).length;
  }

  /** Calls that nobody holds, the longest first; whoever asks has them for a moment. */
  lost(limit: number): { readonly call: LedgerCall; readonly worker: string | null }[] {
    const { book, workers, nowMs } = this.#parts;
    workers.beat();
    const { inGrace } = workers;
    const isLost = ({ released, leaseEndsAtMs, worker }: LedgerCall) =>
      released || (leaseEndsAtMs < nowMs() && (worker === null || !inGrace));
    const lost = book.lives().filter(isLost);
    lost.sort((left, right) => left.leaseEndsAtMs - right.leaseEndsAtMs);
    return lost.slice(0, limit).map((call) => {
      // Also when an earlier asker died before it did anything: the dead worker's agent may still be in the room.
      const worker = call.worker ?? call.lastWorker;
      this.#placeAgain(call);
      return { call, worker };
    });
  }

  /** For who waits for its own placement. @param fromWorker also from the worker that has it */
  claim(session: string, placements: number, fromWorker: boolean): boolean {
    const call = this.#parts.book.live(session);
    if (call?.state !== 'pending' || call.placements !== placements) return false;
    if (call.worker !== null && !call.released && !fromWorker) return false;
    this.#placeAgain(call);
    return true;
  }

  adopt(session: string, worker: string, adoption: Adoption): Adopted {
    const { invite, number, admittedAtMs, answeredAtMs } = adoption;
    const { book, note, nowMs } = this.#parts;
    const known = book.session(session);
    // Asked again because the answer was lost: it is in the books, and perhaps over.
    if (known !== undefined && known.endedAtMs !== null)
      return { adopted: known.lastWorker === worker, reason: known.reason };
    if (known !== undefined) {
      const { taken, reason } = this.take(session, worker);
      if (taken && answeredAtMs !== null) this.answer(session, worker);
      return { adopted: taken, reason };
    }
    const twin = book.ofDialogue(invite);
    if (twin !== undefined && (twin.worker !== null || twin.answeredAtMs !== null))
      return { adopted: false, reason: twin.reason };
    if (twin?.session != null) book.remove(twin.session);
    const call = newCall(
      { session, invite, number, startedAtMs: Math.min(nowMs(), admittedAtMs), answer: null },
      { takes: 1, state: answeredAtMs === null ? 'pending' : 'active', answeredAtMs },
    );
    this.#hold(call, worker);
    book.keep(call);
    note({ event: 'adopted', call });
    return { adopted: true, reason: null };
  }

  /** False: the failure tells nothing of other calls, or the call is not this worker's. */
  report(session: string, worker: string, failed: { provider: string; failure: Failure; fatal: boolean }): boolean {
    const { book, breakers, nowMs } = this.#parts;
    const call = book.session(session);
    const news = newsOf[failed.failure];
    if (call?.lastWorker !== worker || call.number === null || news === null) return false;
    const late = call.endedAtMs !== null && (news !== 'fatal' || call.endedAtMs < nowMs() - lateReportMs);
    if (late || !/^[a-z][a-z0-9-]{0,31}$/.test(failed.provider)) return false;
    const witness = { session, startedAtMs: call.startedAtMs };
    const { organizationId } = call.number;
    if (failed.fatal && news === 'fatal') breakers.tell(witness, { organizationId, provider: null }, news);
    // However often a provider fails in one call, it is one call that it failed in.
    if (news === 'fatal' || !call.failedProviders.has(failed.provider))
      breakers.tell(witness, { organizationId, provider: failed.provider }, news);
    call.failedProviders.add(failed.provider);
    return true;
  }

  #heldBy(session: string, worker: string): LedgerCall | undefined {
    const call = this.#parts.book.live(session);
    return call?.worker === worker && !call.released ? call : undefined;
  }

  #hold(call: LedgerCall, worker: string): void {
    const leaseEndsAtMs = this.#parts.nowMs() + leaseMs;
    Object.assign(call, { worker, lastWorker: worker, released: false, leaseEndsAtMs });
  }

  #placeAgain(call: LedgerCall): void {
    call.placements++;
    Object.assign(call, { worker: null, released: false, leaseEndsAtMs: this.#parts.nowMs() + placementMs });
  }

  #saidSoFar(call: LedgerCall) {
    const answered_ms_ago = Math.round(this.#parts.nowMs() - (call.answeredAtMs ?? call.startedAtMs));
    return { answered_ms_ago, language: call.language, turns: turnsOf(call) };
  }
}

export function writeNotes(call: LedgerCall, { turns, usage, language }: CallNotes): void {
  for (const { position, ...turn } of turns) if (!call.turns.has(position)) call.turns.set(position, turn);
  call.usage.set(call.takes, usage);
  call.language = language ?? call.language;
}

export function turnsOf(call: LedgerCall) {
  return [...call.turns].sort(([left], [right]) => left - right).map(([, turn]) => turn);
}
