/**
 * Which calls are on, on a box without a database: what the SQL functions of the same names do, in this process's memory. One
 * suite of sentences holds both (tests/sql/ledger-contract.ts).
 *
 * A single dispatch runs on such a box, and JavaScript does one thing at a time, so what takes a lock in SQL takes none here.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { isReason, isRefusal, type ReasonCode } from '../../shared/reasons.ts';

/** A number that somebody answers. */
export interface OpenNumber {
  readonly numberId: string;
  readonly organizationId: string;
  readonly tenant: string;
  readonly pool: string;
  readonly maxCalls: number;
}

export interface Invite {
  readonly called: string;
  readonly caller: string;
  readonly sipCallId: string;
  readonly fromTag: string;
  readonly room: string;
}

/** One call from admission or refusal on; kept for a while after its end, so that who asks late hears the same. */
export interface LedgerCall {
  readonly session: string | null;
  readonly invite: Invite;
  readonly number: OpenNumber | null;
  readonly startedAtMs: number;
  answeredAtMs: number | null;
  endedAtMs: number | null;
  reason: ReasonCode | null;
  worker: string | null;
  /** Who had it last, also after its lease ran out. */
  lastWorker: string | null;
  state: 'pending' | 'active';
  leaseEndsAtMs: number;
}

export type LedgerEvent =
  | { readonly event: 'admitted' | 'refused' | 'answered'; readonly call: LedgerCall }
  | { readonly event: 'finished'; readonly call: LedgerCall; readonly record: unknown }
  | { readonly event: 'ticket'; readonly call: LedgerCall; readonly ticket: { readonly id: string } };

export interface LedgerOptions {
  readonly clock: Clock;
  find(called: string): OpenNumber | undefined;
  /** Writes it down. */
  note(event: LedgerEvent): void;
}

const pendingMs = 10_000;
const leaseMs = 15_000;
const rememberedMs = 3_600_000;

export class Ledger {
  readonly #options: LedgerOptions;
  readonly #byDialogue = new Map<string, LedgerCall>();
  readonly #bySession = new Map<string, LedgerCall>();
  readonly #tickets = new Map<string, string>();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** A call that was on when this process began: its worker has one lease's time to say that it still has it. */
  restore(call: LedgerCall): void {
    this.#keep({ ...call, worker: null, leaseEndsAtMs: this.#now + leaseMs });
  }

  admit(invite: Invite): { call: LedgerCall; repeated: boolean } {
    const earlier = this.#byDialogue.get(dialogueOf(invite));
    if (earlier !== undefined) return { call: earlier, repeated: true };
    this.#forget();
    const number = /^\+?[0-9]{2,15}$/.test(invite.called) ? this.#options.find(invite.called) : undefined;
    const reason = this.#refusalOf(invite, number);
    const now = this.#now;
    const call: LedgerCall = {
      session: reason === null ? randomUUID() : null,
      invite,
      number: number ?? null,
      startedAtMs: now,
      answeredAtMs: null,
      endedAtMs: reason === null ? null : now,
      reason,
      worker: null,
      lastWorker: null,
      state: 'pending',
      leaseEndsAtMs: now + pendingMs,
    };
    this.#keep(call);
    this.#options.note({ event: reason === null ? 'admitted' : 'refused', call });
    return { call, repeated: false };
  }

