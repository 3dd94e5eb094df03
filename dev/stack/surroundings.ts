/**
 * The one place where the local stack looks at the environment it was started in.
 *
 * A child gets what is listed here and what its starter writes down, nothing else: a provider key exported in
 * somebody's shell must not be what makes an agent work, because in production no such key exists.
 */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'XDG_CACHE_HOME'] as const;

export type ChildEnv = Record<string, string>;

/** The shell's own environment, for what asks it by name. Never handed to a child as it is. */
export const surroundings: Readonly<Record<string, string | undefined>> = process.env;

/** Where programs, homes and caches are on this machine: what every child of the stack starts from. */
export function machineEnv(): ChildEnv {
  const env: ChildEnv = {};
  for (const name of INHERITED) {
    const value = surroundings[name];
    if (value) env[name] = value;
  }
  return env;
}
