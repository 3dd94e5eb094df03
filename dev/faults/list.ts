import type { Fault } from './fault.ts';
import { agentMute, agentUnpublished, jobMissed, jobNeverTaken, poolEmpty, roomWithoutCaller } from './jobs.ts';
import { hostGone, secondSigterm, shardKilled, shardKilledRinging } from './shards.ts';

/** Every fault, in the order in which they are run. */
export const faults: readonly Fault[] = [
  jobMissed,
  jobNeverTaken,
  agentUnpublished,
  agentMute,
  poolEmpty,
  roomWithoutCaller,
  shardKilled,
  shardKilledRinging,
  hostGone,
  secondSigterm,
];

/** @throws Error naming what is no fault */
export function faultsNamed(names: readonly string[]): readonly Fault[] {
  const unknown = names.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`no such fault: ${unknown.join(', ')} (--list shows them)`);
  return names.length === 0 ? faults : faults.filter(({ name }) => names.includes(name));
}
