/**
 * Closes a call's books, once: the session is completed, its slot is free, what was said and used is kept. With the database
 * away its record goes to disk, and from there to the database as soon as that is back (outbox.ts).
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CallRecord } from '../shared/call-record.ts';
import { coerceError } from '../shared/faults.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import type { JsonObject } from '../shared/merge.ts';
import type { ReasonCode } from '../shared/reasons.ts';
import { deliver, type FinishedCall } from './deliver.ts';
import type { CallPlatform } from './platform.ts';

/** How long a record is kept in memory that neither the database nor the disk takes. */
const giveUpAfterMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 5_000;

export interface Settlement {
  readonly session: SessionId;
  readonly reason: ReasonCode;
  readonly record: CallRecord;
  /** What the database is to know first of a call that it has not heard of. */
  readonly adopt?: JsonObject;
}

type Books = Pick<CallPlatform, 'worker' | 'database' | 'outbox'>;

/** Never throws: a record that cannot be kept anywhere is one log line, and the lease that runs out frees the slot. */
export async function settle(settlement: Settlement, books: Books, log: Logger): Promise<void> {
  const { session, reason, record, adopt } = settlement;
  const finish = { p_session_id: session, p_end_reason: reason, p_record: record, p_worker: books.worker };
  const call: FinishedCall = { finish, ...(adopt && { adopt }) };
  const deadline = performance.now() + giveUpAfterMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const failure = await tell(call, books, log);
    if (failure === undefined) return;
    log.warn({ err: failure }, 'the call cannot be settled yet');
    try {
      await books.outbox.put(call);
      return;
    } catch (thrown) {
      if (performance.now() + pauseMs > deadline) {
        const lost = { turns: record.turns.length, usage: record.usage.length, bytes: JSON.stringify(record).length };
        log.error({ err: coerceError(thrown), reason, lost }, 'the call could not be settled: its record is lost');
        return;
      }
      log.error({ err: coerceError(thrown), pauseMs }, 'the record of the call cannot be written to disk');
    }
    await pause(pauseMs);
  }
}

/** @returns why the database did not take it */
async function tell(call: FinishedCall, { database }: Books, log: Logger): Promise<Error | undefined> {
  try {
    const delivery = await deliver(call, database);
    if (delivery.outcome === 'not_ours') log.warn('the call was settled before, or is another worker’s by now');
    if (delivery.outcome !== 'not_adopted') return undefined;
    return new Error(`the database does not adopt the call: ${delivery.reason}`);
  } catch (thrown) {
    return coerceError(thrown);
  }
}
