/** What a person reads of a run. */
import { tableOf } from '../shared/columns.ts';
import type { RunResult } from './run.ts';

export function describe(results: readonly RunResult[]): string {
  const heading = [
    ...['WORKER', 'CALLS', 'ARRIVAL', 'CORES', 'ANSWERED', 'IDLE MB', 'MB/CALL', 'CORE/CALL', 'JOIN p50/p99'],
    ...['SHARE p50/p95/p99', 'SILENT/INTO', 'LOOP p99', 'MADE UP', 'LOAD'],
  ];
  return tableOf([heading, ...results.map(rowOf)]);
}

function rowOf(result: RunResult): string[] {
  const { joinMs, runtimeShareMs: share } = result;
  return [
    [result.subject, result.version, result.node].filter((part) => part !== null).join(' '),
    String(result.calls),
    result.arrival,
    result.cores,
    `${result.answered}/${result.calls}`,
    String(result.idleMb),
    String(result.perCallMb),
    String(result.corePerCall),
    `${figure(joinMs.p50)}/${figure(joinMs.p99)} ms`,
    `${figure(share.p50)}/${figure(share.p95)}/${figure(share.p99)} ms`,
    `${result.silentTurns}/${result.spokenIntoTurns}`,
    result.loopLagP99Ms === null ? '' : `${figure(result.loopLagP99Ms)} ms`,
    result.concealedPercent === null ? '' : `${result.concealedPercent} %`,
    String(result.loadAverage),
  ];
}

function figure(value: number | null): string {
  return value === null ? 'none' : String(Math.round(value));
}
