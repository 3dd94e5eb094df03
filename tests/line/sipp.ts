/** Runs one SIPp scenario of tests/line/scenarios against the target. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machineEnv } from '../../dev/stack/surroundings.ts';

export interface SippRun {
  /** File name without `.xml`. */
  readonly scenario: string;
  readonly sipPort: number;
  readonly called: string;
  readonly caller?: string;
  /** Further words that the scenario uses in brackets. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Address the scenario sends from; 127.0.0.1 is the one the trunk lists. */
  readonly source?: string;
}

const run = promisify(execFile);
const scenarios = join(import.meta.dirname, 'scenarios');
const scenarioDeadlineS = 40;

/** @throws with SIPp's own words, and the messages exchanged, when the scenario did not go as written */
export async function sipp(wanted: SippRun): Promise<void> {
  const { scenario, sipPort, called, caller = '+39061234567', source = '127.0.0.1', keys = {} } = wanted;
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-sipp-'));
  const file = (name: string): string => join(folder, name);
  const args = [
    ...['-sf', join(scenarios, `${scenario}.xml`), '-i', source, '-m', '1', '-l', '1', '-nostdin'],
    ...Object.entries({ called, caller, ...keys }).flatMap(([word, value]) => ['-key', word, value]),
    ...['-timeout', `${scenarioDeadlineS}s`, '-timeout_error', '-default_behaviors', '-bye'],
    ...['-trace_err', '-error_file', file('errors.log'), '-trace_msg', '-message_file', file('messages.log')],
    `127.0.0.1:${sipPort}`,
  ];
  try {
    await run('sipp', args, {
      cwd: folder,
      timeout: (scenarioDeadlineS + 5) * 1_000,
      env: { ...machineEnv(), TERM: 'dumb' },
    });
  } catch (cause) {
    const logs = readdirSync(folder).map((name) => `--- ${name}\n${readFileSync(file(name), 'utf8')}`);
    throw new Error(`${scenario} did not go as written\n${logs.join('\n')}`, { cause });
  }
}
