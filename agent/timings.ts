import type { Clock } from '../shared/clock.ts';

/** When each step of a call was done, in milliseconds since the job was offered to this shard; and how long the call lasts. */
export class Timings {
  readonly #clock: Clock;
  readonly #startedMs: number;
  #earlierMs = 0;
  readonly #marks = new Map<string, number>();

  /** @param offeredMs reading of the clock's monotonic time when the job was offered */
  constructor(clock: Clock, offeredMs: number) {
    this.#clock = clock;
    this.#startedMs = offeredMs;
  }

  sinceOfferMs(): number {
    return Math.round(this.#clock.monotonicMs() - this.#startedMs);
  }

  /** The call was answered so long ago, by another shard. */
  continueFrom(answeredMsAgo: number): void {
    this.#earlierMs = Math.max(0, Math.round(answeredMsAgo) - this.sinceOfferMs());
  }

  /** Since the call began: for this shard when it was offered, for one that goes on with it when it was answered. */
  sinceBeginMs(): number {
    return this.#earlierMs + this.sinceOfferMs();
  }

  /** Only the first mark of a name counts. */
  mark(name: string): void {
    if (!this.#marks.has(name)) this.#marks.set(name, this.sinceOfferMs());
  }

  /** Marks when the work is done, also when it fails. */
  async of<T>(name: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.mark(name);
    }
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#marks);
  }
}
