/** Runs one SIPp scenario against the line: 0 exit code = the call went as the file says. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machineEnv } from '../../dev/stack/surroundings.ts';

export interface SippRun {
  /** From `scenarioOf`. */
  readonly scenario: string;
  readonly sipPort: number;
  readonly called?: string;
  readonly caller?: string;
  /** Further words that the scenario uses in brackets. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Address the scenario sends from; 127.0.0.1 is the one the trunk lists. */
  readonly source?: string;
  /** Port it sends from, for whoever wants to cue it; default: any. */
  readonly sourcePort?: number;
  /** Given: the Call-ID of its call. */
  readonly callId?: string;
  /** Laid beside the scenario by name: what it plays. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const run = promisify(execFile);
const scenarioDeadlineS = 40;

/** @param name file name without `.xml` */
export function scenarioOf(project: 'line' | 'e2e', name: string): string {
  return join(import.meta.dirname, '..', project, 'scenarios', `${name}.xml`);
}

/** @throws with SIPp's own words, and the messages exchanged, when the scenario did not go as written */
export async function sipp(wanted: SippRun): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-sipp-'));
  // SIPp looks for what it plays beside the scenario.
  writeFileSync(join(folder, 'scenario.xml'), readFileSync(wanted.scenario));
  for (const [name, content] of Object.entries(wanted.files ?? {})) writeFileSync(join(folder, name), content);
  try {
    await run('sipp', argumentsOf(wanted), {
      cwd: folder,
      timeout: (scenarioDeadlineS + 5) * 1_000,
      env: { ...machineEnv(), TERM: 'dumb' },
    });
  } catch (cause) {
    const logs = readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => `--- ${name}\n${readFileSync(join(folder, name), 'utf8')}`);
    throw new Error(`${wanted.scenario} did not go as written\n${logs.join('\n')}`, { cause });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function argumentsOf({ called = '', caller = '+39061234567', source = '127.0.0.1', keys = {}, ...wanted }: SippRun) {
  return [
    ...['-sf', 'scenario.xml', '-i', source, '-m', '1', '-l', '1', '-nostdin'],
    ...(wanted.sourcePort === undefined ? [] : ['-p', String(wanted.sourcePort)]),
    ...(wanted.callId === undefined ? [] : ['-cid_str', wanted.callId]),
    ...Object.entries({ called, caller, ...keys }).flatMap(([word, value]) => ['-key', word, value]),
    ...['-timeout', `${scenarioDeadlineS}s`, '-timeout_error', '-default_behaviors', '-bye'],
    ...['-trace_err', '-error_file', 'errors.log', '-trace_msg', '-message_file', 'messages.log'],
    `127.0.0.1:${wanted.sipPort}`,
  ];
}
