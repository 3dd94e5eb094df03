import type { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { coerceError } from '../shared/faults.ts';
import { sayAgain, sayOrPlay } from './say.ts';
import { soundOf } from './sound.ts';
import type { Talk } from './talk.ts';

/** The first thing a caller hears. Marks when it begins to play; a greeting that fails is a provider's failure, not ours. */
export function greet(talk: Talk): void {
  const { session, context } = talk;
  const { timings, log } = context;
  session.output.audio?.once('playbackStarted', () => timings.mark('greeting_began'));
  speak(talk).then(
    () => timings.mark('greeting_done'),
    (thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'the greeting was not played to its end'),
  );
}

/** Its recording, or what the voice said to an earlier caller, or by the voice now, which the shelf learns from. */
async function speak(talk: Talk): Promise<void> {
  const { session, recordings, spoken, greeting, context } = talk;
  const { audio_url, interruptible } = context.config.greeting;
  const { text, early } = greeting;
  const recorded = audio_url !== null && recordings.soundAt(audio_url) !== undefined;
  const kept = recorded ? undefined : spoken.soundOf(text);
  if (kept !== undefined) return await sayAgain(session, text, kept, { interruptible }).waitForPlayout();
  const overheard = talk.conversation.speaker.overhear();
  // A voice that failed is asked again, by the session, which says what it means for the call.
  const speech =
    early !== undefined && (await early.begins())
      ? session.say(text, { audio: early.sound(), allowInterruptions: interruptible })
      : sayOrPlay(session, { text, audio_url }, recordings, { interruptible });
  await speech.waitForPlayout();
  if (!recorded) learn(talk, speech, overheard());
}

/** Half a greeting, one in another's voice, and one that a failure interrupted, is not kept. */
function learn(
  { greeting, spoken, voiceIsUnbroken }: Talk,
  speech: voice.SpeechHandle,
  frames: readonly AudioFrame[],
): void {
  if (!speech.interrupted && frames.length > 0 && voiceIsUnbroken()) spoken.keep(greeting.text, soundOf(frames));
}
