import type { Environment } from '../../shared/env.ts';

/** What a command leaves behind: 0 all is well, 1 something is wrong with what was looked at, 2 it could not be looked at. */
export interface CommandEnd {
  readonly code: 0 | 1 | 2;
  /** For people, or for a program that asked for JSON. */
  readonly text: string;
}

export type Command = (args: readonly string[], environment: Environment) => Promise<CommandEnd>;

export const notDone = (text: string): CommandEnd => ({ code: 2, text });

export function missingSettings(what: string, problems: readonly string[]): CommandEnd {
  return notDone([`${what}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
}

/** Columns as wide as their longest cell. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
