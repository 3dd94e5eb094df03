/** npm run faults: every bad day, for real, and what callers noticed of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coerceError } from '../shared/faults.ts';
import { isGreen, type Result } from './faults/fault.ts';
import { faults, faultsNamed } from './faults/list.ts';
import { readOptions, usage } from './faults/options.ts';
import { describeList, describeResult, describeResults } from './faults/printing.ts';
import { reportOf } from './faults/report.ts';
import { runFaults } from './faults/run.ts';
import { dispose } from './line/rtc.ts';
import { repository } from './stack/program.ts';
import { surroundings } from './stack/surroundings.ts';
import { say } from './start/printing.ts';
import { stopSignal } from './start/stop-signal.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const chosen = faultsNamed(options.only);
  if (options.help) return say(usage);
  if (options.list) return say(describeList(chosen));
  const file = options.json ?? (options.only.length === 0 ? 'docs/faults.json' : undefined);
  const stop = stopSignal();
  const rounds: Result[][] = [];
  for (let round = 1; round <= options.times && !stop.aborted; round++) {
    const runDir = join(repository, '.switchboard', `faults-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
    const livekitSip = surroundings['LIVEKIT_SIP_BIN'];
    const started = performance.now();
    const tell = (text: string) => say(`[${Math.round((performance.now() - started) / 1000)} s] ${text}`);
    const results = await runFaults(chosen, {
      runDir,
      code: 'built',
      tell,
      livekitSip,
      mostCallers: options.callers,
      stop,
      onResult: (r) => say(describeResult(r)),
    });
    say(`\n${describeResults(results)}\n`);
    rounds.push(results);
    if (file !== undefined && !stop.aborted)
      writeFileSync(file, `${JSON.stringify(reportOf(rounds, faults.length), null, 2)}\n`);
  }
  if (!rounds.flat().every(isGreen)) process.exitCode = 1;
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`${coerceError(thrown).message}\n`);
  process.exitCode = 1;
}
// The native side of the decoys keeps the process alive until it is told.
await dispose();
