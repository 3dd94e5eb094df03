/**
 * This shard's claim on a call, held in SQL: taken once, marked answered, and kept alive by leases.ts. With the database away
 * a call whose configuration is known is answered without one, and the claim is made up for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { takenSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import type { Call } from './open-call.ts';
import type { CallPlatform } from './platform.ts';

/**
 * The watcher looks for unclaimed calls every 2 s and refuses them once their 10 s are over: when the database comes back,
 * this has to be there first.
 */
const takeAgainAfterMs = 250;

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

/** Tries until the call is taken, turns out to be another's or over (then it is left at once), or ends. Never rejects. */
export async function takeLater({ identity, platform, ends, log }: Call): Promise<void> {
  log.warn('the call is answered although the database is away');
  try {
    while (ends.reached === undefined) {
      const claim = await takeCall(identity.session, platform);
      if (claim.outcome === 'not_ours') ends.abandon(claim.why);
      if (claim.outcome === 'ours') {
        log.info('the call is taken now');
        if (!ends.ringing) await markAnswered(identity.session, platform, log);
        return;
      }
      await Promise.race([pause(takeAgainAfterMs), ends.first]);
    }
  } catch (thrown) {
    log.error({ err: coerceError(thrown) }, 'the call could not be taken: only its lease is renewed');
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
