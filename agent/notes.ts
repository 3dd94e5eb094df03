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

export type NotedRecord = Pick<CallRecorder, 'turns' | 'inherited' | 'usage' | 'language' | 'onNews'>;

interface Followed {
  readonly record: NotedRecord;
  /** How many turns of the record, the first ones, the database has. */
  noted: number;
  notedLanguage: string | undefined;
}

/** A call that comes back to this shard before its last run here is over has two records: each note is of one of them. */
interface News {
  readonly note: CallNote;
  readonly of: Followed;
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
    const followed: Followed = { record, noted: 0, notedLanguage: undefined };
    this.#calls.set(session, followed);
    record.onNews(() => this.soon());
    return () => {
      if (this.#calls.get(session) === followed) this.#calls.delete(session);
    };
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
    const news = this.#news();
    if (news.length === 0) return;
    const { log } = this.#parts;
    try {
      await this.#sendTogether(news);
      if (this.#away) log.info('what is said in calls is noted again');
      this.#away = false;
    } catch (thrown) {
      if (!this.#away) log.warn({ err: coerceError(thrown) }, 'what is said in calls cannot be noted: it is kept');
      this.#away = true;
      this.soon(againMs);
    }
  }

  /** @throws DatabaseAway */
  async #sendTogether(news: readonly News[]): Promise<void> {
    const { database, worker, log } = this.#parts;
    try {
      const notes = news.map(({ note }) => note);
      const rows = await database.rows('note_calls', { p_worker: worker, p_notes: notes }, notedSchema);
      const noted = new Set(rows.filter((row) => row.noted).map(({ sessionId }) => sessionId));
      for (const one of news) if (noted.has(one.note.session_id)) keep(one);
    } catch (thrown) {
      if (thrown instanceof DatabaseAway) throw thrown;
      const [first, ...others] = news;
      if (first !== undefined && others.length === 0) {
        const session = first.note.session_id;
        log.error({ err: coerceError(thrown), session }, 'what was said in a call cannot be noted');
        // It would fail the same way each time; the record of the call has it.
        keep(first);
      }
      // One tenant's words that the database does not take must not keep those of others from being noted.
      else for (const one of news) await this.#sendTogether([one]);
    }
  }

  #news(): News[] {
    return [...this.#calls].flatMap(([session_id, of]) => {
      const { turns: said, inherited, usage, language } = of.record;
      const before = Math.max(of.noted, inherited);
      const turns = said.slice(before).map((turn, at) => ({ ...turn, position: before + at + 1 }));
      const switched = language !== of.notedLanguage;
      if (turns.length === 0 && !switched) return [];
      return [{ note: { session_id, turns, usage, ...(switched && { language }) }, of }];
    });
  }
}

/** It is not sent again. */
function keep({ note: { turns, language }, of }: News): void {
  of.noted = Math.max(of.noted, turns.at(-1)?.position ?? 0);
  of.notedLanguage = language ?? of.notedLanguage;
}
