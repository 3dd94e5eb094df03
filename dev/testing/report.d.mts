export interface Counts {
  /** False when there is no report. */
  complete: boolean;
  passed: number;
  failed: number;
  skipped: number;
}

export function readCounts(path: string): Counts;
