/** Memory and open handles of every process of the platform, minute by minute. */
import { readdirSync } from 'node:fs';
import { readPssMb } from '../../agent/pool.ts';
import type { World } from '../faults/world.ts';

export interface Reading {
  readonly name: string;
  readonly pid: number;
  /** Proportional set size. */
  readonly pssMb: number;
  readonly handles: number;
}

export interface Trend extends Reading {
  /** Since the process was first seen, by least squares; null: too few readings. */
  readonly pssMbPerHour: number | null;
  readonly handlesFirst: number;
}

/** The code of a young process is still being loaded. */
const leastReadings = 4;

export class Processes {
  readonly #world: World;
  readonly #readings = new Map<number, { readonly minute: number; readonly reading: Reading }[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Reads all that run now. */
  read(minute: number): Trend[] {
    return this.#running().flatMap(({ name, pid }) => {
      const reading = readingOf(name, pid);
      if (reading === undefined) return [];
      const all = [...(this.#readings.get(pid) ?? []), { minute, reading }];
      this.#readings.set(pid, all);
      const handlesFirst = all[0]?.reading.handles ?? reading.handles;
      return [{ ...reading, handlesFirst, pssMbPerHour: slopeOf(all) }];
    });
  }

  #running(): { name: string; pid: number }[] {
    const { fleet, line } = this.#world.stack;
    const shards = fleet.hosts.flatMap((host) =>
      host
        .shards()
        .map(({ pid, worker }) => ({ name: `${host.name} ${/shard-\d+/.exec(worker)?.[0] ?? 'shard'}`, pid })),
    );
    const leaders = [...fleet.dispatches, ...fleet.hosts].map(({ name, part }) => ({ name, pid: part.process.pid }));
    return [...leaders, ...shards, { name: 'line', pid: line.pid }];
  }
}

function slopeOf(all: readonly { readonly minute: number; readonly reading: Reading }[]): number | null {
  if (all.length < leastReadings) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = all.map(({ minute }) => minute);
  const sizes = all.map(({ reading }) => reading.pssMb);
  const [meanMinute, meanSize] = [mean(minutes), mean(sizes)];
  const covariance = minutes.reduce(
    (sum, minute, at) => sum + (minute - meanMinute) * ((sizes[at] ?? 0) - meanSize),
    0,
  );
  const variance = minutes.reduce((sum, minute) => sum + (minute - meanMinute) ** 2, 0);
  return Math.round((covariance / variance) * 60);
}

/** Undefined: it is gone. */
function readingOf(name: string, pid: number): Reading | undefined {
  try {
    return { name, pid, pssMb: readPssMb(pid), handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ESRCH'))
      return undefined;
    throw thrown;
  }
}
