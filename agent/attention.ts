/** A second of speech that nobody answers for five more is the sign of a provider that does not hear. */
const enoughSpeechMs = 1_000;
/** Interim results come within half a second. With somebody else to listen, little is lost by a false alarm. */
const answerDeadlineMs = { alone: 5_000, backed: 2_500 };

/** Watches that speech is answered. Calls `onUnanswered` each time it was not; counting then begins anew. */
export class Attention {
  readonly #onUnanswered: () => void;
  readonly #listener: { readonly alone: boolean };
  #unansweredMs = 0;
  #speaksSinceMs: number | undefined;
  /** Runs out when there was enough speech, then once more when the answer is late. */
  #timer: NodeJS.Timeout | undefined;
  #enough = false;

  /** @param listener whether nobody else could listen */
  constructor(onUnanswered: () => void, listener: { readonly alone: boolean }) {
    this.#onUnanswered = onUnanswered;
    this.#listener = listener;
  }

  caller(now: 'speaks' | 'is quiet'): void {
    const nowMs = performance.now();
    if (this.#speaksSinceMs !== undefined) this.#unansweredMs += nowMs - this.#speaksSinceMs;
    this.#speaksSinceMs = now === 'speaks' ? nowMs : undefined;
    if (this.#enough) return;
    clearTimeout(this.#timer);
    if (now === 'speaks') this.#timer = setTimeout(() => this.#await(), enoughSpeechMs - this.#unansweredMs);
  }

  answered(): void {
    clearTimeout(this.#timer);
    this.#enough = false;
    this.#unansweredMs = 0;
    if (this.#speaksSinceMs === undefined) return;
    this.#speaksSinceMs = undefined;
    this.caller('speaks');
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#enough = true;
  }

  #await(): void {
    this.#enough = true;
    this.#timer = setTimeout(
      () => {
        this.answered();
        this.#onUnanswered();
      },
      answerDeadlineMs[this.#listener.alone ? 'alone' : 'backed'],
    );
  }
}
