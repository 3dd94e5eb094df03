/** What a person reads while faults run, and afterwards. */
import { tableOf } from '../../shared/columns.ts';
import { type Fault, isGreen, type Result, shortfalls } from './fault.ts';

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function describeList(faults: readonly Fault[]): string {
  return tableOf([
    ['NAME', 'WHAT HAPPENS', 'WANTED'],
    ...faults.map(({ name, sentence, bound }) => [name, sentence, `${bound.what} ≤ ${seconds(bound.ms)}`]),
  ]);
}

/** One line when a fault is through. */
export function describeResult(result: Result): string {
  const missing = shortfalls(result);
  const back = result.recoveryMs === null ? 'never' : seconds(result.recoveryMs);
  const figures = `${result.live} live, ${result.lost} lost, back after ${back}, ${result.slotsLeaked} slots leaked`;
  const mark = missing.length === 0 ? '✓' : '✗';
  return [`${mark} ${result.name}: ${figures}; heard: ${result.heard}`, ...missing.map((text) => `    ${text}`)].join(
    '\n',
  );
}

export function describeResults(results: readonly Result[]): string {
  const rows = results.map((result) => [
    isGreen(result) ? 'ok' : 'NOT OK',
    result.sentence,
    String(result.live),
    String(result.lost),
    result.recoveryMs === null ? 'never' : seconds(result.recoveryMs),
    String(result.slotsLeaked),
    result.heard,
  ]);
  return tableOf([['', 'FAULT', 'LIVE', 'LOST', 'RECOVERY', 'LEAKED', 'HEARD'], ...rows]);
}
