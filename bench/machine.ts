/** On what a figure was measured: without it, it says nothing. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import process from 'node:process';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly commit: string;
}

/** Of the processor time that programs here asked for, in ticks: what they had, and what the host gave to others instead. */
export interface HostReading {
  readonly had: number;
  readonly stolen: number;
}

/** proc(5): user, nice, system, idle, iowait, irq, softirq, steal. */
export function readHost(): HostReading {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const ticks = line.split(/ +/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = ticks;
  return { had: user + nice + system + irq + softirq, stolen };
}

/** Per cent of what was asked for that was not given: above some 10 the times of a row say more about the host than about it. */
export function stolenPercent(before: HostReading, after: HostReading): number {
  const stolen = after.stolen - before.stolen;
  return Math.round((100 * stolen) / Math.max(1, after.had - before.had + stolen));
}

export function machine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.version,
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
  };
}
