/** The calls that a box without a database knows, and what is known of each: the tables of its ledger. */
import type { CallRecord } from '../../shared/call-record.ts';
import type { RefusalAnswer } from '../../shared/jobs.ts';
import type { ReasonCode } from '../../shared/reasons.ts';

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

export type Turn = CallRecord['turns'][number];
export type Usage = CallRecord['usage'][number];

/** One call from admission or refusal on; kept for a while after its end, so that who asks late hears the same. */
export interface LedgerCall {
  readonly session: string | null;
  readonly invite: Invite;
  readonly number: OpenNumber | null;
  readonly startedAtMs: number;
  /** What a refused caller gets; null: the call was admitted. */
  readonly answer: RefusalAnswer | null;
  answeredAtMs: number | null;
  endedAtMs: number | null;
  reason: ReasonCode | null;
  worker: string | null;
  /** Who had it last, also after its lease ran out. */
  lastWorker: string | null;
  state: 'pending' | 'active';
  leaseEndsAtMs: number;
  /** Its worker let go of it: nobody has to wait for the lease. */
  released: boolean;
  /** How often it was offered to the pool. */
  placements: number;
  /** How many workers had it so far, and one that let go of it and took it again twice. */
  takes: number;
  /** What was said so far, by place in the call. */
  readonly turns: Map<number, Turn>;
  /** What the call used so far, by the take in which it did. */
  readonly usage: Map<number, readonly Usage[]>;
  /** In which it went on; null: the configured one. */
  language: string | null;
  /** Told when they failed: what the record says of them is known already. */
  readonly failedProviders: Set<string>;
  /** Its worker's record is written. */
  recorded: boolean;
}

export type LedgerEvent =
  | { readonly event: 'admitted' | 'adopted' | 'refused' | 'taken' | 'answered'; readonly call: LedgerCall }
  | { readonly event: 'noted'; readonly call: LedgerCall; readonly notes: CallNotes }
  /** `late`: the record of a worker that was thought gone, of a call that is over. */
  | { readonly event: 'finished' | 'late'; readonly call: LedgerCall; readonly record: object | null }
  | { readonly event: 'told'; readonly refusalId: number; readonly outcome: string }
  | { readonly event: 'ticket'; readonly call: LedgerCall; readonly ticket: { readonly id: string } };

/** What a worker tells of a call that goes on. */
export interface CallNotes {
  readonly turns: readonly (Turn & { readonly position: number })[];
  readonly usage: readonly Usage[];
  readonly language?: string | undefined;
}

const rememberedMs = 3_600_000;

/** Everything of a call but what is known from the beginning. */
export function newCall(
  known: Pick<LedgerCall, 'session' | 'invite' | 'number' | 'startedAtMs' | 'answer'>,
  changed: Partial<LedgerCall> = {},
): LedgerCall {
  return {
    answeredAtMs: null,
    endedAtMs: null,
    reason: null,
    worker: null,
    lastWorker: null,
    state: 'pending',
    leaseEndsAtMs: 0,
    released: false,
    placements: 1,
    takes: 0,
    turns: new Map(),
    usage: new Map(),
    language: null,
    failedProviders: new Set(),
    recorded: false,
    ...known,
    ...changed,
  };
}

export class CallBook {
  readonly #byDialogue = new Map<string, LedgerCall>();
  readonly #bySession = new Map<string, LedgerCall>();

  keep(call: LedgerCall): void {
    this.#byDialogue.set(dialogueOf(call.invite), call);
    if (call.session !== null) this.#bySession.set(call.session, call);
  }

  /** As if it had never been. */
  remove(session: string): void {
    const call = this.#bySession.get(session);
    this.#bySession.delete(session);
    if (call !== undefined) this.#byDialogue.delete(dialogueOf(call.invite));
  }

  ofDialogue(invite: Pick<Invite, 'sipCallId' | 'fromTag'>): LedgerCall | undefined {
    return this.#byDialogue.get(dialogueOf(invite));
  }

  /** Also one that is over. */
  session(session: string): LedgerCall | undefined {
    return this.#bySession.get(session);
  }

  live(session: string): LedgerCall | undefined {
    const call = this.#bySession.get(session);
    return call?.endedAtMs === null ? call : undefined;
  }

  lives(): (LedgerCall & { readonly session: string })[] {
    return [...this.#bySession.values()].filter(isLive);
  }

  /** The last decision on a call in the room. */
  inRoom(room: string): LedgerCall | undefined {
    return [...this.#byDialogue.values()].findLast((call) => call.invite.room === room);
  }

  /** Memory has an end: what was over an hour ago nobody asks for any more. @returns the sessions that are gone */
  forget(nowMs: number): string[] {
    const gone: string[] = [];
    for (const [key, call] of this.#byDialogue) {
      if (call.endedAtMs === null) continue;
      if (call.endedAtMs >= nowMs - rememberedMs) break;
      this.#byDialogue.delete(key);
      if (call.session === null) continue;
      this.#bySession.delete(call.session);
      gone.push(call.session);
    }
    return gone;
  }
}

function isLive(call: LedgerCall): call is LedgerCall & { readonly session: string } {
  return call.session !== null && call.endedAtMs === null;
}

function dialogueOf({ sipCallId, fromTag }: Pick<Invite, 'sipCallId' | 'fromTag'>): string {
  return `${sipCallId}\n${fromTag}`;
}
