/**
 * Finds calls whose holder stopped renewing and ends them: LiveKit neither offers a lost job again nor closes a room in
 * which a caller still waits. Safe in any number of replicas: `expired_calls` gives each call to one of them.
 */
import { type ExpiredCall, expiredCallSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import { callLog } from '../shared/log.ts';
import type { ReasonCode } from '../shared/reasons.ts';
import type { Parts } from './parts.ts';
import { type Repeating, startRepeating } from './repeat.ts';
import { finish, takeBack } from './settle.ts';

type WatcherParts = Pick<Parts, 'database' | 'livekit' | 'log'>;

const intervalMs = 2000;
const maxCallsAtOnce = 50;

export function startWatcher(parts: WatcherParts): Repeating {
  return startRepeating(intervalMs, () => endExpiredCalls(parts));
}

async function endExpiredCalls(parts: WatcherParts): Promise<void> {
  try {
    const expired = await parts.database.rows('expired_calls', { p_limit: maxCallsAtOnce }, expiredCallSchema);
    await Promise.all(expired.map((lost) => endLostCall(lost, parts)));
  } catch (thrown) {
    // That the database is away is said once, by the health log, and not every two seconds.
    if (!(thrown instanceof DatabaseAway))
      parts.log.error({ err: coerceError(thrown) }, 'could not look for lost calls');
  }
}

async function endLostCall(lost: ExpiredCall, { database, livekit, log }: WatcherParts): Promise<void> {
  const { sessionId: session, sipCallId: call, tenant, numberId: number, room } = lost;
  const mine = callLog(log, { call, room, session, tenant, number });
  try {
    // The slot is freed first: a room that cannot be deleted must not keep it taken.
    const reason = await endInDatabase(lost, database);
    if (reason === undefined) return;
    await livekit.deleteRoom(lost.room);
    mine.warn({ reason, state: lost.state, worker: lost.worker }, 'lost call ended');
  } catch (thrown) {
    mine.error({ err: coerceError(thrown) }, 'could not end a lost call');
  }
}

/** Undefined: its holder came back, or it is over by now. */
async function endInDatabase(lost: ExpiredCall, database: Parts['database']): Promise<ReasonCode | undefined> {
  switch (lost.state) {
    case 'pending':
      return (await takeBack(database, lost.sessionId, 'no_worker')) ? 'no_worker' : undefined;
    case 'active':
      return (await finish(database, lost.sessionId, 'worker_lost')) ? 'worker_lost' : undefined;
  }
}
