import { setTimeout as delay } from 'node:timers/promises';

export interface Repeating {
  /** Lets the run that is on finish and starts no other. */
  close(): Promise<void>;
}

/** Runs `work` again and again, the next one `intervalMs` after the last has ended. It must not throw. */
export function startRepeating(intervalMs: number | (() => number), work: () => Promise<void>): Repeating {
  const stop = new AbortController();
  const stopped = (async () => {
    while (!stop.signal.aborted) {
      await work();
      const pauseMs = typeof intervalMs === 'number' ? intervalMs : intervalMs();
      // Rejects only by the stop, which the loop looks at next.
      await delay(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      stop.abort();
      await stopped;
    },
  };
}
