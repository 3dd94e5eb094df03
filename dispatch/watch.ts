/**
 * Looks each second for calls that nobody holds. Safe in any number of replicas: `claim_lost_calls` gives each call to one of
 * them. A call is found again 4 s later when nothing came of it.
 */
import { type LostCall, lostCallSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import { type Repeating, startRepeating } from '../shared/repeat.ts';
import type { Parts } from './parts.ts';

interface WatcherParts extends Pick<Parts, 'database' | 'log'> {
  /** Starts what brings the call back to an agent or to its end, and returns at once. */
  onLost(lost: LostCall): void;
}

const intervalMs = 1000;
const maxCallsAtOnce = 50;

export function startWatcher(parts: WatcherParts): Repeating {
  return startRepeating(intervalMs, () => claimLostCalls(parts));
}

async function claimLostCalls({ database, log, onLost }: WatcherParts): Promise<void> {
  try {
    for (const lost of await database.rows('claim_lost_calls', { p_limit: maxCallsAtOnce }, lostCallSchema))
      onLost(lost);
  } catch (thrown) {
    // That the database is away is said once, by the health log, and not every second.
    if (!(thrown instanceof DatabaseAway)) log.error({ err: coerceError(thrown) }, 'could not look for lost calls');
  }
}
