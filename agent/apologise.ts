/**
 * A provider failed in mid-call and its own retries are used up. Left alone, a failed answer is silence to the caller, so the
 * agent says the business's apology and the call ends. When it is the voice that failed, there is nothing to say it with; and
 * before the answer nobody would hear it.
 */
import { voice } from '@livekit/agents';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import type { CallEnds } from './ends.ts';

const apologyDeadlineMs = 20_000;

export function watchProviders(session: voice.AgentSession, apology: string, ends: CallEnds, log: Logger): void {
  let failing = false;

  session.on(voice.AgentSessionEventTypes.Error, ({ error }) => {
    if (error.type !== 'stt_error' && error.type !== 'llm_error' && error.type !== 'tts_error') return;
    const cause = coerceError(error.error);
    if (error.recoverable) {
      log.warn({ err: cause, service: error.type }, 'provider failed and is tried again');
      return;
    }
    log.error({ err: cause, service: error.type }, 'provider failed');
    // The session would close itself in this very tick for a lost STT, before a word of apology. The call ends here instead.
    error.recoverable = true;
    if (error.type === 'tts_error' || !ends.answered) ends.end('provider_failed', cause);
    else if (!failing) void apologise(cause);
    failing = true;
  });

  async function apologise(cause: Error): Promise<void> {
    try {
      const speech = session.say(apology, { allowInterruptions: false });
      await withDeadline('the apology', apologyDeadlineMs, speech.waitForPlayout());
    } catch (thrown) {
      log.warn({ err: coerceError(thrown) }, 'the apology could not be spoken');
    }
    ends.end('provider_failed', cause);
  }
}
