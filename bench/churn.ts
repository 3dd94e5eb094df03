/** Many short calls, so many at a time, and what they leave behind in a worker: memory, threads, open files. */
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../dev/faults/caller.ts';
import type { Variables } from './options.ts';
import { readTree, type TreeReading } from './process-tree.ts';
import { scenario } from './scenario.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { Subject, Worker } from './subject.ts';
import type { BenchWorld } from './world.ts';

export interface ChurnPlan {
  readonly subject: Subject;
  readonly calls: number;
  readonly atOnce: number;
  /** What ours finds in its environment beside its settings; undefined: nothing, as it ships. */
  readonly variables: Variables | undefined;
}

export interface ChurnResult {
  readonly subject: string;
  readonly version: string;
  readonly calls: number;
  readonly atOnce: number;
  readonly variables: Variables | null;
  readonly startedAt: string;
  readonly answered: number;
  readonly joinMs: Spread;
  readonly idle: TreeReading;
  readonly after: TreeReading;
  /** PSS after so many calls. */
  readonly pssMb: readonly { readonly calls: number; readonly pssMb: number }[];
}

const settlingMs = 10_000;
/** From the agent's track to the end of the call: it greets. */
const callMs = 4_000;
/** Who has no agent by then hangs up. */
const patienceMs = 20_000;
/** What ends with a delay of its own, name resolvers for example, has ended by then. */
const afterMs = 30_000;

export async function churn({ subject, calls, atOnce, variables }: ChurnPlan, world: BenchWorld): Promise<ChurnResult> {
  const startedAt = new Date().toISOString();
  const worker = await subject.start(world, { pinned: [], calls: atOnce, variables });
  try {
    await pause(settlingMs);
    const idle = readTree(worker.process.pid);
    const pssMb = [{ calls: 0, pssMb: idle.pssMb }];
    const joins: number[] = [];
    for (let done = 0; done < calls; done += atOnce) {
      const round = Array.from({ length: Math.min(atOnce, calls - done) }, () => shortCall(worker, world));
      joins.push(...(await Promise.all(round)).filter((ms) => ms !== null));
      pssMb.push({ calls: done + round.length, pssMb: readTree(worker.process.pid).pssMb });
    }
    await pause(afterMs);
    const after = readTree(worker.process.pid);
    const { name, version } = subject;
    const answered = joins.length;
    const plan = { subject: name, version, calls, atOnce, variables: variables ?? null };
    return { ...plan, startedAt, answered, joinMs: spreadOf(joins), idle, after, pssMb };
  } finally {
    await worker.close();
  }
}

/** @returns the time to the agent's track; null: none came */
async function shortCall(worker: Worker, world: BenchWorld): Promise<number | null> {
  const place = await worker.next();
  const caller = await world.callers.join(place, scenario.pauseMs);
  await place.admit();
  await caller.begin(place);
  await within(patienceMs, () => caller.isAnswered);
  await pause(callMs);
  return (await caller.hangUp()).answeredMs;
}
