/** npm run bench: ours and the named alternatives, one after the other, on the same machine. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { dispose, lightenLibrary } from '../dev/line/rtc.ts';
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
import { setUpPeers } from './set-up.ts';
import { agentsJs, livekitAgents, openrtc } from './subjects/peers.ts';
import { isolated, switchboard } from './subjects/switchboard.ts';
import { describe } from './table.ts';
import { BenchWorld } from './world.ts';

const subjects = {
  switchboard,
  isolated,
  'agents-js': agentsJs,
  'livekit-agents': livekitAgents,
  openrtc,
};
const callerRate = 16_000;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(usage);
  setUpPeers(options.setUp ? ['openrtc'] : options.subjects, say);
  if (options.setUp) return;
  const out = options.out ?? join('.switchboard', `bench-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.jsonl`);
  mkdirSync(dirname(out), { recursive: true });
  if (options.profiles !== undefined) mkdirSync(options.profiles, { recursive: true });
  const log = createLog({ service: 'bench', level: 'warn', showPii: false });
  await lightenLibrary(log);
  const question = await (await Speech.open(log)).say(scenario.question, scenario.language, callerRate);
  const keep = (line: object) => appendFileSync(out, `${JSON.stringify({ ...line, machine: machine() })}\n`);
  if (options.churn !== undefined) await churnEach(options, options.churn, question, keep);
  else await talkEach(options, question, keep);
  say(`raw lines: ${out}`);
}

type Keep = (line: object) => void;

async function churnEach(options: BenchOptions, calls: number, question: Int16Array, keep: Keep): Promise<void> {
  const [atOnce = 1] = options.calls;
  for (const name of options.subjects) {
    say(`${name}: ${calls} short calls, ${atOnce} at once …`);
    const result = await inWorld('together', (world) =>
      churn({ subject: subjects[name], calls, atOnce }, world, question),
    );
    keep(result);
    const { idle, after, answered } = result;
    say(
      `${answered} of ${calls} answered; idle → after: ${idle.pssMb} → ${after.pssMb} MB, ` +
        `${idle.threads} → ${after.threads} threads, ${idle.fds} → ${after.fds} open files`,
    );
  }
}

async function talkEach(options: BenchOptions, question: Int16Array, keep: Keep): Promise<void> {
  const results: RunResult[] = [];
  for (const plan of plansOf(options)) {
    const { subject, calls, arrival, cores, round } = plan;
    say(`${subject.name}: ${calls} callers, ${arrival}, ${cores}, round ${round} …`);
    const result = await inWorld(cores, (world) => measure(plan, world, question));
    results.push(result);
    keep(result);
    say(describe([result]));
  }
  say(`\n${describe(results)}`);
}

/** A world each: rooms, connections and caches of one worker must not be the next one's. */
async function inWorld<T>(cores: Plan['cores'], work: (world: BenchWorld) => Promise<T>): Promise<T> {
  // Everything that this process starts stays on its core with it; the worker's command says otherwise.
  const own = cores === 'apart' ? '0' : '0-1023';
  execFileSync('taskset', ['-a', '-c', '-p', own, String(process.pid)], { stdio: 'ignore' });
  const runDir = join(repository, '.switchboard', `bench-${Date.now()}`);
  const world = await BenchWorld.open(runDir);
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
  const rounds = Array.from({ length: options.rounds }, (_, at) => at + 1);
  return rounds.flatMap((round) =>
    options.cores.flatMap((cores) =>
      options.arrival.flatMap((arrival) =>
        options.calls.flatMap((calls) =>
          options.subjects.flatMap((name) =>
            options.nodes.map((node) => ({
              ...{ subject: subjects[name], calls, arrival, cores, round, talkS, node, profiles },
            })),
          ),
        ),
      ),
    ),
  );
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`${coerceError(thrown).message}\n`);
  process.exitCode = 1;
}
await dispose();
