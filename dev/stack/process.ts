/**
 * One child process of the local stack: started in a process group of its own, its output kept in a log file, stopped by
 * SIGTERM and then SIGKILL. Only groups started here are ever signalled.
 *
 * A child leads its own group so that Ctrl-C in the terminal reaches only us: we stop the parts in order, and a part that
 * forks (the agent's shards) goes with its leader.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, openSync, readFileSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { coerceError, withDeadline } from '../../shared/faults.ts';
import { type ChildEnv, machineEnv } from './surroundings.ts';
import { waitFor } from './wait.ts';

export interface ProcessOptions {
  /** Names the log file and every error. */
  name: string;
  command: string;
  args: readonly string[];
  /** Added to the machine's own variables; nothing else of our environment is handed on. */
  env?: ChildEnv;
  /** Folder of this run: the log goes to `<runDir>/logs/<name>.log`. */
  runDir: string;
  cwd?: string;
  /** How long a SIGTERM may take before SIGKILL follows. */
  graceMs?: number;
}

/** A log line of one of our own programs, parsed. */
export type LogLine = Record<string, unknown>;

export interface StackProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process is gone, however it went; never rejects. */
  readonly exited: Promise<string>;
  /** Every JSON line that it printed so far. */
  lines(): readonly LogLine[];
  /** Sends a signal to the process alone, or to everything that it started as well. A process that is gone hears nothing. */
  signal(signal: NodeJS.Signals, to?: 'leader' | 'group'): void;
  /** Waits for a JSON log line whose `msg` is `message`, also one that was already written. */
  logged(message: string, deadlineMs: number): Promise<LogLine>;
  /** Waits until `condition` holds; fails early, with the end of the log, when the process exits first. */
  until(what: string, deadlineMs: number, condition: () => boolean | Promise<boolean>): Promise<void>;
  /** For a program that does one thing and ends. @throws with the end of its log when it fails or takes longer */
  succeeded(deadlineMs: number): Promise<void>;
  /** Ends the process and whatever it started. Safe to call twice. */
  close(): Promise<void>;
}

const LOG_TAIL_LINES = 15;
const DEFAULT_GRACE_MS = 5_000;
const KILL_DEADLINE_MS = 5_000;
/** How the end of a program that did its work is described. */
const SUCCESS = 'exit code 0';

/** Groups that may still run: should we exit without closing them, they are killed on the way out. */
const running = new Set<number>();
process.on('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
});

/** Starts a program. Resolves once it has a process id, which says nothing yet about it being ready. */
export async function startProcess(options: ProcessOptions): Promise<StackProcess> {
  const logFile = join(options.runDir, 'logs', `${options.name}.log`);
  mkdirSync(join(options.runDir, 'logs'), { recursive: true });
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...machineEnv(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = await spawned(child, options);
  running.add(pid);
  const output = new Output(child, createWriteStream(logFile, { fd: openSync(logFile, 'a') }));
  return new Child({ pid, logFile, output, name: options.name, graceMs: options.graceMs ?? DEFAULT_GRACE_MS });
}

async function spawned(child: ChildProcess, { name, command }: ProcessOptions): Promise<{ pid: number }> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`${name}: could not start ${command}`, { cause })));
  });
  if (child.pid === undefined) throw new Error(`${name}: ${command} started without a process id`);
  return { pid: child.pid };
}

/** Copies what a child prints into its log file and keeps the JSON lines for those who wait for one. */
class Output {
  readonly #lines: LogLine[] = [];
  /** Settles with "exit code 1" or "signal SIGKILL" once the child is gone and its output is in the file. */
  readonly ended: Promise<string>;
  /** How the child ended, or undefined while it runs. */
  end: string | undefined;

  constructor(child: ChildProcess, log: WriteStream) {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line, log));
    }
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.end = signal ? `signal ${signal}` : `exit code ${code}`;
      });
      child.once('close', () => log.end(() => resolve(this.end ?? 'unknown')));
    });
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  find(message: string): LogLine | undefined {
    return this.#lines.find((line) => line.msg === message);
  }

  #keep(line: string, log: WriteStream): void {
    log.write(`${line}\n`);
    const parsed = parseLogLine(line);
    if (parsed) this.#lines.push(parsed);
  }
}

interface ChildState {
  name: string;
  pid: number;
  logFile: string;
  output: Output;
  graceMs: number;
}

class Child implements StackProcess {
  readonly #state: ChildState;
  #closing: Promise<void> | undefined;

  constructor(state: ChildState) {
    this.#state = state;
    void this.exited.then(() => running.delete(state.pid));
  }

  get name(): string {
    return this.#state.name;
  }
  get pid(): number {
    return this.#state.pid;
  }
  get logFile(): string {
    return this.#state.logFile;
  }
  get exited(): Promise<string> {
    return this.#state.output.ended;
  }

  lines(): readonly LogLine[] {
    return this.#state.output.lines;
  }

  signal(signal: NodeJS.Signals, to: 'leader' | 'group' = 'leader'): void {
    if (this.#state.output.end === undefined) send(signal, to === 'group' ? -this.pid : this.pid);
  }

  async logged(message: string, deadlineMs: number): Promise<LogLine> {
    await this.until(`its log line "${message}"`, deadlineMs, () => this.#state.output.find(message) !== undefined);
    return this.#state.output.find(message) ?? {};
  }

  async until(what: string, deadlineMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
    const { output } = this.#state;
    try {
      await waitFor(
        async () => {
          if (await condition()) return true;
          if (output.end !== undefined) throw new Error(`it ended with ${output.end} before ${what}`);
          return false;
        },
        { what, deadlineMs },
      );
    } catch (cause) {
      throw this.#failure('did not become ready', cause);
    }
  }

  async succeeded(deadlineMs: number): Promise<void> {
    try {
      const end = await withDeadline(this.name, deadlineMs, this.exited);
      if (end !== SUCCESS) throw new Error(`it ended with ${end}`);
    } catch (cause) {
      await this.close();
      throw this.#failure('did not do its work', cause);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  async #stop(): Promise<void> {
    const { pid, graceMs, name } = this.#state;
    signalGroup(pid, 'SIGTERM');
    const stopped = await Promise.race([this.exited.then(() => true), elapsed(graceMs)]);
    // The leader may have gone while a child of its own did not: the group is killed either way.
    signalGroup(pid, 'SIGKILL');
    if (!stopped && !(await Promise.race([this.exited.then(() => true), elapsed(KILL_DEADLINE_MS)]))) {
      throw new Error(`${name} (process ${pid}) is still there ${KILL_DEADLINE_MS} ms after SIGKILL`);
    }
  }

  #failure(what: string, cause: unknown): Error {
    return new Error(`${this.name} ${what}: ${coerceError(cause).message}\n${this.#logTail()}`, { cause });
  }

  #logTail(): string {
    const lines = readFileSync(this.#state.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
    return `last lines of ${this.#state.logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  }
}

/** A line of JSON that is an object, else undefined: other programs print plain text, which is only kept. */
export function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isLogLine(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isLogLine(value: unknown): value is LogLine {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Resolves to false after that time; the timer keeps nobody alive. */
function elapsed(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  send(signal, -pid);
}

/** @param pid negative: the whole group, as kill(2) has it */
function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: there is nobody left to hear it.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
