/**
 * A process of its own that asks for calls to be let in, as a replica of dispatch does: with its role, over its own
 * connections. Run by itself it is that process; `DispatchProcess` starts one and tells it what to do.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import postgres, { type Sql } from 'postgres';
import { z } from 'zod';

const startDeadlineMs = 30_000;

const rushSchema = z.object({
  /** The dialled number of each caller; all of them call at the same moment. */
  called: z.array(z.string()),
  /** Whether each call that is let in ends at once, while others still come in. */
  ending: z.boolean(),
});
export type Rush = z.infer<typeof rushSchema>;

const doneSchema = z.object({
  /** Reasons of those who were refused. */
  refused: z.array(z.string()),
  admitted: z.int(),
});
export type Done = z.infer<typeof doneSchema>;

export class DispatchProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param connections that are open before it returns @throws when it did not start in 30 s */
  static async start(url: string, connections: number): Promise<DispatchProcess> {
    const child = fork(fileURLToPath(import.meta.url), [url, String(connections)], { execArgv: ['--import', 'tsx'] });
    const replica = new DispatchProcess(child);
    try {
      await replica.#message();
      return replica;
    } catch (thrown) {
      await replica.close();
      throw thrown;
    }
  }

  async rush(rush: Rush): Promise<Done> {
    const done = this.#message();
    this.#child.send(rush);
    return doneSchema.parse(await done);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  async #message(): Promise<unknown> {
    const given = new AbortController();
    const signal = AbortSignal.any([given.signal, AbortSignal.timeout(startDeadlineMs)]);
    try {
      return await Promise.race([
        once(this.#child, 'message', { signal }).then(([message]) => message as unknown),
        once(this.#child, 'exit', { signal }).then(([code]) => {
          throw new Error(`the dispatch process went away with ${code}`);
        }),
      ]);
    } finally {
      given.abort();
    }
  }
}

async function admitAll(sql: Sql, { called, ending }: Rush): Promise<Done> {
  const reasons = await Promise.all(
    called.map(async (number) => {
      const id = randomUUID();
      const [decision] = await sql<{ reason: string | null; session_id: string }[]>`
        select * from admit_call(${number}, '+442079460001', ${id}, 'tag', ${`call_${number}_${id}`})`;
      if (decision === undefined) throw new Error('admit_call gave no row');
      if (decision.reason === null && ending)
        await sql`select finished from finish_call(${decision.session_id}, 'caller_hung_up')`;
      return decision.reason;
    }),
  );
  const refused = reasons.filter((reason) => reason !== null);
  return { refused, admitted: reasons.length - refused.length };
}

async function serve(url: string, connections: number): Promise<void> {
  const sql = postgres(url, { max: connections, connection: { role: 'switchboard_dispatch' } });
  await Promise.all(Array.from({ length: connections }, () => sql`select pg_sleep(0.1)`));
  const answer = async (message: unknown) => process.send?.(await admitAll(sql, rushSchema.parse(message)));
  process.on('message', (message) => void answer(message));
  process.once('disconnect', () => void sql.end());
  process.send?.({ ready: true });
}

const [file, url, connections] = process.argv.slice(1);
if (file === fileURLToPath(import.meta.url) && url !== undefined) await serve(url, Number(connections));
