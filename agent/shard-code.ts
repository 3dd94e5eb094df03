/** Which code the shards run. */
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export interface ShardCode {
  readonly entry: string;
  /** Options for node. */
  readonly execArgv: readonly string[];
  /** Where its sources are. */
  readonly folders: readonly string[];
}

const here = dirname(fileURLToPath(import.meta.url));

/** The same as the supervisor's: built, or from source. */
export function ownCode(): ShardCode {
  const entry = join(here, `shard-main${extname(import.meta.url)}`);
  return { entry, execArgv: process.execArgv, folders: [here, join(here, '..', 'shared')] };
}

/** In a clone the sources, also when the command itself was built: they are what somebody edits. */
export function sourceCode(): ShardCode {
  const folder = join(here, '..', '..', 'agent');
  const entry = join(folder, 'shard-main.ts');
  if (extname(import.meta.url) === '.ts' || !existsSync(entry)) return ownCode();
  return { entry, execArgv: ['--import', import.meta.resolve('tsx')], folders: [folder, join(folder, '..', 'shared')] };
}
