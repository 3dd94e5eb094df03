import { keyRevoked } from './breakers.ts';
import { dispatchKilled } from './dispatch-killed.ts';
import type { Fault } from './fault.ts';
import { hangUps, soundStops } from './hang-ups.ts';
import { agentMute, agentUnpublished, jobMissed, jobNeverTaken, poolEmpty, roomWithoutCaller } from './jobs.ts';
import {
  databaseAway,
  databaseAwayAdmitting,
  databaseAwayQuick,
  databaseAwayRefusing,
  livekitRestarted,
  redisRestarted,
} from './outages.ts';
import { hostStopped, rollingRestart } from './restarts.ts';
import { hostGone, secondSigterm, shardKilled, shardKilledRinging } from './shards.ts';
import { webhookDisorder, webhookLost, webhookTwice } from './webhooks.ts';

/** Every fault, in the order in which they are run. */
export const faults: readonly Fault[] = [
  shardKilled,
  shardKilledRinging,
  hostGone,
  hostStopped,
  secondSigterm,
  rollingRestart,
  databaseAwayQuick,
  databaseAway,
  databaseAwayRefusing,
  databaseAwayAdmitting,
  webhookLost,
  webhookTwice,
  webhookDisorder,
  hangUps,
  soundStops,
  keyRevoked,
  agentMute,
  agentUnpublished,
  jobMissed,
  jobNeverTaken,
  poolEmpty,
  roomWithoutCaller,
  ...dispatchKilled,
  redisRestarted,
  livekitRestarted,
];

/** @throws Error naming what is no fault */
export function faultsNamed(names: readonly string[]): readonly Fault[] {
  const unknown = names.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`no such fault: ${unknown.join(', ')} (--list shows them)`);
  return names.length === 0 ? faults : faults.filter(({ name }) => names.includes(name));
}
