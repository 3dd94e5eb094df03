/**
 * Makes recordings of the tapes that wait on the disk and sends them to the database, one after the other: a host has calls to
 * carry. Done by the supervisor, because the shard may be gone; what is left when it stops is for the next start.
 *
 * Two supervisors may share a folder: what one makes of a tape is to the byte what the other makes of it, and what came twice
 * is kept once.
 */
import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { type Database, DatabaseAway } from '../../shared/db.ts';
import { coerceError, isMissing } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { type Repeating, startRepeating } from '../../shared/repeat.ts';
import { RecordTrials } from '../record-trials.ts';
import { encode } from './encode.ts';
import type { AboutTape, TapeSpool, WaitingTape } from './spool.ts';

const lookEveryMs = 2_000;
/** About a minute of speech: small beside what else the database is asked meanwhile. */
const partBytes = 192 * 1024;
const bytesPerSample = 4;
/** The record of its call may wait in the outbox. */
const callDeadlineMs = 24 * 3600 * 1000;
const keptSchema = z.object({ kept: z.boolean(), reason: z.enum(['no_call', 'too_old']).nullable() });

export interface TapeSenderOptions {
  readonly spool: TapeSpool;
  readonly database: Pick<Database, 'row'>;
  readonly clock: Clock;
  readonly log: Logger;
}

type Sent = 'sent' | 'later' | 'never';

export class TapeSender {
  readonly #options: TapeSenderOptions;
  readonly #rounds: Repeating;
  readonly #trials: RecordTrials;
  #closing = false;
  #said = '';

  constructor(options: TapeSenderOptions) {
    this.#options = options;
    this.#trials = new RecordTrials(options.clock);
    this.#rounds = startRepeating(lookEveryMs, () => this.#round(() => !this.#closing));
  }

  /** Sends what came last, too: nobody may start here again. Begins no tape after `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    this.#closing = true;
    await this.#rounds.close();
    const { clock, spool, log } = this.#options;
    const untilMs = clock.monotonicMs() + deadlineMs;
    this.#trials.hurry();
    await this.#round(() => clock.monotonicMs() < untilMs);
    const left = await spool.waiting();
    if (left.length > 0) log.error({ left: left.length }, 'recordings of calls are left on disk for the next start');
  }

  /** Never throws. */
  async #round(goesOn: () => boolean): Promise<void> {
    try {
      for (const tape of await this.#options.spool.waiting())
        if (goesOn() && this.#trials.isDue(tape.name)) await this.#send(tape);
    } catch (thrown) {
      this.#sayOnce(
        thrown,
        thrown instanceof DatabaseAway ? 'recordings wait for the database' : 'tapes cannot be read',
      );
    }
  }

  /** @throws DatabaseAway */
  async #send(tape: WaitingTape): Promise<void> {
    const { spool, log } = this.#options;
    try {
      const about = await spool.about(tape);
      const fields = { session: about.session, worker: about.worker };
      const sent = await this.#deliver(tape, about);
      if (sent === 'later') return;
      await spool.delete(tape);
      this.#trials.over(tape.name);
      this.#said = '';
      if (sent === 'sent') log.info(fields, 'recording delivered');
      else log.warn(fields, 'a recording is thrown away: its call is not known, or its time is over');
    } catch (thrown) {
      if (thrown instanceof DatabaseAway) throw thrown;
      if (spool.isThere(tape)) await this.#failed(tape, coerceError(thrown));
    }
  }

  async #failed(tape: WaitingTape, cause: Error): Promise<void> {
    const { spool, log } = this.#options;
    if (this.#trials.failed(tape.name) === 'wait') return this.#sayOnce(cause, 'a recording cannot be kept yet');
    await spool.setAside(tape);
    this.#trials.over(tape.name);
    log.error({ err: cause, tape: tape.name, folder: spool.bad }, 'a recording cannot be kept: it is set aside');
  }

  async #deliver(tape: WaitingTape, about: AboutTape): Promise<Sent> {
    const { size } = await stat(tape.sound);
    const lengthMs = Math.round((size / bytesPerSample / about.sampleRate) * 1000);
    if (lengthMs === 0) return 'sent';
    const path = await madeOf(tape, about);
    await using sound = await open(path);
    const parts = Math.ceil((await sound.stat()).size / partBytes);
    const { beginsAt: begins_at, retentionDays: retention_days } = about;
    const recording = { begins_at, retention_days, length_ms: lengthMs, parts };
    for (let part = 1; part <= parts; part++) {
      const { buffer, bytesRead } = await sound.read(Buffer.alloc(partBytes), 0, partBytes, (part - 1) * partBytes);
      const p_sound = buffer.subarray(0, bytesRead).toString('base64');
      const args = {
        p_session_id: about.session,
        p_worker: about.worker,
        p_recording: recording,
        p_part: part,
        p_sound,
      };
      const { reason } = await this.#options.database.row('keep_recording', args, keptSchema);
      if (reason === 'too_old') return 'never';
      if (reason === 'no_call')
        return this.#options.clock.now() - Date.parse(begins_at) > callDeadlineMs ? 'never' : 'later';
    }
    return 'sent';
  }

  #sayOnce(thrown: unknown, message: string): void {
    if (message !== this.#said) this.#options.log.warn({ err: coerceError(thrown) }, message);
    this.#said = message;
  }
}

/** The recording of a tape, made now unless it is there. @returns its path */
async function madeOf({ folder, sound: from }: WaitingTape, { sampleRate }: AboutTape): Promise<string> {
  const path = join(folder, 'sound.ogg');
  const there = await stat(path).catch((thrown: unknown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
  if (there !== undefined) return path;
  const partial = `${path}.${process.pid}`;
  await encode({ from, sampleRate, to: partial });
  await rename(partial, path);
  return path;
}
