/** What the processes of a stack wrote into their log files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LogLine, parseLogLine } from '../../dev/stack/process.ts';
import type { Stack } from '../../dev/stack/stack.ts';
import { waitFor } from '../../dev/stack/wait.ts';

export type { LogLine };

const lineDeadlineMs = 40_000;

/** The JSON lines of these processes, in order per process. */
export function linesOf({ runDir }: Pick<Stack, 'runDir'>, ...processes: readonly string[]): LogLine[] {
  return processes.flatMap((name) =>
    readFileSync(join(runDir, 'logs', `${name}.log`), 'utf8')
      .split('\n')
      .map(parseLogLine)
      .filter((line) => line !== undefined),
  );
}

/** Waits for a line of that process for which the condition holds. */
export async function line(
  stack: Pick<Stack, 'runDir'>,
  process: string,
  what: string,
  isWanted: (line: LogLine) => boolean,
): Promise<LogLine> {
  return waitFor(() => linesOf(stack, process).find(isWanted), {
    what: `${what} in the log of ${process}`,
    deadlineMs: lineDeadlineMs,
    intervalMs: 100,
  });
}

/** Every log file of the stack by name, as text. */
export function logTexts({ runDir }: Pick<Stack, 'runDir'>): Map<string, string> {
  const folder = join(runDir, 'logs');
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
