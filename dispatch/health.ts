/** Whether dispatch can do its work: LiveKit and the database answer. */
import { coerceError } from '../shared/faults.ts';
import { roomNameSchema } from '../shared/ids.ts';
import { type Repeating, startRepeating } from '../shared/repeat.ts';
import { decisionOn } from './admit.ts';
import type { Parts } from './parts.ts';

/** Of each part `reachable`, or what was heard instead. */
export interface Health {
  readonly livekit: string;
  readonly database: string;
}

const reachable = 'reachable';
const intervalMs = 2000;
const nobodysRoom = roomNameSchema.parse('-');

function isReady(health: Health): boolean {
  return health.livekit === reachable && health.database === reachable;
}

export async function checkHealth({ livekit, database }: Pick<Parts, 'livekit' | 'database'>): Promise<Health> {
  const [server, sql] = await Promise.all([heard(livekit.ping()), heard(decisionOn(nobodysRoom, database))]);
  return { livekit: server, database: sql };
}

async function heard(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return reachable;
  } catch (thrown) {
    return coerceError(thrown).message;
  }
}

/** Says in the log when a part is not there and when all are: once per change, for as long as dispatch runs. */
export function startHealthLog(parts: Pick<Parts, 'livekit' | 'database' | 'log'>): Repeating {
  let said = '';
  return startRepeating(intervalMs, async () => {
    const health = await checkHealth(parts);
    const news = JSON.stringify(health);
    if (news === said) return;
    said = news;
    if (isReady(health)) parts.log.info('ready');
    else parts.log.warn(health, 'not ready, trying again');
  });
}
