/**
 * The rooms that this replica has heard of. Events are applied in the order in which they arrive, synchronously; whoever
 * carries a call forward looks at its state and waits for it to change.
 *
 * All of it may be lost: after a restart, and for events that another replica got, the database and LiveKit's own list of
 * participants say what is true.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../shared/clock.ts';
import type { RoomName } from '../shared/ids.ts';
import type { RoomEvent } from './identify.ts';
import { learn, nothingKnown, type RoomState, stateOf } from './room-state.ts';

/** One room with, sooner or later, one caller in it. */
export class Call {
  readonly room: RoomName;
  readonly #clock: Clock;
  readonly #firstEventMs: number;
  /** How often it was placed, with the placement that is on, as far as this replica knows. */
  placements = 1;
  #facts = nothingKnown;
  #isLost = false;
  #waiting = new Set<() => void>();

  constructor(room: RoomName, clock: Clock) {
    this.room = room;
    this.#clock = clock;
    this.#firstEventMs = clock.monotonicMs();
  }

  get state(): RoomState {
    return stateOf(this.#facts);
  }

  /** Milliseconds since this replica first heard of the room. */
  get ageMs(): number {
    return Math.round(this.#clock.monotonicMs() - this.#firstEventMs);
  }

  /** The worker that had it is gone, and the watch gave the call to this replica: whoever waits here for its agent waits in vain. */
  get isLost(): boolean {
    return this.#isLost;
  }

  apply(event: RoomEvent): void {
    const learned = learn(this.#facts, event);
    if (learned === this.#facts) return;
    this.#facts = learned;
    this.#wake();
  }

  lose(): void {
    this.#isLost = true;
    this.#wake();
  }

  /** What follows is for another agent. */
  beginAnew(): void {
    this.#isLost = false;
  }

  /** Waits until the state satisfies `wanted`; after `patienceMs` it comes back with the state as it is then. */
  async until(wanted: (state: RoomState) => boolean, patienceMs: number): Promise<RoomState> {
    if (!wanted(this.state)) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#waiting.delete(check);
          resolve();
        };
        const check = () => {
          if (wanted(this.state)) done();
        };
        const timer = setTimeout(done, patienceMs);
        this.#waiting.add(check);
      });
    }
    return this.state;
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}

/** Far more than one replica can have in flight; finished rooms stay in it for a while to absorb late webhooks. */
const maxRooms = 5_000;

export class Calls {
  readonly #clock: Clock;
  readonly #rooms = new LRUCache<RoomName, Call>({ max: maxRooms });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The call of a room, also of one that no webhook has told of. */
  of(room: RoomName): Call {
    const call = this.#rooms.get(room) ?? new Call(room, this.#clock);
    this.#rooms.set(room, call);
    return call;
  }

  /** Applies an event to its room and gives the room back with the state it had before. */
  apply(event: RoomEvent): { readonly call: Call; readonly before: RoomState } {
    const call = this.of(event.room);
    const before = call.state;
    call.apply(event);
    return { call, before };
  }
}
