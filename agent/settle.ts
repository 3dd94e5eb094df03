/**
 * Closes a call's books, once: the session is completed, its slot is free, what was said and used is kept. The database does
 * nothing the second time, so trying again is safe.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { CallRecord } from '../shared/contracts.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import type { ReasonCode } from '../shared/reasons.ts';

const giveUpAfterMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 5_000;

const finishedSchema = z.object({ finished: z.boolean() });

export interface Settlement {
  readonly session: SessionId;
  /** Who held the call. A call that another worker has by now is not ended. */
  readonly worker: string;
  readonly reason: ReasonCode;
  readonly record: CallRecord;
}

/** Never throws: when the database stays away, the loss is one log line, and the lease that runs out frees the slot. */
export async function settle(settlement: Settlement, database: Database, log: Logger): Promise<void> {
  const { session, worker, reason, record } = settlement;
  const args = { p_session_id: session, p_end_reason: reason, p_record: record, p_worker: worker };
  const deadline = performance.now() + giveUpAfterMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const { finished } = await database.row('finish_call', args, finishedSchema);
      if (!finished) log.warn('the call was settled before, or is another worker’s by now');
      return;
    } catch (thrown) {
      if (!(thrown instanceof DatabaseAway) || performance.now() + pauseMs > deadline) {
        const lost = { turns: record.turns.length, usage: record.usage.length, bytes: JSON.stringify(record).length };
        log.error({ err: coerceError(thrown), reason, lost }, 'the call could not be settled: its record is lost');
        return;
      }
      log.warn({ err: thrown, pauseMs }, 'the call cannot be settled yet');
    }
    await pause(pauseMs);
  }
}
