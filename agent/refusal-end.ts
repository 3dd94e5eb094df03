/** Records how a refused caller was told, once; that frees the place for the next one. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Database, DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';

/** What nobody ended by then is over after a minute by itself: the outcome is lost, no place is. */
const giveUpAfterMs = 15_000;
const firstPauseMs = 250;

/** `busy`: nothing was published, so the caller heard a busy tone after all. */
export type RefusalOutcome = 'played' | 'forwarded' | 'failed' | 'caller_left' | 'busy';

const endedSchema = z.object({ ended: z.boolean() });

/** Never throws. The database does nothing the second time, so trying again is safe. */
export async function endRefusal(
  refusalId: number,
  outcome: RefusalOutcome,
  database: Database,
  log: Logger,
): Promise<void> {
  const args = { p_refusal_id: refusalId, p_outcome: outcome };
  const deadline = performance.now() + giveUpAfterMs;
  for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
    try {
      await database.row('end_refusal', args, endedSchema);
      return;
    } catch (thrown) {
      if (!(thrown instanceof DatabaseAway) || performance.now() + pauseMs > deadline) {
        log.error({ err: coerceError(thrown), outcome }, 'the outcome of a refusal could not be recorded');
        return;
      }
    }
    await pause(pauseMs);
  }
}
