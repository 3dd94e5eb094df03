/** Who of the agents' workers is there, and whether anybody could have said so: what a box goes by instead of rows. */
import { z } from 'zod';

/** What a worker says of itself with each renewal. */
export const workerStatusSchema = z.object({
  pool: z.string(),
  version: z.string(),
  capacity: z.number(),
  calls: z.number(),
  load: z.number(),
  draining: z.boolean(),
});
export type WorkerStatus = z.infer<typeof workerStatusSchema>;

const seenMs = 15_000;
const pauseMs = 5_000;
const graceMs = 10_000;

export class Workers {
  readonly #nowMs: () => number;
  readonly #workers = new Map<string, WorkerStatus & { readonly seenAtMs: number }>();
  /** When somebody last asked for lost calls, and since when somebody asks without a pause. */
  #askedAtMs: number;
  #resumedAtMs: number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#askedAtMs = nowMs();
    this.#resumedAtMs = nowMs();
  }

  report(worker: string, status: WorkerStatus): void {
    this.#workers.set(worker, { ...status, seenAtMs: this.#nowMs() });
  }

  remove(worker: string): void {
    this.#workers.delete(worker);
  }

  /** Somebody asks for lost calls. After a pause nobody could renew anything for a while: this process was not there. */
  beat(): void {
    if (this.#askedAtMs < this.#nowMs() - pauseMs) this.#resumedAtMs = this.#nowMs();
    this.#askedAtMs = this.#nowMs();
  }

  get inGrace(): boolean {
    return this.#askedAtMs < this.#nowMs() - pauseMs || this.#resumedAtMs > this.#nowMs() - graceMs;
  }

  /** Workers report themselves each 5 s. After a start nobody has yet, and calls come in all the same. */
  isServed(pool: string): boolean {
    if (this.inGrace) return true;
    return [...this.#workers.values()].some(
      (worker) => worker.pool === pool && !worker.draining && worker.seenAtMs > this.#nowMs() - seenMs,
    );
  }
}
