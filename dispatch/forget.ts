/** Deletes recordings whose time has come. Safe in any number of replicas; until it ran nobody sees them any more either. */
import { z } from 'zod';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import { type Repeating, startRepeating } from '../shared/repeat.ts';
import type { Parts } from './parts.ts';

const intervalMs = 10 * 60_000;
const forgottenSchema = z.object({ forgotten: z.int() });

export function startForgetting({ database, log }: Pick<Parts, 'database' | 'log'>): Repeating {
  return startRepeating(intervalMs, async () => {
    try {
      const { forgotten } = await database.row('forget_recordings', {}, forgottenSchema);
      if (forgotten > 0) log.info({ recordings: forgotten }, 'recordings are deleted: their time has come');
    } catch (thrown) {
      // That the database is away is said once, by the health log.
      if (!(thrown instanceof DatabaseAway)) log.error({ err: coerceError(thrown) }, 'could not delete old recordings');
    }
  });
}
