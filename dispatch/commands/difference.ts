import type { ConfigDifference } from '../../shared/config/diff.ts';

/** For people: a line for each leaf. */
export function differenceLines(differences: readonly ConfigDifference[]): string[] {
  return differences.map(({ path, before, after }) => {
    if (before === undefined) return `  + ${path}: ${JSON.stringify(after)}`;
    if (after === undefined) return `  - ${path}: ${JSON.stringify(before)}`;
    return `  ~ ${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
  });
}
