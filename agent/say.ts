import { ReadableStream } from 'node:stream/web';
import type { voice } from '@livekit/agents';
import { framesOf, type Sound } from './sound.ts';

/** A fixed sentence, as a configuration has it. The text is already filled in. */
export interface Words {
  readonly text: string;
  readonly audio_url: string | null;
}

/** Recordings that were fetched ahead of time. */
export interface Recordings {
  /** Undefined when it is not there, or not yet. */
  soundAt(url: string): Sound | undefined;
}

/**
 * Plays the recording of these words when it is at hand, and has the agent's voice say them otherwise: a caller waits for
 * neither. The transcript has the text either way.
 */
export function sayOrPlay(
  session: voice.AgentSession,
  { text, audio_url }: Words,
  recordings: Recordings,
  { interruptible }: { readonly interruptible: boolean },
): voice.SpeechHandle {
  const sound = audio_url === null ? undefined : recordings.soundAt(audio_url);
  return sound === undefined
    ? session.say(text, { allowInterruptions: interruptible })
    : play(session, text, sound, { interruptible });
}

/** In the agent's own voice, as it spoke it before: recorded as what the voice says is. */
export function sayAgain(
  session: voice.AgentSession,
  text: string,
  sound: Sound,
  { interruptible }: { readonly interruptible: boolean },
): voice.SpeechHandle {
  return session.say(text, { audio: ReadableStream.from(framesOf(sound, text)), allowInterruptions: interruptible });
}

/** Needs no provider. @param text what is heard in the sound, for the transcript */
export function play(
  session: voice.AgentSession,
  text: string,
  sound: Sound,
  { interruptible }: { readonly interruptible: boolean },
): voice.SpeechHandle {
  return session.say(text, { audio: ReadableStream.from(framesOf(sound)), allowInterruptions: interruptible });
}
