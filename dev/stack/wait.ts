import { setTimeout as delay } from 'node:timers/promises';
import { DeadlinePassed } from '../../shared/faults.ts';

export interface WaitOptions {
  /** Named in the error: "<what> did not finish in 5000 ms". */
  what: string;
  deadlineMs: number;
  intervalMs?: number;
}

/**
 * Asks again and again until `condition` gives something other than undefined or false.
 *
 * @throws DeadlinePassed when the deadline passes first; a condition that throws ends the wait with its own error.
 */
export async function waitFor<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  { what, deadlineMs, intervalMs = 25 }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() >= deadline) throw new DeadlinePassed(what, deadlineMs);
    await delay(intervalMs);
  }
}
