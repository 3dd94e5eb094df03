/**
 * Ordered release: whoever opens something registers how it is closed, and the last opened is closed first. A release that
 * fails does not keep the others from running; all failures come out together.
 */
import { coerceError, withDeadline } from './faults.ts';

interface Release {
  readonly what: string;
  readonly deadlineMs: number;
  readonly run: () => Promise<void> | void;
}

export class Releases implements AsyncDisposable {
  #releases: Release[] = [];

  /** @param deadlineMs how long this one may take before it is given up and reported */
  add(what: string, run: () => Promise<void> | void, deadlineMs = 10_000): void {
    this.#releases.push({ what, run, deadlineMs });
  }

  /** Releases everything once. @throws AggregateError with every release that failed or was given up */
  async close(): Promise<void> {
    const releases = this.#releases.reverse();
    this.#releases = [];
    const failures: Error[] = [];
    for (const { what, run, deadlineMs } of releases) {
      try {
        await withDeadline(`closing ${what}`, deadlineMs, Promise.resolve().then(run));
      } catch (thrown) {
        failures.push(new Error(`could not close ${what}`, { cause: coerceError(thrown) }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map((f) => f.message).join('; '));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Resolves with the first of SIGINT and SIGTERM. A second one ends the process at once. */
export function untilStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (asked) process.kill(process.pid, 'SIGKILL');
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
