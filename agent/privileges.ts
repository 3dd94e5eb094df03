/**
 * CAP_SYS_NICE must not reach a shard: with it libwebrtc makes its threads real-time, and they pre-empt the JS thread that
 * feeds them. Containers do not have it by default; a process of root outside of one does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../shared/env.ts';

const sysNiceBit = 23n;

export interface Privileges {
  /** How node is started with these options: fields for fork(). */
  command(execArgv: readonly string[]): { execPath: string; execArgv: string[] };
  readonly keepsSysNice: boolean;
}

export function shardPrivileges(environment: Environment): Privileges {
  const setpriv = findSetpriv(environment.PATH ?? '');
  if (!hasSysNice(readFileSync('/proc/self/status', 'utf8'))) return { command: plain, keepsSysNice: false };
  if (setpriv === undefined || process.getuid?.() !== 0) return { command: plain, keepsSysNice: true };
  const without = ['--bounding-set=-sys_nice', '--inh-caps=-sys_nice', process.execPath];
  return { command: (execArgv) => ({ execPath: setpriv, execArgv: [...without, ...execArgv] }), keepsSysNice: false };
}

function plain(execArgv: readonly string[]) {
  return { execPath: process.execPath, execArgv: [...execArgv] };
}

function findSetpriv(path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, 'setpriv'))
    .find((file) => existsSync(file));
}

/** @param status text of /proc/self/status */
export function hasSysNice(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> sysNiceBit) & 1n) === 1n;
}
