import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProcessOptions, type StackProcess, startProcess } from './process.ts';
import type { ChildEnv } from './surroundings.ts';

export const repository = resolve(fileURLToPath(import.meta.url), '..', '..', '..');

/**
 * `built` runs what ships (dist/), `source` runs the sources through tsx, so that a test always sees the code as it is
 * edited. Programs below dev/ are never built.
 */
export type Code = 'built' | 'source';

export interface ProgramOptions {
  name: string;
  /** Path from the repository without its ending: `dispatch/main`. */
  entry: string;
  args?: readonly string[];
  env?: ChildEnv;
  runDir: string;
  code: Code;
  graceMs?: number;
  /** Command and options that run it, such as `nice`. */
  under?: readonly string[];
  /** Another Node than this one. */
  node?: string | undefined;
}

/**
 * Starts one of our own programs. It runs in the run's folder, not in the repository: the services read `.env` of the folder
 * they stand in, and one meant for the stack (provider keys, for example) must not reach them.
 */
export function startProgram(options: ProgramOptions): Promise<StackProcess> {
  const { name, entry, args = [], env = {}, runDir, graceMs, under = [], node = globalThis.process.execPath } = options;
  const [command = node, ...further] = [...under, node];
  const process: ProcessOptions = {
    name,
    command,
    args: [...further, ...commandLine(entry, options.code), ...args],
    env,
    runDir,
    cwd: runDir,
    ...(graceMs === undefined ? {} : { graceMs }),
  };
  return startProcess(process);
}

function commandLine(entry: string, code: Code): string[] {
  if (code === 'source') return ['--import', import.meta.resolve('tsx'), join(repository, `${entry}.ts`)];
  const built = join(repository, 'dist', `${entry}.js`);
  if (!existsSync(built)) throw new Error(`${built} is not there: run \`npm run build\``);
  return ['--enable-source-maps', built];
}
