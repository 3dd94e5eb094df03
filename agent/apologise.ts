/**
 * A provider failed in mid-call and its own retries are used up. Left alone, a failed answer is silence to the caller, and one
 * cut off is half a sentence; so the agent says the business's apology and the call ends.
 */
import { voice } from '@livekit/agents';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import type { CallEnds } from './ends.ts';

const apologyDeadlineMs = 15_000;

/** Ends a call that a provider let down: after an apology, where somebody can hear it. */
export class Apology {
  readonly #session: voice.AgentSession;
  readonly #words: string;
  readonly #ends: CallEnds;
  readonly #log: Logger;
  #begun = false;

  constructor(session: voice.AgentSession, words: string, { ends, log }: { ends: CallEnds; log: Logger }) {
    this.#session = session;
    this.#words = words;
    this.#ends = ends;
    this.#log = log;
  }

  /** A voice that fails may fail at one sentence only, so the apology is tried; when that fails too, it is said by silence. */
  giveUp(cause: Error, what: 'voice' | 'other' = 'other'): void {
    if (this.#ends.ringing || (this.#begun && what === 'voice')) this.#ends.providerFailed(cause);
    else if (!this.#begun) void this.#sayAndEnd(cause);
    this.#begun = true;
  }

  async #sayAndEnd(cause: Error): Promise<void> {
    try {
      // What was begun is not finished any more: it would hold the apology up.
      await withDeadline('silence', apologyDeadlineMs, this.#session.interrupt({ force: true }).await);
      const speech = this.#session.say(this.#words, { allowInterruptions: false });
      await withDeadline('the apology', apologyDeadlineMs, speech.waitForPlayout());
    } catch (thrown) {
      this.#log.warn({ err: coerceError(thrown) }, 'the apology could not be spoken');
    }
    this.#ends.providerFailed(cause);
  }
}

export function watchProviders(session: voice.AgentSession, apology: Apology, log: Logger): void {
  session.on(voice.AgentSessionEventTypes.Error, ({ error }) => {
    if (error.type === 'interruption_detection_error') return;
    const cause = coerceError(error.error);
    if (error.recoverable) {
      log.warn({ err: cause, service: error.type }, 'provider failed and is tried again');
      return;
    }
    log.error({ err: cause, service: error.type }, 'provider failed');
    // The session would close itself in this very tick for a lost STT, before a word of apology. The call ends here instead.
    error.recoverable = true;
    apology.giveUp(cause, error.type === 'tts_error' ? 'voice' : 'other');
  });
}
