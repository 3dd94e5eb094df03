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
  await using worlds = new Worlds(options);
  for (const fault of faults) {
    if (options.stop.aborted) break;
    const result = await onceOrTwice(fault, worlds, options);
    results.push(result);
    options.onResult(result);
  }
  return results;
}

/** A second time when what stands in for the telephone network broke by itself: that says nothing of the platform. */
async function onceOrTwice(fault: Fault, worlds: Worlds, { tell }: RunOptions): Promise<Result> {
  const world = await worlds.present();
  tell(`${fault.name} …`);
  const result = await runFault(fault, world);
  const { lineEnded } = world;
  // A slot that stays taken, or a fault that was not repaired, must not be the next one's.
  if (result.fault !== null || result.slotsLeaked > 0 || lineEnded !== undefined) await worlds.drop();
  if (lineEnded === undefined) return result;
  tell(`  the line that stands in for LiveKit SIP ended by itself (${lineEnded}); once more on a new platform`);
  const again = await runFault(fault, await worlds.present());
  if (again.fault !== null || again.slotsLeaked > 0) await worlds.drop();
  return again;
}

/** One at a time, made when it is wanted. */
class Worlds implements AsyncDisposable {
  readonly #options: RunOptions;
  #world: World | undefined;
  #made = 0;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  async present(): Promise<World> {
    if (this.#world !== undefined) return this.#world;
    this.#made += 1;
    this.#options.tell('bringing the platform up …');
    this.#world = await World.open({ ...this.#options, runDir: `${this.#options.runDir}/world-${this.#made}` });
    return this.#world;
  }

  async drop(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    await world?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.drop();
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
