/** What a fault is, and when it counts as survived. */
import type { World } from './world.ts';

export interface Fault {
  /** As it is chosen on the command line. */
  readonly name: string;
  /** What happens, for the table. */
  readonly sentence: string;
  /** What has to be back, and how soon. */
  readonly bound: Bound;
  /** Part of `npm test`. */
  readonly quick?: true;
  /** Breaks something, waits until it is well again, and tells what callers noticed. Leaves the world as it found it. */
  run(world: World): Promise<Outcome>;
}

export interface Bound {
  /** "the caller hears an agent again" */
  readonly what: string;
  readonly ms: number;
}

export interface Outcome {
  /** Calls at the moment of the fault. */
  readonly live: number;
  /** Callers who were cut or never served although they should have been. */
  readonly lost: number;
  /** Longest time until what the bound names; null: it never came. */
  readonly recoveryMs: number | null;
  /** In a few words: the sentence that callers heard, busy, ringing, so many seconds of silence. */
  readonly heard: string;
  /** Everything else that is not as it has to be, a sentence each. */
  readonly problems: readonly string[];
}

export interface Result extends Outcome {
  readonly name: string;
  readonly sentence: string;
  readonly bound: Bound;
  /** Rows of active_calls that outlived their calls. */
  readonly slotsLeaked: number;
  /** Of the machine, over the last minute: above its number of cores everything takes longer. */
  readonly loadAverage: number;
  /** The harness itself could not go on; null: it could. */
  readonly fault: string | null;
}

export function isGreen(result: Result): boolean {
  return shortfalls(result).length === 0;
}

/** Everything that keeps a result from being green. */
export function shortfalls(result: Result): string[] {
  const { lost, slotsLeaked, recoveryMs, bound, problems, fault } = result;
  const late = recoveryMs !== null && recoveryMs > bound.ms;
  return [
    ...(fault === null ? [] : [fault]),
    ...(lost > 0 ? [`${lost} calls lost`] : []),
    ...(slotsLeaked > 0 ? [`${slotsLeaked} slots leaked`] : []),
    ...(recoveryMs === null && fault === null ? [`never: ${bound.what}`] : []),
    ...(late ? [`${bound.what} after ${recoveryMs} ms, wanted ${bound.ms} ms`] : []),
    ...problems,
  ];
}
