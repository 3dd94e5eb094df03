import type { voice } from '@livekit/agents';
import { coerceError } from '../shared/faults.ts';
import { renderTemplate } from '../shared/template.ts';
import { sayAgain, sayOrPlay } from './say.ts';
import { soundOf } from './sound.ts';
import type { Talk } from './talk.ts';
import { templateValues } from './template-values.ts';

/** The first thing a caller hears. Marks when it begins to play; a greeting that fails is a provider's failure, not ours. */
export function greet(talk: Talk): void {
  const { session, context } = talk;
  const { timings, log, config } = context;
  session.output.audio?.once('playbackStarted', () => timings.mark('greeting_began'));
  speak(talk, renderTemplate(config.greeting.text, templateValues(context)))
    .waitForPlayout()
    .then(
      () => timings.mark('greeting_done'),
      (thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'the greeting was not played to its end'),
    );
}

/** Its recording, or what the voice said to an earlier caller, or by the voice now, which the shelf learns from. */
function speak(talk: Talk, text: string): voice.SpeechHandle {
  const { session, recordings, spoken, context } = talk;
  const { audio_url, interruptible } = context.config.greeting;
  const recorded = audio_url !== null && recordings.soundAt(audio_url) !== undefined;
  const kept = recorded ? undefined : spoken.soundOf(text);
  if (kept !== undefined) return sayAgain(session, text, kept, { interruptible });
  const speech = sayOrPlay(session, { text, audio_url }, recordings, { interruptible });
  if (!recorded) learn(talk, text, speech);
  return speech;
}

/** Half a greeting, one in another's voice, and one that a failure interrupted, is not kept. */
function learn({ conversation, spoken, voiceIsUnbroken }: Talk, text: string, speech: voice.SpeechHandle): void {
  const overheard = conversation.speaker.overhear();
  speech.waitForPlayout().then(
    () => {
      const frames = overheard();
      if (!speech.interrupted && frames.length > 0 && voiceIsUnbroken()) spoken.keep(text, soundOf(frames));
    },
    // Said by whoever plays it.
    () => void overheard(),
  );
}
