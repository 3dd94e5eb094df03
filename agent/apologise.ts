/**
 * Nobody is left who could serve the call: a provider failed in mid-call and so did those behind it, or the agent has been
 * mute. Left alone, that is silence to the caller, or half a sentence; so they hear the business's apology, from a recording
 * where there is one, and what the business wants to follow.
 */
import { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import { coerceError, withDeadline } from '../shared/faults.ts';
import { renderTemplate, type TemplateValues } from '../shared/template.ts';
import { followApology } from './apology-action.ts';
import { play, type Recordings } from './say.ts';
import { type ShippedSentence, shippedSentence } from './shipped-voices.ts';
import type { TransferableCall } from './transfer.ts';
import type { VoicemailCall } from './voicemail.ts';

const apologyDeadlineMs = 15_000;
/** A session that is stuck need not be waited for. */
const silenceDeadlineMs = 2_000;
/** A voice that has not begun by then leaves the caller in a dead line: the recording is at hand. */
const voiceDeadlineMs = 3_000;

/** `voice`: nothing can be spoken, as far as is known. `ears`: nothing is heard. `mute`: nobody knows what is wrong. */
export type Failed = 'voice' | 'ears' | 'mute' | 'other';

export interface ApologyParts {
  readonly call: TransferableCall & VoicemailCall;
  readonly session: voice.AgentSession;
  readonly config: TenantConfig;
  readonly values: TemplateValues;
  readonly recordings: Recordings;
}

/** Ends a call that nobody can serve: after an apology, where somebody can hear it. */
export class Apology {
  readonly #parts: ApologyParts;
  readonly #shipped: ShippedSentence;
  #begun = false;
  #voiceFailed: () => void = () => undefined;

  constructor(parts: ApologyParts) {
    this.#parts = parts;
    this.#shipped = shippedSentence('apology', parts.config.language);
  }

  giveUp(cause: Error, failed: Failed = 'other'): void {
    const { ends } = this.#parts.call;
    if (ends.ringing) ends.providerFailed(cause);
    else if (!this.#begun) void this.#sayAndFollow(cause, failed);
    else if (failed === 'voice') this.#voiceFailed();
    this.#begun = true;
  }

  async #sayAndFollow(cause: Error, failed: Failed): Promise<void> {
    const { call, session } = this.#parts;
    const { ends, log } = call;
    // Somebody else may be answering the caller at this moment.
    await ends.transferDecided();
    if (ends.reached !== undefined) return;
    log.error({ err: cause, failed }, 'nobody can serve the call any more: the caller hears the apology');
    try {
      // What was begun is not finished any more: it would hold the apology up.
      await withDeadline('silence', silenceDeadlineMs, session.interrupt({ force: true }).await).catch(
        (thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'the agent could not be silenced'),
      );
      await this.#say(failed);
      if (ends.reached === undefined) await followApology(this.#parts, failed);
    } catch (thrown) {
      log.warn({ err: coerceError(thrown) }, 'the apology was not heard, or what follows it failed');
    }
    ends.providerFailed(cause);
  }

  async #say(failed: Failed): Promise<void> {
    const { session, config, recordings, values } = this.#parts;
    const text = renderTemplate(config.apology.text, values);
    const { audio_url } = config.apology;
    const own = audio_url === null ? undefined : recordings.soundAt(audio_url);
    if (own !== undefined) return await heard(play(session, text, own, { interruptible: false }));
    if ((failed === 'other' || failed === 'ears') && (await this.#speak(text))) return;
    await heard(play(session, this.#shipped.text, this.#shipped.sound, { interruptible: false }));
  }

  /** By the voices that still work. @returns whether it was heard */
  async #speak(text: string): Promise<boolean> {
    const { session } = this.#parts;
    const failed = new Promise<false>((resolve) => {
      this.#voiceFailed = () => resolve(false);
      const timer = setTimeout(() => resolve(false), voiceDeadlineMs);
      session.output.audio?.once('playbackStarted', () => clearTimeout(timer));
    });
    const speech = session.say(text, { allowInterruptions: false });
    const spoken = heard(speech).then(() => true as const);
    if (await Promise.race([spoken, failed])) return true;
    await withDeadline('silence', silenceDeadlineMs, session.interrupt({ force: true }).await);
    return false;
  }
}

function heard(speech: voice.SpeechHandle): Promise<void> {
  return withDeadline('the apology', apologyDeadlineMs, speech.waitForPlayout());
}

export function watchProviders(session: voice.AgentSession, apology: Apology, log: TransferableCall['log']): void {
  session.on(voice.AgentSessionEventTypes.Error, ({ error }) => {
    if (error.type === 'interruption_detection_error') return;
    const cause = coerceError(error.error);
    if (error.recoverable) {
      log.warn({ err: cause, service: error.type }, 'provider failed and is tried again');
      return;
    }
    log.error({ err: cause, service: error.type }, 'provider failed');
    // The session would close itself in this very tick for a lost ear, before a word of apology. The call ends here instead.
    error.recoverable = true;
    const speaks = error.type === 'tts_error' || error.type === 'realtime_model_error';
    apology.giveUp(cause, speaks ? 'voice' : 'other');
  });
}
