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
