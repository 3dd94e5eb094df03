/**
 * Which calls are on, on a box without a database: what the SQL functions of the same names do, in this process's memory. One
 * suite of sentences holds both (tests/support/call-ledger.ts, tests/support/held-calls.ts).
 *
 * A single dispatch runs on such a box, and JavaScript does one thing at a time, so what takes a lock in SQL takes none here.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import type { RefusalAnswer } from '../../shared/jobs.ts';
import { isReason, isRefusal, type ReasonCode, type RefusalReason } from '../../shared/reasons.ts';
import { Breakers } from './breakers.ts';
import { CallBook, type Invite, type LedgerCall, type LedgerEvent, newCall, type OpenNumber } from './call-book.ts';
import { Holding } from './holding.ts';
import { type KeptRecord, recordOf } from './record.ts';
import { type NumberPolicy, Refusals } from './refusals.ts';
import { Workers } from './workers.ts';

export interface LedgerOptions {
  readonly clock: Clock;
  find(called: string): OpenNumber | undefined;
  /** What is said of calls that nobody takes, by the number that `find` found. */
  policyOf(called: string): NumberPolicy;
  /** Writes it down. */
  note(event: LedgerEvent): void;
}

const placementMs = 4_000;
const leaseMs = 15_000;
const busy: RefusalAnswer = { action: 'busy' };
const failures: readonly ReasonCode[] = ['provider_failed', 'provider_unusable'];
/** The box's own trouble: it says nothing of a tenant's providers, and a probe that ends like this has told nothing. */
const ownTrouble: readonly ReasonCode[] = ['agent_failed', 'worker_lost'];

export class Ledger {
  readonly book = new CallBook();
  readonly breakers: Breakers;
  readonly workers: Workers;
  readonly refusals: Refusals;
  readonly holding: Holding;
  readonly #options: LedgerOptions;
  readonly #tickets = new Map<string, string>();

  constructor(options: LedgerOptions) {
    this.#options = options;
    const nowMs = () => options.clock.now();
    this.breakers = new Breakers(nowMs);
    this.workers = new Workers(nowMs);
    this.refusals = new Refusals(nowMs);
    const { book, breakers, workers } = this;
    this.holding = new Holding({ book, breakers, workers, nowMs, note: (event) => options.note(event) });
  }

