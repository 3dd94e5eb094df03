/**
 * What one call's agent writes down for people. A ticket that was promised to a caller is not lost to a database that is away
 * for a moment: it is tried again for as long as the call lasts, and a little longer. Trying twice opens one, by its id.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openedTicketSchema, type TicketDraft } from '../shared/contracts.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';

/** How long a caller waits for the database before the agent goes on. */
const patienceMs = 2_500;
const pauseMs = 1_000;
/** A worker that could not reach the database takes its call later than its first ticket may come. */
const refusalsWaitedOut = 5;
/** After the call is over. */
export const ticketsDeadlineMs = 30_000;

/** `later`: written down, and still on its way. `lost`: the database does not take it. */
export type Opened = 'opened' | 'later' | 'lost';

export interface TicketsParts {
  readonly session: SessionId;
  readonly worker: string;
  readonly database: Database;
  readonly log: Logger;
}

export class Tickets {
  readonly #parts: TicketsParts;
  readonly #open = new Set<Promise<unknown>>();
  readonly #late: (() => Omit<TicketDraft, 'id'> | undefined)[] = [];
  readonly #giveUp = new AbortController();
  #count = 0;

  constructor(parts: TicketsParts) {
    this.#parts = parts;
  }

  /** How many this call has written so far. */
  get count(): number {
    return this.#count;
  }

  /** Returns when it is open, or soon. Never throws. */
  async open(draft: Omit<TicketDraft, 'id'>): Promise<Opened> {
    this.#count++;
    const opening = this.#untilOpen({ ...draft, id: randomUUID() });
    this.#open.add(opening);
    void opening.finally(() => this.#open.delete(opening));
    return await Promise.race([opening, pause(patienceMs, 'later' as const, { ref: false })]);
  }

  /** Writes what is only known when everybody has stopped talking. */
  atClose(draft: () => Omit<TicketDraft, 'id'> | undefined): void {
    this.#late.push(draft);
  }

  /** Waits for what is still on its way. Belongs between the end of the talk and the settlement. */
  async close(): Promise<void> {
    for (const draft of this.#late.map((late) => late())) if (draft !== undefined) void this.open(draft);
    try {
      await withDeadline('opening the tickets', ticketsDeadlineMs - 1_000, Promise.all(this.#open));
    } finally {
      this.#giveUp.abort();
    }
  }

  async #untilOpen(ticket: TicketDraft): Promise<'opened' | 'lost'> {
    const { session, worker, database, log } = this.#parts;
    const args = { p_session_id: session, p_worker: worker, p_ticket: ticket };
    // Words of a caller: where they are logged at all, they can be written down by hand.
    const lost = (why: object) => log.error({ ...why, pii: { ticket } }, 'a ticket is lost');
    for (let refusals = 0; ; ) {
      try {
        const { opened, reason } = await database.row('open_ticket', args, openedTicketSchema);
        if (opened) return 'opened';
        if (reason !== null || ++refusals > refusalsWaitedOut || this.#giveUp.signal.aborted) {
          lost({ why: reason });
          return 'lost';
        }
      } catch (thrown) {
        if (!(thrown instanceof DatabaseAway) || this.#giveUp.signal.aborted) {
          lost({ err: coerceError(thrown) });
          return 'lost';
        }
        log.warn({ err: thrown }, 'a ticket cannot be opened yet');
      }
      await pause(pauseMs);
    }
  }
}
