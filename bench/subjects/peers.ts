/** The named alternatives, each a program of bench/peers/ that is as plain as its documentation shows it. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { freePort } from '../../dev/stack/ports.ts';
import { startProcess } from '../../dev/stack/process.ts';
import { repository } from '../../dev/stack/program.ts';
import { scenario } from '../scenario.ts';
import { placeJob, readyDeadlineMs, type Subject, type Wanted, type Worker } from '../subject.ts';
import type { BenchWorld } from '../world.ts';

const peers = join(repository, 'bench', 'peers');
export const python = join(repository, '.switchboard', 'bench-venv', 'bin', 'python');

interface Program {
  readonly name: string;
  readonly version: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it prints when LiveKit has taken it in, as many times as it has workers. */
  readonly registered: string;
  readonly workers: number;
  readonly endOfTurnMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

export const agentsJs = peer({
  name: 'agents-js',
  version: '1.9.0',
  command: process.execPath,
  args: ['--import', join(repository, 'bench', 'loop-probe.mjs'), join(peers, 'agents-js.mjs'), 'start'],
  registered: 'registered worker',
  workers: 1,
  endOfTurnMs: 500,
});
export const livekitAgents = peer({
  name: 'livekit-agents',
  version: '1.8.3',
  command: python,
  args: [join(peers, 'livekit_agents.py'), 'start'],
  registered: 'registered worker',
  workers: 1,
  endOfTurnMs: 550,
});
const openrtcPool = {
  version: '0.20.1',
  command: python,
  registered: 'registered worker',
  endOfTurnMs: 550,
  // It prepares a turn detector for each call whatever the session is told to use, and its model is on the internet. With the
  // address of a remote one it loads none, and asks nobody: turns end by voice activity here, as for all workers.
  env: { LIVEKIT_REMOTE_EOT_URL: 'http://127.0.0.1:1' },
};
export const openrtc = peer({
  ...openrtcPool,
  name: 'openrtc',
  args: [join(peers, 'openrtc_pool.py'), 'start'],
  workers: 1,
});
export const openrtcTwice = peer({
  ...openrtcPool,
  name: 'openrtc, two workers',
  args: [join(peers, 'openrtc_two.py')],
  workers: 2,
});

function peer(program: Program): Subject {
  const { name, version, endOfTurnMs } = program;
  return { name, version, endOfTurnMs, writesProfiles: false, start: (world, wanted) => start(program, world, wanted) };
}

async function start(program: Program, world: BenchWorld, { pinned }: Wanted): Promise<Worker> {
  if (!existsSync(program.command))
    throw new Error(`${program.command} is not there: run \`npm run bench -- --set-up\``);
  const { livekit, runDir, providersPort } = world;
  const [command = program.command, ...options] = [...pinned, program.command];
  const agent = `bench-${program.name.replaceAll(/[^a-z0-9-]+/g, '-')}`;
  const startedMs = performance.now();
  const started = await startProcess({
    name: `peer-${Date.now()}`,
    command,
    args: [...options, ...program.args],
    cwd: runDir,
    runDir,
    env: {
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      BENCH_AGENT: agent,
      BENCH_PORT: String(await freePort()),
      BENCH_PROVIDERS: `http://127.0.0.1:${providersPort}`,
      BENCH_SCENARIO: JSON.stringify(scenario),
      // Their usage reports go to the internet, which a measurement has no business with.
      LIVEKIT_TELEMETRY: 'off',
      DO_NOT_TRACK: '1',
      ...program.env,
    },
    graceMs: 15_000,
  });
  const registered = () => readFileSync(started.logFile, 'utf8').split(program.registered).length > program.workers;
  try {
    await started.until(`"${program.registered}" in its log`, readyDeadlineMs, registered);
  } catch (thrown) {
    await started.close();
    throw thrown;
  }
  return {
    process: started,
    readyMs: performance.now() - startedMs,
    close: () => started.close(),
    async next() {
      const room = `bench-${randomBytes(6).toString('hex')}`;
      return { room, admit: async () => undefined, place: () => placeJob(livekit, { room, agent, metadata: {} }) };
    },
  };
}
