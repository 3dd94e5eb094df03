import { coerceError } from '../shared/faults.ts';
import { sayFamiliar } from './familiar.ts';
import { sayOrPlay } from './say.ts';
import type { Talk } from './talk.ts';
import { tellOfTape } from './tape/consent.ts';

/** The first thing a caller hears. Marks when it begins to play; a greeting that fails is a provider's failure, not ours. */
export function greet(talk: Talk): void {
  const { session, context } = talk;
  const { timings, log } = context;
  session.output.audio?.once('playbackStarted', () => timings.mark('greeting_began'));
  tellOfTape(talk)
    .then(() => speak(talk))
    .then(
      () => timings.mark('greeting_done'),
      (thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'the greeting was not played to its end'),
    );
}

/** Its recording, or what the voice said to an earlier caller, or by the voice now, which the shelf learns from. */
async function speak(talk: Talk): Promise<void> {
  const { session, recordings, greeting, context } = talk;
  const { audio_url, interruptible } = context.config.greeting;
  const { text, early } = greeting;
  const say = () => sayOrPlay(session, { text, audio_url }, recordings, { interruptible });
  if (audio_url !== null && recordings.soundAt(audio_url) !== undefined) return await say().waitForPlayout();
  await sayFamiliar(talk, {
    text,
    interruptible,
    // A voice that failed is asked again, by the session, which says what it means for the call.
    speak: async () =>
      early !== undefined && (await early.begins())
        ? session.say(text, { audio: early.sound(), allowInterruptions: interruptible })
        : say(),
  });
}
