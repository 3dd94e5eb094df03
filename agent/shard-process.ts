/** Starts and watches the process of one shard. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Environment } from '../shared/env.ts';
import type { ConfigNews } from './config-poller.ts';
import type { Privileges } from './privileges.ts';
import type { SentRow } from './remembered-rows.ts';
import type { ShardCode } from './shard-code.ts';
import { parseNotice, type ShardNotice, type ShardOrder } from './shard-orders.ts';

export interface ShardProcessOptions {
  readonly name: string;
  /** Under this name it holds its calls in SQL. */
  readonly worker: string;
  /** Settings for the shard, sent over the channel. */
  readonly settings: Readonly<Record<string, string>>;
  /** The process environment it runs in: the machine's, without settings and keys. */
  readonly environment: Environment;
  readonly privileges: Privileges;
  readonly code: ShardCode;
  /** What earlier shards knew of numbers. */
  readonly remembered: readonly SentRow[];
  /** Hears of each number that the shard read. */
  onLearned(called: string, row: unknown): void;
}

export class ShardProcess {
  readonly name: string;
  readonly worker: string;
  readonly startedMs = performance.now();
  /** Resolves when the shard has registered; never if it does not. */
  readonly ready: Promise<void>;
  /** Resolves when something broke in the shard that it survived; never if nothing does. */
  readonly tainted: Promise<void>;
  /** Resolves with how it went: "exit code 0", "signal SIGKILL". */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  #isReady = false;

  constructor(options: ShardProcessOptions) {
    this.name = options.name;
    this.worker = options.worker;
    const { code, privileges, environment } = options;
    const command = privileges.command(code.execArgv);
    this.#child = fork(code.entry, [], { env: { ...environment }, ...command });
    this.#child.on('message', (message) => {
      const notice = parseNotice(message);
      if (notice.kind === 'learned') options.onLearned(notice.called, notice.row);
      if (notice.kind === 'ready') this.#isReady = true;
    });
    this.ready = this.#told('ready');
    this.tainted = this.#told('tainted');
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    const { name, worker, settings: settingsOfShard, remembered } = options;
    this.#send({ kind: 'start', name, worker, environment: settingsOfShard, remembered: [...remembered] });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It has registered, and runs still. */
  get isReady(): boolean {
    return this.#isReady && this.#child.connected;
  }

  /** What changed in configurations. */
  tell(news: ConfigNews): void {
    this.#send({ kind: 'changed', news });
  }

  /** @param written a row of `take_probe` */
  probe(written: unknown): void {
    this.#send({ kind: 'probe', written });
  }

  drain(): void {
    this.#send({ kind: 'drain' });
  }

  leave(): void {
    this.#send({ kind: 'leave' });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #told(kind: ShardNotice['kind']): Promise<void> {
    return new Promise((resolve) => {
      this.#child.on('message', (message) => {
        if (parseNotice(message).kind === kind) resolve();
      });
    });
  }

  /** A shard that is gone is noticed by its exit, not by the message that it can no longer take. */
  #send(order: ShardOrder): void {
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }
}
