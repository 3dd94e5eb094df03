/** Runs one fault after the other in a world that is made anew whenever one left something behind. */
import { loadavg } from 'node:os';
import { coerceError } from '../../shared/faults.ts';
import type { Fault, Result } from './fault.ts';
import { World, type WorldOptions } from './world.ts';

export interface RunOptions extends Omit<WorldOptions, 'runDir'> {
  /** Folder of the whole run; each world has one of its own below it. */
  readonly runDir: string;
  readonly stop: AbortSignal;
  readonly onResult: (result: Result) => void;
}

export async function runFaults(faults: readonly Fault[], options: RunOptions): Promise<Result[]> {
  const results: Result[] = [];
  let world: World | undefined;
  let worlds = 0;
  try {
    for (const fault of faults) {
      if (options.stop.aborted) break;
      if (world === undefined) {
        worlds += 1;
        options.tell('bringing the platform up …');
        world = await World.open({ ...options, runDir: `${options.runDir}/world-${worlds}` });
      }
      options.tell(`${fault.name} …`);
      const result = await runFault(fault, world);
      results.push(result);
      options.onResult(result);
      // A slot that stays taken, or a fault that was not repaired, must not be the next one's.
      if (result.fault === null && result.slotsLeaked === 0) continue;
      await world[Symbol.asyncDispose]();
      world = undefined;
    }
    return results;
  } finally {
    await world?.[Symbol.asyncDispose]();
  }
}

export async function runFault(fault: Fault, world: World): Promise<Result> {
  const { name, sentence, bound } = fault;
  const about = { name, sentence, bound };
  try {
    const outcome = await fault.run(world);
    const slotsLeaked = await world.slotsLeft();
    await world.reset();
    return { ...about, ...outcome, slotsLeaked, loadAverage: loadAverage(), fault: null };
  } catch (thrown) {
    const nothing = { live: 0, lost: 0, recoveryMs: null, heard: '', problems: [], slotsLeaked: 0 };
    return {
      ...about,
      ...nothing,
      loadAverage: loadAverage(),
      fault: `the harness could not go on: ${coerceError(thrown).message}`,
    };
  }
}

function loadAverage(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
