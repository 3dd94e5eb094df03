/**
 * npm start: the whole platform on this machine, real calls through it, and what became of each.
 *
 * Standard output carries what a person reads and, with --json, one JSON object as its last line.
 */
import { join } from 'node:path';
import { coerceError } from '../shared/faults.ts';
import { repository } from './stack/program.ts';
import { type Stack, startStack } from './stack/stack.ts';
import { surroundings } from './stack/surroundings.ts';
import { TestCaller } from './start/dial.ts';
import { figures, type MeasuredCall } from './start/figures.ts';
import { readOptions, type StartOptions, usage } from './start/options.ts';
import { outcomeOf, surprises } from './start/outcome.ts';
import { describeCall, describeDialIn, describeFigures, describePages, say } from './start/printing.ts';
import { realWorld } from './start/real-world.ts';
import { CallRecords } from './start/records.ts';
import { aborted, stopSignal } from './start/stop-signal.ts';
import { testCalls } from './start/test-calls.ts';

const PORTS = { livekit: 7880, dispatch: 8090, sip: 15_060 };

async function main(options: StartOptions): Promise<void> {
  if (options.help) return say(usage);
  const stop = stopSignal();
  const stack = await bringUp(options);
  try {
    const calls = await placeTestCalls(stack, options.calls, stop);
    if (stop.aborted) return;
    if (options.calls > 1) say(`\n${describeFigures(figures(calls))}`);
    if (options.json) say(JSON.stringify({ calls: calls.map(({ outcome }) => outcome) }));
    if (options.once) return;
    say(describePages(stack));
    say(describeDialIn(stack));
    await aborted(stop);
  } finally {
    if (stop.aborted) say('stopping …');
    await stack.close();
  }
}

async function bringUp({ dev }: StartOptions): Promise<Stack> {
  say('starting …');
  const begunMs = performance.now();
  const stack = await startStack({
    ...realWorld(surroundings),
    runDir: join(repository, '.switchboard', `run-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`),
    code: 'built',
    agentCommand: dev ? 'dev' : 'start',
    people: 'seeded',
    ports: PORTS,
    onReady: (part, tookMs) => say(`  ${part} (${seconds(tookMs)})`),
  });
  say(`everything is up after ${seconds(performance.now() - begunMs)}; placing test calls\n`);
  return stack;
}

/** One after the other: two calls at once on a small machine would measure each other. */
async function placeTestCalls(stack: Stack, rounds: number, stop: AbortSignal): Promise<MeasuredCall[]> {
  const records = new CallRecords(stack.database);
  const caller = await TestCaller.open(stack.sip);
  const placed: MeasuredCall[] = [];
  for (const test of Array.from({ length: rounds }, () => testCalls).flat()) {
    const phone = await caller.place(test, stop);
    if (stop.aborted) break;
    const outcome = outcomeOf(test, phone, await records.of(phone.callId));
    const wrong = surprises(test, outcome);
    if (wrong.length > 0) process.exitCode = 1;
    say(describeCall(outcome, wrong));
    placed.push({ outcome, phone });
  }
  return placed;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (thrown) {
  process.stderr.write(`${coerceError(thrown).message}\n`);
  process.exitCode = 1;
}
