import type { Clock } from '../shared/clock.ts';

/** When each step of a call was done, in milliseconds since the job was offered to this shard. */
export class Timings {
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #marks = new Map<string, number>();

  /** @param offeredMs reading of the clock's monotonic time when the job was offered */
  constructor(clock: Clock, offeredMs: number) {
    this.#clock = clock;
    this.#startedMs = offeredMs;
  }

  sinceOfferMs(): number {
    return Math.round(this.#clock.monotonicMs() - this.#startedMs);
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
