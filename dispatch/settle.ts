/** Ends in the database what no agent holds. Both are idempotent: whoever comes second changes nothing. */
import { z } from 'zod';
import type { CallRecord } from '../shared/contracts.ts';
import type { Database } from '../shared/db.ts';
import type { SessionId } from '../shared/ids.ts';
import type { EndReason, RefusalReason } from '../shared/reasons.ts';

const refusedSchema = z.object({ refused: z.boolean() });
const finishedSchema = z.object({ finished: z.boolean() });
const nothingSaid: CallRecord = { turns: [], usage: [], timings: {}, config: null, transfers: [] };

/** Takes an admitted call back. False: an agent has it by now, or it is over. */
export async function takeBack(database: Database, session: SessionId, reason: RefusalReason): Promise<boolean> {
  const args = { p_session_id: session, p_reason: reason };
  return (await database.row('refuse_call', args, refusedSchema)).refused;
}

/** Completes the session of a call. False: somebody else did. */
export async function finish(database: Database, session: SessionId, reason: EndReason): Promise<boolean> {
  const args = { p_session_id: session, p_end_reason: reason, p_record: nothingSaid };
  return (await database.row('finish_call', args, finishedSchema)).finished;
}
