/**
 * Calls that come at once are opened a few at a time. To open one is work for the processor, so eight that share it are all
 * answered when the last one is, while one after the other half of them wait half as long, and the last one no longer.
 */

/** More than one, because a call that is being opened waits for LiveKit now and then. */
const openedAtOnce = 2;
/** Then it is opened all the same: somebody ahead waits for something that does not come. */
const longestWaitMs = 2_000;

export interface Turn {
  /** Settles when this one's turn has come, or when it has waited for long enough. */
  readonly came: Promise<void>;
  /** The next one's turn begins. May be called again, and before this turn came. */
  end(): void;
}

export class Turns {
  readonly #atOnce: number;
  readonly #waitMs: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(atOnce = openedAtOnce, waitMs = longestWaitMs) {
    this.#atOnce = atOnce;
    this.#waitMs = waitMs;
  }

  /** Stands in line from now on. */
  next(): Turn {
    let state: 'waiting' | 'running' | 'over' = 'waiting';
    let begin: () => void = () => undefined;
    const came = new Promise<void>((resolve) => {
      const timer = setTimeout(() => begin(), this.#waitMs);
      begin = () => {
        if (state !== 'waiting') return;
        state = 'running';
        clearTimeout(timer);
        this.#waiting.delete(begin);
        this.#running += 1;
        resolve();
      };
    });
    const end = () => {
      begin();
      if (state === 'over') return;
      state = 'over';
      this.#running -= 1;
      this.#callNext();
    };
    this.#waiting.add(begin);
    this.#callNext();
    return { came, end };
  }

  #callNext(): void {
    for (const begin of this.#waiting) {
      if (this.#running >= this.#atOnce) return;
      begin();
    }
  }
}
