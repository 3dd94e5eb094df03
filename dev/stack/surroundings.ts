/**
 * What the local stack takes from the environment it was started in.
 *
 * A child gets what is listed here and what its starter writes down, nothing else: a provider key exported in
 * somebody's shell must not be what makes an agent work, because in production no such key exists.
 */
import { type Environment, processEnvironment } from '../../shared/env.ts';

/** SWITCHBOARD_TEST_RUN marks everything that one test run started, so that what it left behind can be found. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'XDG_CACHE_HOME', 'SWITCHBOARD_TEST_RUN'] as const;

export type ChildEnv = Record<string, string>;

/** The shell's variables and, below them, those of `.env`. Never handed to a child as a whole. */
export const surroundings: Environment = processEnvironment();

/** Where programs, homes and caches are on this machine: what every child of the stack starts from. */
export function machineEnv(): ChildEnv {
  const env: ChildEnv = {};
  for (const name of INHERITED) {
    const value = surroundings[name];
    if (value) env[name] = value;
  }
  return env;
}
