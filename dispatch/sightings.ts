/** For how long something has been true each time that it was looked at. */
import type { Clock } from '../shared/clock.ts';

export class Sightings {
  readonly #clock: Clock;
  #before = new Map<string, number>();
  #now = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the first of the rounds, without a gap, in which this was seen. */
  see(what: string): number {
    const sinceMs = this.#before.get(what) ?? this.#clock.monotonicMs();
    this.#now.set(what, sinceMs);
    return this.#clock.monotonicMs() - sinceMs;
  }

  /** What was not seen in this round is forgotten. */
  endRound(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** What was seen before a round that could not look proves nothing any more. */
  forget(): void {
    this.#before = new Map();
    this.#now = new Map();
  }
}
