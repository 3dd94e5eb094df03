/** What the README's table is made from: each fault as it went in its worst round. */
import { isGreen, type Result, shortfalls } from './fault.ts';

export interface Report {
  /** How often all of them were run, one round after the other. */
  readonly rounds: number;
  /** How many faults there are. */
  readonly known: number;
  readonly results: readonly WorstResult[];
}

interface WorstResult extends Result {
  readonly greenRounds: number;
}

export function reportOf(rounds: readonly (readonly Result[])[], known: number): Report {
  const names = new Set(rounds.flat().map(({ name }) => name));
  const results = [...names].flatMap((name) => {
    const runs = rounds.flat().filter((result) => result.name === name);
    const [worst] = runs.toSorted(worseFirst);
    return worst === undefined ? [] : [{ ...worst, greenRounds: runs.filter(isGreen).length }];
  });
  return { rounds: rounds.length, known, results };
}

function worseFirst(a: Result, b: Result): number {
  const tookMs = ({ recoveryMs }: Result) => recoveryMs ?? Number.MAX_SAFE_INTEGER;
  return shortfalls(b).length - shortfalls(a).length || tookMs(b) - tookMs(a);
}
