import { releasedSchema } from '../shared/contracts.ts';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { CallPlatform } from './platform.ts';

/** Part of the 3 s that a shard has which is to go now. The supervisor says it again for one that was not heard. */
const signOffDeadlineMs = 800;

/** Frees the calls of this worker that are left, and its name. @returns whether the platform heard it */
export async function signOff({ leases, database, worker, log }: CallPlatform): Promise<boolean> {
  const say = async () => {
    await leases.close();
    return database.row('release_worker', { p_worker: worker }, releasedSchema);
  };
  try {
    const { released } = await withDeadline('signing off', signOffDeadlineMs, say());
    log.info({ worker, released }, 'signed off');
    return true;
  } catch (thrown) {
    log.warn({ err: coerceError(thrown), worker }, 'the platform has not heard that this worker is gone');
    return false;
  }
}
