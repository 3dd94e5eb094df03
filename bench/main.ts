/** npm run bench: ours and the named alternatives, one after the other, on the same machine. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import type { Sound } from '../agent/sound.ts';
import { Speech } from '../dev/providers/speech/speech.ts';
import { repository } from '../dev/stack/program.ts';
import { say } from '../dev/start/printing.ts';
import { coerceError } from '../shared/faults.ts';
import { createLog } from '../shared/log.ts';
import { churn } from './churn.ts';
import { machine } from './machine.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { measure, type Plan, type RunResult } from './run.ts';
import { scenario } from './scenario.ts';
import { setUpCallers, setUpPeers } from './set-up.ts';
import { bareRoom } from './subjects/bare-room.ts';
import { agentsJs, livekitAgents, openrtc, openrtcTwice } from './subjects/peers.ts';
import { isolated, switchboard } from './subjects/switchboard.ts';
import { describe } from './table.ts';
import { BenchWorld } from './world.ts';

const subjects = {
  switchboard,
  isolated,
  'agents-js': agentsJs,
  'livekit-agents': livekitAgents,
  openrtc,
  'openrtc-two': openrtcTwice,
  'bare-room': bareRoom,
};
const callerRate = 16_000;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(usage);
  setUpPeers(options.setUp ? ['openrtc'] : options.subjects, say);
  setUpCallers(say);
  if (options.setUp) return;
  const out = options.out ?? join('.switchboard', `bench-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.jsonl`);
  mkdirSync(dirname(out), { recursive: true });
  if (options.profiles !== undefined) mkdirSync(options.profiles, { recursive: true });
  const log = createLog({ service: 'bench', level: 'warn', showPii: false });
  const samples = await (await Speech.open(log)).say(scenario.question, scenario.language, callerRate);
  const question = { sampleRate: callerRate, samples: upToLastWord(samples) };
  const keep = (line: object) => appendFileSync(out, `${JSON.stringify({ ...line, machine: machine() })}\n`);
  if (options.churn !== undefined) await churnEach(options, options.churn, question, keep);
  else await talkEach(options, question, keep);
  say(`raw lines: ${out}`);
}

/** A made voice ends in a third of a second of silence, in which the worker's clock runs already. */
function upToLastWord(samples: Int16Array): Int16Array {
  const silent = 200;
  const last = samples.findLastIndex((sample) => Math.abs(sample) > silent);
  return samples.slice(0, last + 1);
}

type Keep = (line: object) => void;

async function churnEach(options: BenchOptions, calls: number, question: Sound, keep: Keep): Promise<void> {
  const [atOnce = 1] = options.calls;
  const plans = options.subjects.flatMap((name) => options.variants.map((variables) => ({ name, variables })));
  for (const { name, variables } of plans) {
    say(`${name}: ${calls} short calls, ${atOnce} at once …`);
    const result = await inWorld('together', question, (world) =>
      churn({ subject: subjects[name], calls, atOnce, variables }, world),
    );
    keep(result);
    const { idle, after, answered } = result;
    say(
      `${answered} of ${calls} answered; idle → after: ${idle.pssMb} → ${after.pssMb} MB, ` +
        `${idle.threads} → ${after.threads} threads, ${idle.fds} → ${after.fds} open files`,
    );
  }
}

async function talkEach(options: BenchOptions, question: Sound, keep: Keep): Promise<void> {
  const results: RunResult[] = [];
  for (const plan of plansOf(options)) {
    const { subject, calls, arrival, cores, round } = plan;
    say(`${subject.name}: ${calls} callers, ${arrival}, ${cores}, round ${round} …`);
    const result = await inWorld(cores, question, (world) => measure(plan, world));
    results.push(result);
    keep(result);
    say(describe([result]));
  }
  say(`\n${describe(results)}`);
}

/** A world each: rooms, connections and caches of one worker must not be the next one's. */
async function inWorld<T>(cores: Plan['cores'], question: Sound, work: (world: BenchWorld) => Promise<T>): Promise<T> {
  // Everything that this process starts stays on its core with it; the worker's command says otherwise.
  const own = cores === 'apart' ? '0' : '0-1023';
  execFileSync('taskset', ['-a', '-c', '-p', own, String(process.pid)], { stdio: 'ignore' });
  const runDir = join(repository, '.switchboard', `bench-${Date.now()}`);
  const world = await BenchWorld.open(runDir, question);
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

/** Subjects follow one another within a round: what the machine does meanwhile hits all of them. */
function plansOf(options: BenchOptions): Plan[] {
  const { talkS } = options;
  const profiles = options.profiles === undefined ? undefined : resolve(options.profiles);
  const plans = combinations({
    round: Array.from({ length: options.rounds }, (_, at) => at + 1),
    cores: options.cores,
    arrival: options.arrival,
    calls: options.calls,
    subject: options.subjects.map((name) => subjects[name]),
    node: options.nodes,
    variables: options.variants,
    promptKb: options.promptsKb,
    business: options.businesses,
  });
  return plans.map((plan) => ({ ...plan, talkS, profiles }));
}

/** One of each, in all ways; the last changes from one to the next. */
function combinations<One extends object>(each: { readonly [Name in keyof One]: readonly One[Name][] }): One[] {
  return Object.entries(each).reduce<object[]>(
    (made, [name, values]) =>
      made.flatMap((one) => (values as readonly unknown[]).map((value) => ({ ...one, [name]: value }))),
    [{}],
  ) as One[];
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`${coerceError(thrown).message}\n`);
  process.exitCode = 1;
}
