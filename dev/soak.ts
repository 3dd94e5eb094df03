/** npm run soak: calls and mishaps for as long as you like, and whatever they leave behind. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tableOf } from '../shared/columns.ts';
import { coerceError } from '../shared/faults.ts';
import { World } from './faults/world.ts';
import { dispose } from './line/rtc.ts';
import { compareBooks, lastingDifferences } from './soak/books.ts';
import { Callers } from './soak/callers.ts';
import { mishaps } from './soak/mishaps.ts';
import { readOptions, type SoakOptions, usage } from './soak/options.ts';
import { Processes, type Trend } from './soak/processes.ts';
import { Chance } from './soak/random.ts';
import { repository } from './stack/program.ts';
import { say } from './start/printing.ts';
import { stopSignal } from './start/stop-signal.ts';

const minuteMs = 60_000;
const mishapEveryMs = { least: 20_000, most: 45_000 };
/** Sockets come and go; a process that keeps more than this is losing them. */
const handlesGrowth = 2;
const settleMs = 20_000;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(usage);
  const stop = stopSignal();
  const runDir = join(repository, '.switchboard', `soak-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  say(`seed ${options.seed}; bringing the platform up …`);
  await using world = await World.open({ runDir, code: 'built', tell: say });
  const report = await soak(world, options, stop);
  say(report.leaks.length === 0 ? '✓ nothing was left behind' : `✗ left behind:\n  ${report.leaks.join('\n  ')}`);
  if (options.json) say(JSON.stringify({ seed: options.seed, ...report }));
  if (report.leaks.length > 0) process.exitCode = 1;
}

async function soak(world: World, options: SoakOptions, stop: AbortSignal) {
  const chance = new Chance(options.seed);
  const over = new AbortController();
  const end = () => over.abort();
  stop.addEventListener('abort', end, { once: true });
  const timer = setTimeout(end, options.minutes * minuteMs);
  const callers = new Callers(world, new Chance(options.seed + 1));
  const processes = new Processes(world);
  const running = Promise.all([
    callers.run(minuteMs / options['calls-per-minute'], over.signal),
    options.calm ? undefined : keepBreaking(world, chance, over.signal),
  ]);
  // A fault of the soak itself ends it at once; it is thrown where `running` is awaited.
  running.catch(end);
  for (let minute = 1; !over.signal.aborted; minute++) {
    await pause(minuteMs, over.signal);
    say(await describeMinute(minute, world, callers, processes.read(minute)));
  }
  clearTimeout(timer);
  await running;
  const slots = await world.slotsLeft();
  await delay(settleMs);
  const trends = processes.read(options.minutes + 1);
  return {
    calls: callers.tally,
    processes: trends,
    leaks: [
      ...(slots > 0 ? [`${slots} slots`] : []),
      ...(await compareBooks(world)).outOfStep,
      ...trends
        .filter(({ handles, handlesFirst }) => handles > handlesFirst * handlesGrowth)
        .map(({ name, handles, handlesFirst }) => `${name}: ${handles} handles, ${handlesFirst} at first`),
    ],
  };
}

async function keepBreaking(world: World, chance: Chance, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await pause(chance.between(mishapEveryMs.least, mishapEveryMs.most), stop);
    if (stop.aborted) return;
    const mishap = chance.pick(mishaps);
    say(`    ${mishap.name}`);
    await mishap.run(world, chance);
  }
}

async function describeMinute(
  minute: number,
  world: World,
  callers: Callers,
  trends: readonly Trend[],
): Promise<string> {
  const { calls, answered, refused, lost, skipped } = callers.tally;
  const head = `minute ${minute}: ${calls} calls, ${answered} answered, ${refused} refused, ${lost} lost, ${skipped} not dialled`;
  const rows = trends.map(({ name, pssMb, pssMbPerHour, handles }) => [
    `  ${name}`,
    `${pssMb} MB`,
    pssMbPerHour === null ? '' : `${pssMbPerHour} MB/h`,
    `${handles} handles`,
  ]);
  return [head, await booksLine(world), tableOf(rows)].join('\n');
}

async function booksLine(world: World): Promise<string> {
  try {
    const { rooms, rows, held } = await compareBooks(world);
    const lasting = await lastingDifferences(world, settleMs);
    return [`  rooms ${rooms}, rows ${rows}, held by shards ${held}, out of step ${lasting.length}`, ...lasting].join(
      '\n    ',
    );
  } catch (thrown) {
    return `  the books could not be compared: ${coerceError(thrown).message}`;
  }
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  const woken = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([delay(ms), woken]);
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`${coerceError(thrown).message}\n`);
  process.exitCode = 1;
}
// The native side of the phone line's library keeps the process alive until it is told.
await dispose();
