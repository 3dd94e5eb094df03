/** Decides in the database about a call that dispatch has. Of all who decide the same, one is told yes. */
import { z } from 'zod';
import { claimedSchema } from '../shared/contracts.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import type { SessionId } from '../shared/ids.ts';
import type { EndReason, RefusalReason } from '../shared/reasons.ts';
import type { Parts } from './parts.ts';
import type { WaitingCall } from './place.ts';

const refusedSchema = z.object({ refused: z.boolean() });
const finishedSchema = z.object({ finished: z.boolean() });

/** Takes an admitted call back. False: it was answered, or it is over. */
export async function takeBack(database: Database, session: SessionId, reason: RefusalReason): Promise<boolean> {
  const args = { p_session_id: session, p_reason: reason };
  return (await database.row('refuse_call', args, refusedSchema)).refused;
}

/**
 * Completes the session of a call. False: somebody else did. Without a record: an empty one would stand in the place of what
 * its workers noted, and of the one that a worker thought gone may still bring.
 */
export async function finish(database: Database, session: SessionId, reason: EndReason): Promise<boolean> {
  const args = { p_session_id: session, p_end_reason: reason };
  return (await database.row('finish_call', args, finishedSchema)).finished;
}

interface ClaimOptions {
  /** Also from the worker that has it, because its agent is not heard. */
  readonly fromWorker: boolean;
}

/** The next placement of a call that rings is ours. False: a worker or another replica has it, or it is over. */
export async function claimPlacement(
  { session, call }: WaitingCall,
  { fromWorker }: ClaimOptions,
  { database, log, at }: Parts,
): Promise<boolean> {
  const { placements } = call;
  try {
    const args = { p_session_id: session.sessionId, p_placements: placements, p_from_worker: fromWorker };
    const { claimed } = await database.row('claim_call', args, claimedSchema);
    // Meanwhile the watch of this replica may have been given the call, which is a claim as well.
    if (!claimed) return call.placements > placements;
    call.placements++;
    await at('placement_claimed');
    return true;
  } catch (thrown) {
    if (!(thrown instanceof DatabaseAway)) throw thrown;
    // Nobody else can claim it either, and the caller waits.
    log.warn({ err: thrown, ms: call.ageMs }, 'the call is placed again without the database');
    call.placements++;
    return true;
  }
}
