/** This shard's claim on a call, held in SQL: taken once, marked answered, and kept alive by leases.ts. */
import { z } from 'zod';
import { takenSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import type { CallPlatform } from './platform.ts';

export type Claim =
  | { readonly outcome: 'ours' }
  /** Another live shard has it, or it is over: its room and its record are not ours to touch. */
  | { readonly outcome: 'not_ours'; readonly why: string }
  | { readonly outcome: 'away'; readonly cause: Error };

type Holder = Pick<CallPlatform, 'database' | 'worker'>;

const answeredSchema = z.object({ answered: z.boolean() });

export async function takeCall(session: SessionId, { database, worker }: Holder): Promise<Claim> {
  try {
    const args = { p_session_id: session, p_worker: worker };
    const { taken, reason } = await database.row('take_call', args, takenSchema);
    return taken ? { outcome: 'ours' } : { outcome: 'not_ours', why: reason ?? 'no reason given' };
  } catch (thrown) {
    if (thrown instanceof DatabaseAway) return { outcome: 'away', cause: thrown };
    throw thrown;
  }
}

/** The caller is on the line already, so a failure decides nothing: it is logged, and the lease is renewed all the same. */
export async function markAnswered(session: SessionId, { database, worker }: Holder, log: Logger): Promise<void> {
  try {
    await database.row('answer_call', { p_session_id: session, p_worker: worker }, answeredSchema);
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'the answer could not be recorded');
  }
}
