/**
 * Records of ended calls that the database could not take yet, a file each. A shard puts them here, the supervisor sends them
 * (outbox-sender.ts): a shard may be killed a moment later.
 *
 * A file is there whole or not at all: it is written under another name, flushed to the disk, then renamed. What a writer
 * left behind that was killed in between is taken up after a while, and set aside when it is torn. Words of callers are in
 * it: nobody else may read the folder, and what was delivered is deleted.
 */
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import { isMissing } from '../shared/faults.ts';
import { parseJson } from '../shared/json.ts';
import type { FinishedCall } from './deliver.ts';

const ending = '.json';
const partialEnding = '.json.partial';
/** A writer that lives is done by then. */
const abandonedAfterMs = 10_000;
const jsonObjectSchema = z.record(z.string(), z.json());

const finishedCallSchema = z
  .object({
    v: z.literal(1),
    adopt: jsonObjectSchema.optional(),
    finish: z.object({
      p_session_id: z.uuid(),
      p_end_reason: z.string(),
      p_record: jsonObjectSchema,
      p_worker: z.string(),
    }),
  })
  .transform(({ adopt, finish }): FinishedCall => ({ finish, ...(adopt && { adopt }) }));

export class Outbox {
  /** Where files go that cannot be sent; moved back by hand they are tried again. */
  readonly bad: string;
  readonly #folder: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(folder: string, clock: Pick<Clock, 'now'>) {
    this.#folder = folder;
    this.#clock = clock;
    this.bad = join(folder, 'bad');
  }

  /** Makes the folder, and makes it private. @throws what the file system says */
  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (((await stat(this.#folder)).mode & 0o077) !== 0) await chmod(this.#folder, 0o700);
  }

  /** Safe against power loss once it resolves. @throws what the file system says, a full disk for one */
  async put(call: FinishedCall): Promise<void> {
    await this.prepare();
    // By time, so that a sorted folder is a queue.
    const name = `${this.#clock.now()}-${call.finish.p_session_id}${ending}`;
    const partial = join(this.#folder, `${name}.partial`);
    try {
      await writeFlushed(partial, JSON.stringify({ v: 1, ...call }));
      await rename(partial, join(this.#folder, name));
    } catch (thrown) {
      await rm(partial, { force: true });
      throw thrown;
    }
    await flushFolder(this.#folder);
  }

  /** Names of what waits, oldest first. @throws what the file system says */
  async waiting(): Promise<string[]> {
    const names: string[] = [];
    for (const name of await readdir(this.#folder)) {
      if (name.endsWith(ending)) names.push(name);
      else if (name.endsWith(partialEnding) && (await this.#isAbandoned(name))) names.push(await this.#takeUp(name));
    }
    return names.sort();
  }

  /** Undefined: it cannot be read, or is not there any more. */
  async read(name: string): Promise<FinishedCall | 'unreadable' | 'gone'> {
    try {
      const parsed = finishedCallSchema.safeParse(parseJson(await readFile(join(this.#folder, name), 'utf8')));
      return parsed.success ? parsed.data : 'unreadable';
    } catch (thrown) {
      if (isMissing(thrown)) return 'gone';
      throw thrown;
    }
  }

  async delete(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
  }

  /** Moves what cannot be sent out of the way of the rest. */
  async setAside(name: string): Promise<void> {
    await mkdir(this.bad, { recursive: true, mode: 0o700 });
    await rename(join(this.#folder, name), join(this.bad, name));
  }

  async #isAbandoned(partial: string): Promise<boolean> {
    const { mtimeMs } = await stat(join(this.#folder, partial)).catch((thrown: unknown) => {
      // Its writer was just done with it.
      if (isMissing(thrown)) return { mtimeMs: Number.POSITIVE_INFINITY };
      throw thrown;
    });
    return this.#clock.now() - mtimeMs > abandonedAfterMs;
  }

  async #takeUp(partial: string): Promise<string> {
    const name = partial.slice(0, -'.partial'.length);
    await rename(join(this.#folder, partial), join(this.#folder, name));
    return name;
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The new name is on the disk only when its folder is. */
async function flushFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
