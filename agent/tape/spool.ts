/**
 * Tapes of calls on the disk of their host, a folder each, until the supervisor has sent them. A shard writes `<name>.open` and
 * renames it to `<name>.taped` when the call is over; one that nobody has written to for a while belongs to a shard that was
 * killed, and is sent as far as it goes. Voices of callers are in it: nobody else may read it, and what was sent is deleted.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { isMissing } from '../../shared/faults.ts';
import { parseJson } from '../../shared/json.ts';

const openEnding = '.open';
const tapedEnding = '.taped';
/** A tape is written to each second. */
const abandonedAfterMs = 30_000;

const aboutSchema = z.object({
  v: z.literal(1),
  session: z.uuid(),
  worker: z.string().min(1),
  beginsAt: z.iso.datetime(),
  sampleRate: z.int().positive(),
  retentionDays: z.int().positive(),
});
/** What has to be known of a tape besides its sound. */
export type AboutTape = Omit<z.infer<typeof aboutSchema>, 'v'>;

export interface WaitingTape {
  readonly name: string;
  readonly folder: string;
  /** Interleaved, two channels of 16 bit. */
  readonly sound: string;
}

export class TapeSpool {
  /** Where tapes go that cannot be sent. */
  readonly bad: string;
  readonly #folder: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(folder: string, clock: Pick<Clock, 'now'>) {
    this.#folder = folder;
    this.#clock = clock;
    this.bad = join(folder, 'bad');
  }

  /** @throws what the file system says */
  async open(about: AboutTape): Promise<TapeFile> {
    const folder = join(this.#folder, `${about.session}-${randomUUID().slice(0, 8)}`);
    await mkdir(`${folder}${openEnding}`, { recursive: true, mode: 0o700 });
    const written = JSON.stringify({ v: 1, ...about });
    await writeFile(join(`${folder}${openEnding}`, 'about.json'), written, { mode: 0o600, flag: 'wx' });
    return new TapeFile(folder);
  }

  /** Those that nobody writes any more. @throws what the file system says */
  async waiting(): Promise<WaitingTape[]> {
    const names = await readdir(this.#folder).catch(noneIfMissing);
    const over: string[] = [];
    for (const name of names.sort())
      if (name.endsWith(tapedEnding) || (name.endsWith(openEnding) && (await this.#isAbandoned(name)))) over.push(name);
    return over.map((name) => ({ name, folder: join(this.#folder, name), sound: join(this.#folder, name, soundName) }));
  }

  /** @throws Error when it is torn, or of another version */
  async about({ folder }: WaitingTape): Promise<AboutTape> {
    return aboutSchema.parse(parseJson(await readFile(join(folder, 'about.json'), 'utf8')));
  }

  /** False: another supervisor sharing the folder has sent it. */
  isThere({ folder }: WaitingTape): boolean {
    return existsSync(folder);
  }

  async delete({ folder }: WaitingTape): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  async setAside({ folder, name }: WaitingTape): Promise<void> {
    await mkdir(this.bad, { recursive: true, mode: 0o700 });
    await rename(folder, join(this.bad, name));
  }

  async #isAbandoned(name: string): Promise<boolean> {
    const folder = join(this.#folder, name);
    // Before the first second there is no sound yet.
    const { mtimeMs } = await stat(join(folder, soundName)).catch(() => stat(folder));
    return this.#clock.now() - mtimeMs > abandonedAfterMs;
  }
}

const soundName = 'sound.pcm';
/** A disk that is so far behind will not catch up, and memory is for calls. */
const mostUnwrittenBytes = 4 * 1024 * 1024;

/** The tape of a call that lasts. */
export class TapeFile {
  readonly #folder: string;
  readonly #sound: WriteStream;
  #failure: Error | undefined;

  /** @param folder without its ending; with `.open` it is there already */
  constructor(folder: string) {
    this.#folder = folder;
    this.#sound = createWriteStream(join(`${folder}${openEnding}`, soundName), { mode: 0o600 });
    this.#sound.on('error', (cause) => {
      this.#failure = cause;
    });
  }

  /** Why it goes no further. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  append(block: Int16Array): void {
    if (this.#failure !== undefined) return;
    if (this.#sound.writableLength > mostUnwrittenBytes) {
      this.#sound.destroy(new Error('the disk is too slow for it'));
      return;
    }
    this.#sound.write(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
  }

  /** What there is of it is sent from now on. @throws what the file system says */
  async close(): Promise<void> {
    if (this.#failure === undefined) {
      this.#sound.end();
      await finished(this.#sound);
    }
    await rename(`${this.#folder}${openEnding}`, `${this.#folder}${tapedEnding}`);
  }
}

function noneIfMissing(thrown: unknown): string[] {
  if (isMissing(thrown)) return [];
  throw thrown;
}
