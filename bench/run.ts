/** One measurement: so many callers talk with one worker, and what that cost and how it felt. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { within } from '../dev/faults/caller.ts';
import { parseLogLine } from '../dev/stack/process.ts';
import { percentile } from '../dev/statistics.ts';
import type { Caller, CallMeasures, Place } from './callers.ts';
import { readHost, stolenPercent } from './machine.ts';
import type { Business, Variables } from './options.ts';
import { coresBetween, pidsBelow, readTree } from './process-tree.ts';
import { fixedMs, scenario } from './scenario.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { Subject, Worker } from './subject.ts';
import type { BenchWorld } from './world.ts';

export interface Plan {
  readonly subject: Subject;
  readonly calls: number;
  /** All at once, or one a second. */
  readonly arrival: 'burst' | 'steady';
  /** The worker alone on one core and everything else on the other; or both on both. */
  readonly cores: 'apart' | 'together';
  readonly round: number;
  /** How long callers talk while the cost is measured. */
  readonly talkS: number;
  /** The Node that runs ours: one of this machine, or undefined for the one that runs this. */
  readonly node: string | undefined;
  /** What ours finds in its environment beside its settings; undefined: nothing, as it ships. */
  readonly variables: Variables | undefined;
  /** Length of the instructions of ours beside the sentence that all workers have. */
  readonly promptKb: number;
  /** What the business of ours has that others have not. */
  readonly business: Business;
  /** Folder for profiles of our JS threads, which cost some of what is measured. */
  readonly profiles: string | undefined;
}

export interface RunResult {
  readonly subject: string;
  readonly version: string;
  readonly calls: number;
  readonly arrival: Plan['arrival'];
  readonly cores: Plan['cores'];
  /** Version of the Node that ran ours, where it was not the one that ran the bench. */
  readonly node: string | null;
  /** What ours found in its environment beside its settings. */
  readonly variables: Variables | null;
  readonly promptKb: number;
  readonly business: Business;
  readonly round: number;
  readonly startedAt: string;
  readonly loadAverage: number;
  /** While they talked, of what was asked of the processors here, the part that the machine's host gave to others. */
  readonly stolenPercent: number;
  readonly readyMs: number;
  readonly idleMb: number;
  readonly idleProcesses: number;
  /** Callers who heard the greeting and an answer. */
  readonly answered: number;
  readonly perCallMb: number;
  readonly corePerCall: number;
  readonly afterMb: number;
  readonly joinMs: Spread;
  readonly greetedMs: Spread;
  /** From the caller's last word to the agent's first sound, less what silence and providers take. */
  readonly runtimeShareMs: Spread;
  readonly silentTurns: number;
  /** Of the questions, those into which the agent spoke, or went on with what it had been saying: a voice with long gaps in it. */
  readonly spokenIntoTurns: number;
  /** Of the processes that carry calls, the median of the seconds' 99th percentiles, and the worst second; null: no probe. */
  readonly loopLagP99Ms: number | null;
  readonly loopLagWorstMs: number | null;
  /** Median of the callers' shares of packets that were too late to be played, or lost, in per cent. */
  readonly latePercent: number | null;
  readonly raw: readonly CallMeasures[];
}

/** Python workers load models, pools fill: until then nothing is idle. */
const settlingMs = 10_000;
const answeredDeadlineMs = 40_000;
/** Greetings are over and everybody has asked once. */
const underWayMs = 12_000;
const apartMs = 1_000;
const afterMs = 8_000;

