import type { StackProcess } from './process.ts';

/** A part of the stack that can be killed and started again as it was: the same settings, ports and log file. */
export class Revivable {
  readonly #start: () => Promise<StackProcess>;
  #process: StackProcess;
  #closed = false;

  /** @param start starts the part and waits until it is ready; every start must take the same ports */
  static async start(start: () => Promise<StackProcess>): Promise<Revivable> {
    return new Revivable(start, await start());
  }

  private constructor(start: () => Promise<StackProcess>, process: StackProcess) {
    this.#start = start;
    this.#process = process;
  }

  /** The one that runs, or ran last. */
  get process(): StackProcess {
    return this.#process;
  }

  /** SIGKILL for the process and whatever it started: nothing is released, nobody is told. */
  async kill(): Promise<void> {
    this.#process.signal('SIGKILL', 'group');
    await this.#process.exited;
  }

  /** Starts it again, once it is gone. @throws when it does not become ready */
  async revive(): Promise<void> {
    await this.#process.exited;
    const process = await this.#start();
    this.#process = process;
    if (this.#closed) await process.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#process.close();
  }
}
