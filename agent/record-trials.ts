/**
 * How often a record is tried that the database answers with an error. Most errors pass (a deadlock, a restart half done, a
 * token that somebody is changing) and concern every record alike; one that has come often and for long is about the record.
 */
import type { Clock } from '../shared/clock.ts';

const mostFaults = 20;
/** Longer than a deploy that went wrong and was taken back. */
const leastMs = 15 * 60_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;

interface Trial {
  readonly faults: number;
  readonly sinceMs: number;
  readonly nextMs: number;
}

export class RecordTrials {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #trials = new Map<string, Trial>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  isDue(name: string): boolean {
    return this.#clock.monotonicMs() >= (this.#trials.get(name)?.nextMs ?? 0);
  }

  /** It was tried, and the database answered with an error. @returns what is to become of it */
  failed(name: string): 'wait' | 'set_aside' {
    const nowMs = this.#clock.monotonicMs();
    const { faults, sinceMs } = this.#trials.get(name) ?? { faults: 0, sinceMs: nowMs };
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** faults);
    this.#trials.set(name, { faults: faults + 1, sinceMs, nextMs: nowMs + pauseMs });
    return faults + 1 >= mostFaults && nowMs - sinceMs >= leastMs ? 'set_aside' : 'wait';
  }

  over(name: string): void {
    this.#trials.delete(name);
  }

  /** All are due: there may be no later. */
  hurry(): void {
    for (const [name, trial] of this.#trials) this.#trials.set(name, { ...trial, nextMs: 0 });
  }
}