export async function measure(plan: Plan, world: BenchWorld): Promise<RunResult> {
  const { subject } = plan;
  await world.instruct(plan);
  const startedAt = new Date().toISOString();
  const worker = await subject.start(world, {
    pinned: plan.cores === 'apart' ? ['taskset', '-c', '1'] : [],
    calls: plan.calls,
    node: plan.node,
    variables: plan.variables,
    profiles: plan.profiles,
  });
  try {
    await pause(settlingMs);
    const idle = readTree(worker.process.pid);
    const callers = await connected(plan, world, worker);
    await pause(underWayMs);
    const before = readTree(worker.process.pid);
    const hostBefore = readHost();
    const profiled = plan.profiles !== undefined && subject.writesProfiles ? pidsBelow(worker.process.pid) : [];
    for (const pid of profiled) process.kill(pid, 'SIGUSR2');
    await pause(plan.talkS * 1000);
    for (const pid of profiled) process.kill(pid, 'SIGUSR2');
    const after = readTree(worker.process.pid);
    const stolen = stolenPercent(hostBefore, readHost());
    const load = loadavg()[0] ?? 0;
    const raw = await Promise.all(callers.map((caller) => caller.hangUp()));
    await pause(afterMs);
    const heard = raw.filter(
      ({ greetedMs, turnsMs }) => greetedMs !== null && turnsMs.some((ms) => ms !== null && ms >= subject.endOfTurnMs),
    ).length;
    const turns = raw.flatMap(({ turnsMs }) => turnsMs);
    // Nobody has thought and spoken before the silence is over after which it is its turn.
    const answers = known(turns).filter((ms) => ms >= subject.endOfTurnMs);
    const lags = loopLags(worker, before.atMs, after.atMs);
    return {
      ...{ subject: subject.name, version: subject.version, calls: plan.calls, arrival: plan.arrival },
      ...{
        cores: plan.cores,
        node: plan.node === undefined ? null : versionOf(plan.node),
        variables: plan.variables ?? null,
        promptKb: plan.promptKb,
        business: plan.business,
        round: plan.round,
        startedAt,
        loadAverage: round(load, 1),
        stolenPercent: stolen,
        readyMs: round(worker.readyMs, 0),
      },
      idleMb: idle.pssMb,
      idleProcesses: idle.processes,
      answered: heard,
      perCallMb: round((after.pssMb - idle.pssMb) / Math.max(1, heard), 1),
      corePerCall: round(coresBetween(before, after) / Math.max(1, heard), 4),
      afterMb: readTree(worker.process.pid).pssMb,
      joinMs: spreadOf(known(raw.map(({ answeredMs }) => answeredMs))),
      greetedMs: spreadOf(known(raw.map(({ greetedMs }) => greetedMs))),
      runtimeShareMs: spreadOf(answers.map((ms) => ms - fixedMs(subject.endOfTurnMs))),
      silentTurns: turns.filter((ms) => ms === null).length,
      spokenIntoTurns: known(turns).length - answers.length,
      loopLagP99Ms: percentile(lags, 0.5),
      loopLagWorstMs: percentile(lags, 1),
      latePercent: shareInPercent(percentile(known(raw.map(({ lateShare }) => lateShare)), 0.5)),
      raw,
    };
  } finally {
    await worker.close();
  }
}

/** Callers stand in their rooms before the first agent is called, so that what they cost is not in the way. */
async function connected(plan: Plan, world: BenchWorld, worker: Worker): Promise<Caller[]> {
  const places = await Promise.all(Array.from({ length: plan.calls }, () => worker.next()));
  const waiting: { caller: Caller; place: Place }[] = [];
  for (const [at, place] of places.entries()) {
    const firstPauseMs = scenario.pauseMs + (scenario.spreadMs * at) / places.length;
    waiting.push({ caller: await world.callers.join(place, firstPauseMs), place });
  }
  // Before the first of them: what admission takes is measured by itself.
  for (const { place } of waiting) await place.admit();
  const begun: Promise<void>[] = [];
  for (const { caller, place } of waiting) {
    begun.push(caller.begin(place));
    if (plan.arrival === 'steady') await pause(apartMs);
  }
  await Promise.all(begun);
  const callers = waiting.map(({ caller }) => caller);
  await within(answeredDeadlineMs, () => callers.every(({ isAnswered }) => isAnswered));
  return callers;
}

const lagSchema = z.object({ bench: z.literal('loop'), atMs: z.number(), pid: z.number(), p99Ms: z.number() });

/** What the probe wrote while calls were measured, of the one process that carries the most: idle ones would hide it. */
function loopLags({ process: { logFile } }: Worker, fromMs: number, toMs: number): number[] {
  const offsetMs = Date.now() - performance.now();
  const lines = readFileSync(logFile, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const parsed = lagSchema.safeParse(parseLogLine(line));
      return parsed.success ? [parsed.data] : [];
    })
    .filter(({ atMs }) => atMs >= fromMs + offsetMs && atMs <= toMs + offsetMs);
  const processes = [...new Set(lines.map(({ pid }) => pid))];
  const lags = processes.map((each) => lines.filter(({ pid }) => pid === each).map(({ p99Ms }) => p99Ms));
  return lags.toSorted((a, b) => (percentile(b, 0.5) ?? 0) - (percentile(a, 0.5) ?? 0))[0] ?? [];
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function shareInPercent(share: number | null): number | null {
  return share === null ? null : round(share * 100, 2);
}

function versionOf(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
