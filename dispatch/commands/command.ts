/** What every command of `dispatch` has in common: how it is asked, and how it ends. */
import { hostname, userInfo } from 'node:os';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Environment, readSettings, type SettingName, type Settings } from '../../shared/env.ts';
import { coerceError } from '../../shared/faults.ts';

/** 1: it could not be done. 2: it was asked for in a wrong way. */
export const exitCodes = { done: 0, failed: 1, wrongUse: 2 } as const;

export interface Terminal {
  readonly environment: Environment;
  /** The result: standard output. */
  say(text: string): void;
  /** What goes on meanwhile: standard error, so that the result can be piped. */
  tell(text: string): void;
  /** Everything that is piped in. */
  input(): Promise<string>;
}

export interface Command {
  readonly usage: string;
  /** Says its result. @returns the exit code @throws WrongUse; any other error becomes the sentence of a failure */
  run(args: readonly string[], terminal: Terminal): Promise<0 | 1>;
}

/** What the person at the command line has to put right. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export const flag = { type: 'boolean', default: false } as const;
export const word = { type: 'string' } as const;

/** @throws WrongUse naming the option that does not exist or lacks its value */
export function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw new WrongUse(coerceError(thrown).message, { cause: thrown });
  }
}

/** The arguments that stand by themselves, each under its name in the usage. @throws WrongUse for one missing or too many */
export function positionalsOf<const Name extends string>(
  positionals: readonly string[],
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const surplus = positionals.slice(names.length);
  if (surplus.length > 0) throw new WrongUse(`unexpected: ${surplus.join(' ')}`);
  const missing = names[positionals.length];
  if (missing !== undefined) throw new WrongUse(`${missing} is missing`);
  return Object.fromEntries(names.map((name, at) => [name, positionals[at]])) as Record<Name, string>;
}

/** The named settings. @throws WrongUse with every problem at once */
export function need<Name extends SettingName>(names: readonly Name[], environment: Environment): Settings<Name> {
  const read = readSettings(names, environment);
  if (read.outcome === 'incomplete')
    throw new WrongUse(`these settings are wanted:\n${read.problems.map((problem) => `  ${problem}`).join('\n')}`);
  return read.settings;
}

/** Who changes something by a command, for the history. */
export function whoAsks(): string {
  return `${userInfo().username}@${hostname()}`;
}

/** A time of the database, to the second. */
export function utcOf(time: string): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}
