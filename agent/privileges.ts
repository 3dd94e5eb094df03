/**
 * CAP_SYS_NICE must not reach a shard: with it libwebrtc makes its threads real-time, and they pre-empt the JS thread that
 * feeds them. Containers do not have it by default; a process of root outside of one does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../shared/env.ts';

const sysNiceBit = 23n;

export interface Privileges {
  /** How a shard is started: changes to the options of fork(). */
  readonly command: { readonly execPath?: string; readonly execArgv?: string[] };
  readonly keepsSysNice: boolean;
}

export function shardPrivileges(environment: Environment): Privileges {
  if (!hasSysNice(readFileSync('/proc/self/status', 'utf8'))) return { command: {}, keepsSysNice: false };
  const folders = (environment.PATH ?? '').split(delimiter);
  const setpriv = folders.map((folder) => join(folder, 'setpriv')).find((path) => existsSync(path));
  if (setpriv === undefined || process.getuid?.() !== 0) return { command: {}, keepsSysNice: true };
  const without = ['--bounding-set=-sys_nice', '--inh-caps=-sys_nice'];
  const execArgv = [...without, process.execPath, ...process.execArgv];
  return { command: { execPath: setpriv, execArgv }, keepsSysNice: false };
}

/** @param status text of /proc/self/status */
export function hasSysNice(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> sysNiceBit) & 1n) === 1n;
}
