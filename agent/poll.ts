/** Asks the database again and again, never before it has answered, and says once that nobody answers. */
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';

export interface PollOptions<Answer> {
  readonly everyMs: number;
  readonly log: Logger;
  /** A sentence for the log, when nobody answers. */
  readonly lost: string;
  /** The same, when somebody answers again. */
  readonly back: string;
  ask(): Promise<Answer>;
  /** Hears each answer. */
  onAnswer(answer: Answer): void;
}

export class Poll<Answer> {
  readonly #options: PollOptions<Answer>;
  readonly #timer: NodeJS.Timeout;
  #asking = false;
  #away = false;

  /** Asks at once, too. */
  constructor(options: PollOptions<Answer>) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#tick(), options.everyMs);
    void this.#tick();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #tick(): Promise<void> {
    // A slow answer is not overtaken by the next question.
    if (this.#asking) return;
    const { log, lost, back, ask, onAnswer } = this.#options;
    this.#asking = true;
    try {
      const answer = await ask();
      if (this.#away) log.info(back);
      this.#away = false;
      onAnswer(answer);
    } catch (thrown) {
      // Said once, and not at every question.
      if (!this.#away) log.warn({ err: coerceError(thrown) }, lost);
      this.#away = true;
    } finally {
      this.#asking = false;
    }
  }
}