  /** A call that was on when this process began: its worker has one lease's time to say that it still has it. */
  restore(call: LedgerCall): void {
    this.book.keep({ ...call, worker: call.lastWorker, leaseEndsAtMs: this.#now + leaseMs });
  }

  admit(invite: Invite): { call: LedgerCall; repeated: boolean } {
    const earlier = this.book.ofDialogue(invite);
    if (earlier !== undefined) return { call: earlier, repeated: true };
    this.#forget();
    const number = isDialable(invite.called) ? this.#options.find(invite.called) : undefined;
    const policy = number && this.#options.policyOf(invite.called);
    const reason = this.#refusalOf(invite, number, policy);
    const call = reason === null ? this.#let(invite, number) : this.#refused(invite, reason, { number, policy });
    this.book.keep(call);
    this.#options.note({ event: reason === null ? 'admitted' : 'refused', call });
    return { call, repeated: false };
  }

  /** What a refused caller gets who is asked about again. */
  answerOf({ reason, answer }: LedgerCall): RefusalAnswer | null {
    if (reason === null || !isRefusal(reason)) return null;
    return answer !== null && this.refusals.isOn(answer) ? answer : busy;
  }

  endRefusal(refusalId: number, outcome: string): boolean {
    const ended = this.refusals.end(refusalId);
    if (ended) this.#options.note({ event: 'told', refusalId, outcome });
    return ended;
  }

  refuse(session: string, reason: string): boolean {
    if (!isReason(reason) || !isRefusal(reason)) throw new Error(`${reason} refuses no call`);
    const call = this.book.live(session);
    if (call?.state !== 'pending') return false;
    this.#end(call, reason);
    this.breakers.endProbes(session);
    this.#options.note({ event: 'finished', call, record: null });
    return true;
  }

  /** @param worker null: whoever asks may end it; else only its holder */
  finish(session: string, reason: string, by: { worker: string | null; record: KeptRecord | null }): boolean {
    if (!isReason(reason)) throw new Error(`${reason} is not in the catalogue`);
    const { worker, record } = by;
    const call = this.book.session(session);
    if (call === undefined) return false;
    const live = call.endedAtMs === null;
    if (live && worker !== null && call.worker !== null && call.worker !== worker) return false;
    const late = !live && record !== null && !call.recorded && call.lastWorker === worker;
    if (!live && !late) return false;
    if (live) this.#end(call, reason);
    call.recorded = record !== null;
    this.#options.note({ event: live ? 'finished' : 'late', call, record: recordOf(call, record, worker) });
    if (live) this.#tellProviders(call, session, record);
    return live;
  }

  openTicket(session: string, worker: string, ticket: { readonly id: string }): boolean {
    if (this.#tickets.get(ticket.id) === session) return true;
    const call = this.book.live(session);
    if (call === undefined || (call.worker ?? call.lastWorker) !== worker || this.#tickets.has(ticket.id)) return false;
    this.#tickets.set(ticket.id, session);
    this.#options.note({ event: 'ticket', call, ticket });
    return true;
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #refusalOf(invite: Invite, number: OpenNumber | undefined, policy: NumberPolicy | undefined): RefusalReason | null {
    if (!isDialable(invite.called)) return 'malformed_number';
    if (number === undefined || policy === undefined) return 'unknown_number';
    if (policy.isClosed) return 'outside_hours';
    if (!this.workers.isServed(number.pool)) return 'pool_unavailable';
    if (!this.breakers.letsIn(number.organizationId)) return 'breaker_open';
    const lines = this.book.lives().filter((call) => call.number?.numberId === number.numberId).length;
    return lines >= number.maxCalls ? 'number_busy' : null;
  }

  #let(invite: Invite, number: OpenNumber | undefined): LedgerCall {
    const session = randomUUID();
    if (number !== undefined) this.breakers.markProbe(number.organizationId, session);
    const startedAtMs = this.#now;
    return newCall(
      { session, invite, number: number ?? null, startedAtMs, answer: null },
      { leaseEndsAtMs: startedAtMs + placementMs },
    );
  }

  #refused(
    invite: Invite,
    reason: RefusalReason,
    { number, policy }: { number: OpenNumber | undefined; policy: NumberPolicy | undefined },
  ): LedgerCall {
    const known = number !== undefined && policy !== undefined;
    const answer = known ? this.refusals.answerTo(invite, number, reason, policy) : busy;
    const startedAtMs = this.#now;
    return newCall(
      { session: null, invite, number: number ?? null, startedAtMs, answer },
      { reason, endedAtMs: startedAtMs },
    );
  }

  #end(call: LedgerCall, reason: ReasonCode): void {
    Object.assign(call, { reason, endedAtMs: this.#now });
    const { session, startedAtMs, number, answeredAtMs } = call;
    if (session === null || number === null) return;
    const failed = failures.includes(reason);
    if (!failed && (answeredAtMs === null || ownTrouble.includes(reason))) return;
    const whole = { organizationId: number.organizationId, provider: null };
    this.breakers.tell({ session, startedAtMs }, whole, failed ? 'failed' : 'ok');
  }

  /** Those whose failure was told when it happened are known already. */
  #tellProviders(call: LedgerCall, session: string, record: KeptRecord | null): void {
    const met = new Map<string, 'ok' | 'failed'>();
    for (const { provider, outcome } of record?.providers ?? [])
      if (met.get(provider) !== 'failed') met.set(provider, outcome);
    for (const [provider, outcome] of met) {
      if (call.number === null || call.failedProviders.has(provider)) continue;
      const { organizationId } = call.number;
      this.breakers.tell({ session, startedAtMs: call.startedAtMs }, { organizationId, provider }, outcome);
    }
    this.breakers.endProbes(session);
  }

  #forget(): void {
    const gone = new Set(this.book.forget(this.#now));
    for (const [ticket, session] of this.#tickets) if (gone.has(session)) this.#tickets.delete(ticket);
  }
}

function isDialable(called: string): boolean {
  return /^\+?[0-9]{2,15}$/.test(called);
}
