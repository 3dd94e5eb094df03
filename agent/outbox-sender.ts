/**
 * Sends what lies in the outbox, oldest first, as soon as the database takes it; also what an earlier supervisor left.
 *
 * Two supervisors may share a folder: both may send the same file, which the database takes once, and whoever deletes it
 * second finds nothing to delete.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../shared/clock.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import { type Repeating, startRepeating } from '../shared/repeat.ts';
import { deliver } from './deliver.ts';
import type { Outbox } from './outbox.ts';
import { RecordTrials } from './record-trials.ts';

const lookEveryMs = 1_000;
/** When the database comes back the watcher looks for calls that nobody holds: what waits has to be there first. */
const tryAgainAfterMs = 250;

export interface OutboxSenderOptions {
  readonly outbox: Outbox;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

export class OutboxSender {
  readonly #options: OutboxSenderOptions;
  readonly #rounds: Repeating;
  readonly #trials: RecordTrials;
  #waiting = 0;
  #delivered = 0;
  #said = '';

  constructor(options: OutboxSenderOptions) {
    this.#options = options;
    this.#trials = new RecordTrials(options.clock);
    const restMs = () => (this.#waiting > 0 ? tryAgainAfterMs : lookEveryMs);
    this.#rounds = startRepeating(restMs, () => this.#round());
  }

  /** Stops when nothing waits any more, or after `deadlineMs`; the rest is for the next start. */
  async close(deadlineMs: number): Promise<void> {
    await this.#rounds.close();
    const { clock } = this.#options;
    const deadline = clock.monotonicMs() + deadlineMs;
    this.#trials.hurry();
    await this.#round();
    while (this.#waiting > 0 && clock.monotonicMs() < deadline) {
      await pause(tryAgainAfterMs);
      await this.#round();
    }
    if (this.#waiting > 0)
      this.#options.log.error({ waiting: this.#waiting }, 'records of calls are left on disk for the next start');
  }

  /** Never throws. */
  async #round(): Promise<void> {
    const { outbox, log } = this.#options;
    try {
      await outbox.prepare();
      const names = await outbox.waiting();
      this.#waiting = names.length;
      for (const name of names) if (this.#trials.isDue(name) && (await this.#send(name))) this.#waiting -= 1;
      if (this.#waiting === 0 && this.#delivered > 0) {
        log.info({ delivered: this.#delivered }, 'all records that waited are delivered');
        this.#delivered = 0;
        this.#said = '';
      }
    } catch (thrown) {
      const away = thrown instanceof DatabaseAway;
      this.#sayOnce(thrown, away ? 'records of calls wait for the database' : 'the outbox cannot be read');
    }
  }

  /** @returns whether it no longer waits @throws DatabaseAway */
  async #send(name: string): Promise<boolean> {
    const { outbox, database } = this.#options;
    try {
      const call = await outbox.read(name);
      if (call === 'gone') return true;
      if (call === 'unreadable') return await this.#setAside(name, new Error('it is torn, or of another version'));
      const delivery = await deliver(call, database);
      if (delivery.outcome === 'not_adopted') return await this.#setAside(name, new Error(delivery.reason));
      await outbox.delete(name);
      this.#trials.over(name);
      this.#delivered += 1;
      this.#options.log.info({ session: call.finish.p_session_id, outcome: delivery.outcome }, 'record delivered');
      return true;
    } catch (thrown) {
      if (thrown instanceof DatabaseAway) throw thrown;
      if (this.#trials.failed(name) === 'set_aside') return await this.#setAside(name, coerceError(thrown));
      this.#sayOnce(thrown, 'the record of a call cannot be delivered yet');
      return false;
    }
  }

  async #setAside(name: string, cause: Error): Promise<boolean> {
    const { outbox, log } = this.#options;
    await outbox.setAside(name);
    this.#trials.over(name);
    log.error(
      { err: cause, file: name, folder: outbox.bad },
      'the record of a call cannot be delivered: it is set aside',
    );
    return true;
  }

  /** Not four times a second, but again when the number changes. */
  #sayOnce(thrown: unknown, message: string): void {
    const said = `${message} ${this.#waiting}`;
    if (said !== this.#said) this.#options.log.warn({ err: coerceError(thrown), waiting: this.#waiting }, message);
    this.#said = said;
  }
}
