/**
 * What this replica learned of numbers while the database answered, and which of their calls it heard of: enough to go on
 * admitting calls while the database is away, where the owner wants that (DISPATCH_WITHOUT_DATABASE=admit-known).
 *
 * Numbers are known by what was dialled, as the trunk writes it, so nothing of how SQL finds a number is repeated here.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../shared/clock.ts';
import type { Admission } from '../shared/contracts.ts';
import type { RoomName } from '../shared/ids.ts';
import type { RefusalReason } from '../shared/reasons.ts';

type Admitted = Extract<Admission, { outcome: 'admitted' }>;
export type KnownNumber = Pick<Admitted, 'organizationId' | 'tenant' | 'numberId' | 'pool' | 'numberLimit'>;

/** A call that this replica heard of. */
export interface OwnCall {
  readonly room: RoomName;
  readonly callerSid: string;
}

interface Learned {
  readonly number: KnownNumber;
  readonly atMs: number;
}

/** A number that nobody called for longer may have been given to somebody else. */
const longestMs = 24 * 60 * 60 * 1000;
const maxNumbers = 20_000;
/** As many rooms as calls.ts remembers. */
const maxCalls = 5_000;

/** After these answers nobody may be let in from memory any more; the others hold for the moment only. */
const closed: readonly RefusalReason[] = [
  'malformed_number',
  'unknown_number',
  'number_inactive',
  'organization_inactive',
];

export class KnownNumbers {
  readonly clock: Clock;
  readonly #numbers = new LRUCache<string, Learned>({ max: maxNumbers });
  readonly #calls = new LRUCache<RoomName, OwnCall & { readonly number: KnownNumber }>({ max: maxCalls });
  /** Calls that were let in, or turned away, without the database. */
  readonly counts = { admitted: 0, refused: 0 };

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** What the database said of the number that was dialled. */
  learn(called: string, admission: Admission): void {
    if (admission.outcome === 'admitted')
      this.#numbers.set(called, { number: admission, atMs: this.clock.monotonicMs() });
    else if (closed.includes(admission.reason)) this.#numbers.delete(called);
  }

  /** Undefined: the database never said so, or longer ago than a day. */
  find(called: string): KnownNumber | undefined {
    const learned = this.#numbers.get(called);
    if (learned === undefined || this.clock.monotonicMs() - learned.atMs > longestMs) return undefined;
    return learned.number;
  }

  /** The call is one of the number's, whether there is a line for it or not: the database let it in. */
  hold(call: OwnCall, number: KnownNumber): void {
    this.#calls.set(call.room, { ...call, number });
  }

  /** The call gets a line if the number has one left. Counted and taken at once, so that two callers never get the last. */
  take(call: OwnCall, number: KnownNumber): boolean {
    if (this.callsOf(number).length >= number.numberLimit) return false;
    this.hold(call, number);
    return true;
  }

  letGo(room: RoomName): void {
    this.#calls.delete(room);
  }

  /** Calls of this number that were let in here, also some that are over by now: who needs a line looks at each. */
  callsOf({ numberId }: KnownNumber): OwnCall[] {
    return [...this.#calls.values()].filter(({ number }) => number.numberId === numberId);
  }
}
