/** The jobs of one shard, by LiveKit's id. A job is accepted (its assignment is to come), then a call or a refused caller. */
import type { SessionId } from '../shared/ids.ts';
import type { RunningCall } from './call.ts';
import type { RunningCourtesy } from './courtesy.ts';

/** An accepted offer that was not followed by its assignment: the server gave the job up. */
const assignmentDeadlineMs = 10_000;

export class ShardJobs {
  readonly #accepted = new Map<string, { readonly offeredMs: number; readonly expiry: NodeJS.Timeout }>();
  readonly #calls = new Map<string, RunningCall>();
  readonly #courtesies = new Map<string, RunningCourtesy>();
  #wake: () => void = () => undefined;

  /** Callers who are here or about to be. */
  get count(): number {
    return this.#calls.size + this.#courtesies.size + this.#accepted.size;
  }

  get calls(): readonly RunningCall[] {
    return [...this.#calls.values()];
  }

  get courtesies(): readonly RunningCourtesy[] {
    return [...this.#courtesies.values()];
  }

  call(jobId: string): RunningCall | undefined {
    return this.#calls.get(jobId);
  }

  accept(jobId: string, offeredMs: number): void {
    const expiry = setTimeout(() => this.assigned(jobId), assignmentDeadlineMs);
    this.#accepted.set(jobId, { offeredMs, expiry });
  }

  /** The job is here, or does not come any more. @returns when it was offered; undefined: it was not, or long ago */
  assigned(jobId: string): number | undefined {
    const accepted = this.#accepted.get(jobId);
    clearTimeout(accepted?.expiry);
    this.#accepted.delete(jobId);
    this.#wake();
    return accepted?.offeredMs;
  }

  keepCall(jobId: string, call: RunningCall): void {
    this.#calls.set(jobId, call);
  }

  keepCourtesy(jobId: string, courtesy: RunningCourtesy): void {
    this.#courtesies.set(jobId, courtesy);
  }

  ended(jobId: string): void {
    this.#calls.delete(jobId);
    this.#courtesies.delete(jobId);
    this.#wake();
  }

  /** Resolves when there is none. To be waited for by one. */
  async none(): Promise<void> {
    while (this.count > 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** The newest run of this call: one that is on its way to another shard may have come back here. */
  callOf(session: SessionId): RunningCall | undefined {
    return this.calls.findLast((call) => call.identity.session === session);
  }

  /** Whether it runs here, and not only until it is elsewhere. */
  isHere(session: SessionId): boolean {
    const runs = this.calls.filter(({ identity }) => identity.session === session);
    return runs.some(({ ends }) => ends.reached === undefined || ends.reached.kind === 'ended');
  }
}
