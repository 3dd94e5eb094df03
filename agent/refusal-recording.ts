/** What the tenant recorded for its refused callers, where it can be had while the phone rings. */
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import type { RefusedCaller } from './identify.ts';
import type { CallPlatform } from './platform.ts';
import type { Sound } from './sound.ts';

/** From the job on. Whoever is refused must not ring long for it. */
const deadlineMs = 4_000;
const longestS = 20;

/** Never throws. Undefined: there is none, or it cannot be played in time. */
export async function recordingFor(
  refused: RefusedCaller,
  url: string | null,
  platform: CallPlatform,
  log: Logger,
): Promise<Sound | undefined> {
  if (url === null) return undefined;
  try {
    const sound = await withDeadline('the recording', deadlineMs, obtain(refused, url, platform, log));
    return sound && { ...sound, samples: sound.samples.subarray(0, longestS * sound.sampleRate) };
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'the recording is not there in time');
    return undefined;
  }
}

/** Which hosts on the inside may be asked only the owner says: without the number's configuration, none. */
async function obtain(
  { tenant, calledNumber }: RefusedCaller,
  url: string,
  { numbers, recordings }: CallPlatform,
  log: Logger,
): Promise<Sound | undefined> {
  const lookup = await numbers.find(calledNumber, tenant);
  const agent = lookup.outcome === 'found' ? lookup.number.agent : undefined;
  const privateHosts = agent?.outcome === 'usable' ? agent.config.owner.private_hosts : [];
  return await recordings.obtain(tenant, { url, privateHosts }, log);
}
