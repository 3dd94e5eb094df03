/**
 * What is said in this shard's calls, kept in the database while they last: a shard that dies takes no words with it, and
 * whoever goes on with a call knows them. One RPC for all calls, half a second after somebody spoke; none while nobody does.
 *
 * With the database away calls lose nothing but this: all that is not noted is sent when it is back, and every record is
 * complete without it.
 */
import { type CallNote, notedSchema } from '../shared/contracts.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import type { CallRecorder } from './record.ts';

/** Question and answer come in pairs, and calls in crowds: one RPC for what was said meanwhile. */
const collectMs = 500;
const againMs = 2_000;

export type NotedRecord = Pick<CallRecorder, 'turns' | 'inherited' | 'usage' | 'onTurn'>;

interface Followed {
  readonly record: NotedRecord;
  /** How many turns of the record, the first ones, the database has. */
  noted: number;
}

export interface NotesParts {
  readonly database: Database;
  readonly worker: string;
  readonly log: Logger;
}

export class Notes {
  readonly #parts: NotesParts;
  readonly #calls = new Map<SessionId, Followed>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #away = false;

  constructor(parts: NotesParts) {
    this.#parts = parts;
  }

  /** @returns stops following */
  follow(session: SessionId, record: NotedRecord): () => void {
    this.#calls.set(session, { record, noted: 0 });
    record.onTurn(() => this.soon());
    return () => void this.#calls.delete(session);
  }

  /** Something may be new. */
  soon(waitMs = collectMs): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, waitMs);
  }

  /** Sends what is new, now: for a shard that goes while its calls go on elsewhere. Never rejects. */
  async flush(deadlineMs: number): Promise<void> {
    try {
      await withDeadline('noting what was said', deadlineMs, this.#send());
    } catch (thrown) {
      this.#parts.log.warn({ err: coerceError(thrown) }, 'the last words of calls were not noted');
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#calls.clear();
  }

  /** One after the other, so that each knows what the one before has sent. Never rejects. */
  #send(): Promise<void> {
    this.#sending = this.#sending.then(() => this.#sendNew());
    return this.#sending;
  }

  async #sendNew(): Promise<void> {
    const notes = this.#newNotes();
    if (notes.length === 0) return;
    const { log } = this.#parts;
    try {
      await this.#sendTogether(notes);
      if (this.#away) log.info('what is said in calls is noted again');
      this.#away = false;
    } catch (thrown) {
      if (!this.#away) log.warn({ err: coerceError(thrown) }, 'what is said in calls cannot be noted: it is kept');
      this.#away = true;
      this.soon(againMs);
    }
  }

  /** @throws DatabaseAway */
  async #sendTogether(notes: readonly CallNote[]): Promise<void> {
    const { database, worker, log } = this.#parts;
    try {
      const rows = await database.rows('note_calls', { p_worker: worker, p_notes: notes }, notedSchema);
      const noted = new Set(rows.filter((row) => row.noted).map(({ sessionId }) => sessionId));
      for (const note of notes) if (noted.has(note.session_id)) this.#keep(note);
    } catch (thrown) {
      if (thrown instanceof DatabaseAway) throw thrown;
      const [first, ...others] = notes;
      if (first !== undefined && others.length === 0) {
        log.error({ err: coerceError(thrown), session: first.session_id }, 'what was said in a call cannot be noted');
        // It would fail the same way each time; the record of the call has it.
        this.#keep(first);
      }
      // One tenant's words that the database does not take must not keep those of others from being noted.
      else for (const note of notes) await this.#sendTogether([note]);
    }
  }

  #keep({ session_id, turns }: CallNote): void {
    const call = this.#calls.get(session_id);
    if (call !== undefined) call.noted = Math.max(call.noted, turns.at(-1)?.position ?? 0);
  }

  #newNotes(): CallNote[] {
    return [...this.#calls].flatMap(([session_id, { record, noted }]) => {
      const before = Math.max(noted, record.inherited);
      const turns = record.turns.slice(before).map((turn, at) => ({ ...turn, position: before + at + 1 }));
      return turns.length === 0 ? [] : [{ session_id, turns, usage: record.usage }];
    });
  }
}
