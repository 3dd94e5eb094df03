/** Faults: what nobody expects. Expected outcomes are values with a reason (reasons.ts). */

/** Makes an Error of whatever was thrown, and keeps it if it is one. */
export function coerceError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`, { cause: thrown });
}

/** An await on the network outlived its time. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  readonly deadlineMs: number;
  constructor(what: string, deadlineMs: number) {
    super(`${what} did not finish in ${deadlineMs} ms`);
    this.deadlineMs = deadlineMs;
  }
}

/**
 * Gives `work` a deadline. The work itself is not stopped (native calls cannot be): its late result is dropped, its late
 * failure is swallowed here on purpose, because the deadline was already reported to the caller.
 */
export async function withDeadline<T>(what: string, deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(what, deadlineMs)), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** A file or folder that is not there, as the file system says it. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
