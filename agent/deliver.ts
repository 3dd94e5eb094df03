/** Brings an ended call into the books. The database does nothing the second time, so trying again is safe. */
import { z } from 'zod';
import type { Database } from '../shared/db.ts';
import type { JsonObject } from '../shared/merge.ts';

export interface FinishedCall {
  /** What `adopt_call` is to know of a call that was admitted while the database was away, and that it has not heard of. */
  readonly adopt?: JsonObject;
  /** Arguments of `finish_call`. */
  readonly finish: {
    readonly p_session_id: string;
    readonly p_end_reason: string;
    /** A CallRecord. */
    readonly p_record: object;
    /** Who held the call. A call that another worker has by now is not ended. */
    readonly p_worker: string;
  };
}

export type Delivery =
  | { readonly outcome: 'kept' }
  /** Settled before, or another worker's by now. */
  | { readonly outcome: 'not_ours' }
  | { readonly outcome: 'not_adopted'; readonly reason: string };

const finishedSchema = z.object({ finished: z.boolean() });
const adoptedSchema = z.object({ adopted: z.boolean(), reason: z.string().nullable() });

/** @throws DatabaseAway, DatabaseFault */
export async function deliver({ adopt, finish }: FinishedCall, database: Database): Promise<Delivery> {
  if (adopt !== undefined) {
    const { p_session_id, p_worker } = finish;
    const args = { p_session_id, p_worker, p_call: adopt };
    const { adopted, reason } = await database.row('adopt_call', args, adoptedSchema);
    if (!adopted) return { outcome: 'not_adopted', reason: reason ?? 'no reason given' };
  }
  const { finished } = await database.row('finish_call', { ...finish }, finishedSchema);
  return { outcome: finished ? 'kept' : 'not_ours' };
}
