/** The real database with a gate before or after one of its functions: what happens meanwhile is up to the test. */
import type { Database } from '../../shared/db.ts';

export interface Gate {
  readonly database: Database;
  /** Resolves when a call stands at the gate. */
  readonly reached: Promise<void>;
  open(): void;
}

/** Something that happens once and can be waited for. */
class Moment {
  #resolve: (() => void) | undefined;
  readonly here = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  come(): void {
    this.#resolve?.();
  }
}

/** Lets the answers of `functionName` wait until the gate is opened. */
export function gateAfter(functionName: string, database: Database): Gate {
  const [reached, opened] = [new Moment(), new Moment()];
  return {
    database: {
      rows: (name, args, row) => database.rows(name, args, row),
      async row(name, args, row) {
        const answer = await database.row(name, args, row);
        if (name !== functionName) return answer;
        reached.come();
        await opened.here;
        return answer;
      },
    },
    reached: reached.here,
    open: () => opened.come(),
  };
}
