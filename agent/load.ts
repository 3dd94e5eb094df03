/**
 * How full this shard is. LiveKit spreads jobs by the load that workers report and sends nothing at 0.7 or above.
 *
 * CPU per cent says nothing here: when the JS thread saturates, every call of the shard goes mute at once, while the box
 * may look half idle. What announces it is the event loop: its utilisation and the lag of its timers.
 */
import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { WorkerLoad } from './worker-protocol.ts';

/** The server's own target load. */
const fullLoad = 0.7;
const highestUtilization = 0.6;
const longestLagMs = 50;
/** Resolution of the histogram, which counts into every value it measures. */
const resolutionMs = 10;

export interface LoadReadings {
  readonly sessions: number;
  readonly mostSessions: number;
  /** Share of time in which the event loop was busy lately, 0 to 1. */
  readonly utilization: number;
  /** 99th percentile of timer lag lately. */
  readonly lagP99Ms: number;
}

/**
 * So few calls do not make a loop lag (4 measured: busy for 13 %, 2 ms of lag): it is the machine that is busy with something
 * else. Two callers whose shard was lost waited 9 s for one that carried two calls and took none.
 */
const fewCalls = 4;
/** Next to full: other shards are asked first. */
const almostFull = 0.9;

/**
 * The worst of the three decides: any one of them at its limit makes the shard full. A shard with a few calls is not full
 * by its loop: on a box with one of them, callers would hear busy for as long as a backup runs.
 */
export function loadOf(readings: LoadReadings): WorkerLoad {
  const { sessions, mostSessions, utilization, lagP99Ms } = readings;
  const loop = Math.max(utilization / highestUtilization, lagP99Ms / longestLagMs);
  const worst = Math.max(sessions / mostSessions, sessions <= fewCalls ? Math.min(almostFull, loop) : loop);
  return { load: Math.min(1, worst * fullLoad), full: worst >= 1, jobs: sessions };
}

export type LoopReadings = Pick<LoadReadings, 'utilization' | 'lagP99Ms'>;

/** Of these the worst one is forgiven: a first call, or a burst of joins, stalls the loop for moments and fills no shard. */
const periodsKept = 4;

/** Watches the event loop from construction to close(). */
export class LoopWatch {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  #since: EventLoopUtilization = performance.eventLoopUtilization();
  #periods: LoopReadings[] = [];

  constructor() {
    this.#delay.enable();
  }

  /** Of the last whole periods. A piece of one says nothing: in the milliseconds after a start, any loop looks saturated. */
  get readings(): LoopReadings {
    return secondWorstOf(this.#periods);
  }

  /** Ends a period. */
  endPeriod(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#since);
    const lagP99Ms = Math.max(0, this.#delay.percentile(99) / 1e6 - resolutionMs);
    this.#since = now;
    this.#delay.reset();
    this.#periods = [...this.#periods, { utilization, lagP99Ms }].slice(-periodsKept);
  }

  close(): void {
    this.#delay.disable();
  }
}

/** Missing periods count as idle ones: a shard that has just started has room. */
export function secondWorstOf(periods: readonly LoopReadings[]): LoopReadings {
  const secondWorst = (pick: (readings: LoopReadings) => number) => periods.map(pick).sort((a, b) => b - a)[1] ?? 0;
  return { utilization: secondWorst((r) => r.utilization), lagP99Ms: secondWorst((r) => r.lagP99Ms) };
}