  /** The last decision on a call in the room. */
  inRoom(room: string): LedgerCall | undefined {
    return [...this.#byDialogue.values()].findLast((call) => call.invite.room === room);
  }

  session(session: string): LedgerCall | undefined {
    return this.#bySession.get(session);
  }

  take(session: string, worker: string): boolean {
    const call = this.#live(session);
    if (call === undefined) return false;
    const held = call.worker !== null && call.worker !== worker && call.leaseEndsAtMs >= this.#now;
    if (held) return false;
    Object.assign(call, { worker, lastWorker: worker, leaseEndsAtMs: this.#now + leaseMs });
    return true;
  }

  answer(session: string, worker: string): boolean {
    const call = this.#live(session);
    if (call === undefined || call.worker !== worker) return false;
    const first = call.answeredAtMs === null;
    Object.assign(call, {
      state: 'active',
      leaseEndsAtMs: this.#now + leaseMs,
      answeredAtMs: call.answeredAtMs ?? this.#now,
    });
    if (first) this.#options.note({ event: 'answered', call });
    return true;
  }

  /** False: the call is over or somebody else's. A worker that was only slow gets its call back. */
  renew(session: string, worker: string): boolean {
    const call = this.#live(session);
    if (call === undefined || (call.worker !== null && call.worker !== worker)) return false;
    Object.assign(call, { worker, lastWorker: worker, leaseEndsAtMs: this.#now + leaseMs });
    return true;
  }

  /** Calls that nobody renewed, the longest first; whoever asks has them for a moment. */
  expired(limit: number): { call: LedgerCall; worker: string | null }[] {
    const now = this.#now;
    const found = this.#lives()
      .filter((call) => call.leaseEndsAtMs < now)
      .sort((left, right) => left.leaseEndsAtMs - right.leaseEndsAtMs)
      .slice(0, limit);
    return found.map((call) => {
      const { worker } = call;
      Object.assign(call, { worker: null, leaseEndsAtMs: now + pendingMs });
      return { call, worker };
    });
  }

  refuse(session: string, reason: string): boolean {
    if (!isReason(reason) || !isRefusal(reason)) throw new Error(`${reason} refuses no call`);
    return this.#live(session)?.state === 'pending' && this.#end(session, reason, null);
  }

  /** @param worker null: whoever asks may end it; else only its holder */
  finish(session: string, reason: string, by: { worker: string | null; record: unknown }): boolean {
    if (!isReason(reason)) throw new Error(`${reason} is not in the catalogue`);
    const holder = this.#live(session)?.worker ?? null;
    if (by.worker !== null && holder !== null && holder !== by.worker) return false;
    return this.#end(session, reason, by.record);
  }

  openTicket(session: string, worker: string, ticket: { readonly id: string }): boolean {
    if (this.#tickets.get(ticket.id) === session) return true;
    const call = this.#live(session);
    if (call === undefined || (call.worker ?? call.lastWorker) !== worker || this.#tickets.has(ticket.id)) return false;
    this.#tickets.set(ticket.id, session);
    this.#options.note({ event: 'ticket', call, ticket });
    return true;
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #refusalOf(invite: Invite, number: OpenNumber | undefined): ReasonCode | null {
    if (!/^\+?[0-9]{2,15}$/.test(invite.called)) return 'malformed_number';
    if (number === undefined) return 'unknown_number';
    const busy = this.#lives().filter((call) => call.number?.numberId === number.numberId).length;
    return busy >= number.maxCalls ? 'number_busy' : null;
  }

  #keep(call: LedgerCall): void {
    this.#byDialogue.set(dialogueOf(call.invite), call);
    if (call.session !== null) this.#bySession.set(call.session, call);
  }

  #lives(): LedgerCall[] {
    return [...this.#bySession.values()].filter((call) => call.endedAtMs === null);
  }

  #live(session: string): LedgerCall | undefined {
    const call = this.#bySession.get(session);
    return call?.endedAtMs === null ? call : undefined;
  }

  #end(session: string, reason: ReasonCode, record: unknown): boolean {
    const call = this.#live(session);
    if (call === undefined) return false;
    Object.assign(call, { reason, endedAtMs: this.#now });
    this.#options.note({ event: 'finished', call, record });
    return true;
  }

  /** Memory has an end: what was over an hour ago nobody asks for any more. */
  #forget(): void {
    const before = this.#now - rememberedMs;
    for (const [key, call] of this.#byDialogue) {
      if (call.endedAtMs === null) continue;
      if (call.endedAtMs >= before) break;
      this.#byDialogue.delete(key);
      if (call.session === null) continue;
      this.#bySession.delete(call.session);
      for (const [ticket, session] of this.#tickets) if (session === call.session) this.#tickets.delete(ticket);
    }
  }
}

function dialogueOf({ sipCallId, fromTag }: Invite): string {
  return `${sipCallId}\n${fromTag}`;
}
