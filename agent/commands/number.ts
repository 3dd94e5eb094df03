/** A number as a command looks at it: the same row, the same merging and the same last good version as for a call. */
import { pino } from 'pino';
import type { ConfigProblem } from '../../shared/config/index.ts';
import { DatabaseAway } from '../../shared/db.ts';
import { type Environment, lookingSettings, readSettings } from '../../shared/env.ts';
import { coerceError } from '../../shared/faults.ts';
import { type KnownNumber, readNumber } from '../config-read.ts';
import { sqlNumbers } from '../config-source.ts';
import { openAgentDatabase } from '../database.ts';
import { type CommandEnd, missingSettings, notDone } from './command.ts';

export type Seen =
  | { readonly outcome: 'seen'; readonly number: KnownNumber }
  | { readonly outcome: 'end'; readonly end: CommandEnd };

const ended = (end: CommandEnd): Seen => ({ outcome: 'end', end });

/** What is written like a number. */
export function isNumber(text: string): boolean {
  return /^(\+?[0-9]{2,15}|\*)$/.test(text);
}

export async function seeNumber(called: string, environment: Environment): Promise<Seen> {
  const read = readSettings(lookingSettings, environment);
  if (read.outcome === 'incomplete') return ended(missingSettings('the database cannot be asked', read.problems));
  const source = sqlNumbers(openAgentDatabase(read.settings));
  try {
    const number = await readNumber(called, source, { before: undefined, log: pino({ level: 'silent' }) });
    if (number !== undefined) return { outcome: 'seen', number };
    return ended({ code: 1, text: `${called} is nobody's number here: add it, or check what the exchange sends.` });
  } catch (thrown) {
    const why = thrown instanceof DatabaseAway ? 'the database does not answer' : 'the database cannot be asked';
    return ended(notDone(`${why}: ${coerceError(thrown).message}`));
  }
}

export function problemLines(problems: readonly ConfigProblem[]): string[] {
  return problems.map(({ path, message, layer }) => {
    const where = path === '' ? '' : `${path}: `;
    return `  ${where}${message}${layer === null ? '' : ` (${layer})`}`;
  });
}
