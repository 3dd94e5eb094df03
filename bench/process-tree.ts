/** What a worker costs: memory and processor time of its process and of everything that it started. */
import { readdirSync, readFileSync } from 'node:fs';
import { readPssMb } from '../agent/pool.ts';

/** Of Linux on every machine that Node runs on. */
const ticksPerSecond = 100;

export interface TreeReading {
  readonly atMs: number;
  readonly processes: number;
  readonly threads: number;
  readonly fds: number;
  /** Proportional set size: what processes share is counted once. */
  readonly pssMb: number;
  /** User and system time so far, of processes that live. */
  readonly cpuS: number;
}

export function readTree(root: number): TreeReading {
  const pids = pidsBelow(root);
  const sum = (read: (pid: number) => number) => pids.reduce((total, pid) => total + orGone(() => read(pid)), 0);
  return {
    atMs: performance.now(),
    processes: pids.length,
    threads: sum((pid) => readdirSync(`/proc/${pid}/task`).length),
    fds: sum((pid) => readdirSync(`/proc/${pid}/fd`).length),
    pssMb: sum(readPssMb),
    cpuS: sum(cpuSecondsOf),
  };
}

/** Cores that were busy between two readings. A process that ended between them takes its share with it. */
export function coresBetween(before: TreeReading, after: TreeReading): number {
  return (after.cpuS - before.cpuS) / ((after.atMs - before.atMs) / 1000);
}

/** Of a process and everything that it started. */
export function pidsBelow(root: number): number[] {
  const children = orGone(() => childrenOf(root), []);
  return [root, ...children.flatMap(pidsBelow)];
}

function childrenOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.flatMap((task) => {
    const listed = orGone(() => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'), '');
    return listed.trim().split(' ').filter(Boolean).map(Number);
  });
}

/** Fields 14 and 15 of proc(5) `stat`, counted behind the name, which may hold spaces. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function orGone(read: () => number): number;
function orGone<T>(read: () => T, gone: T): T;
function orGone<T>(read: () => T, gone: T | 0 = 0): T | 0 {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ESRCH'))
      return gone;
    throw thrown;
  }
}
