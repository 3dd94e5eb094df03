/** What a person reads of a run. */
import { tableOf } from '../shared/columns.ts';
import type { RunResult } from './run.ts';

/** The worker, and what about it is not as it ships. */
export function nameOf({
  subject,
  version,
  node = null,
  variables = null,
  promptKb = 0,
  business = 'usual',
}: Pick<RunResult, 'subject' | 'version'> &
  Partial<Pick<RunResult, 'node' | 'variables' | 'promptKb' | 'business'>>): string {
  const set = Object.entries(variables ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    subject,
    version,
    ...(node === null ? [] : [`on Node ${node}`]),
    ...set,
    ...(promptKb > 0 ? [`prompt of ${promptKb} kB`] : []),
    ...(business === 'usual' ? [] : [business]),
  ].join(' ');
}

export function describe(results: readonly RunResult[]): string {
  const heading = [
    ...['WORKER', 'CALLS', 'ARRIVAL', 'CORES', 'ANSWERED', 'IDLE MB', 'MB/CALL', 'CORE/CALL', 'JOIN p50/p99'],
    ...['SHARE p50/p95/p99', 'SILENT/INTO', 'LOOP p99', 'LATE', 'LOAD', 'STOLEN'],
  ];
  return tableOf([heading, ...results.map(rowOf)]);
}

function rowOf(result: RunResult): string[] {
  const { joinMs, runtimeShareMs: share } = result;
  return [
    nameOf(result),
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
    result.latePercent === null ? '' : `${result.latePercent} %`,
    String(result.loadAverage),
    `${result.stolenPercent} %`,
  ];
}

function figure(value: number | null): string {
  return value === null ? 'none' : String(Math.round(value));
}
