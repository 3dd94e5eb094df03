/** Sentences that every caller of a business hears: spoken once by its voice, and from then on as it was spoken then. */
import type { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { sayAgain } from './say.ts';
import { soundOf } from './sound.ts';
import type { Talk } from './talk.ts';

type Spoken = Pick<voice.SpeechHandle, 'interrupted'>;

export interface Familiar {
  readonly text: string;
  readonly interruptible: boolean;
  /** Has it spoken by the voice, when nobody has heard it yet. Resolves when it was said. */
  readonly speak: () => Promise<Spoken>;
}

/** Resolves when it was said. @throws what the voice says */
export async function sayFamiliar(talk: Talk, { text, interruptible, speak }: Familiar): Promise<void> {
  const kept = talk.spoken.soundOf(text);
  if (kept !== undefined) return await sayAgain(talk.session, text, kept, { interruptible }).waitForPlayout();
  const overheard = talk.conversation.speaker.overhear();
  try {
    const speech = await speak();
    if (isWhole(talk, speech, overheard.frames)) talk.spoken.keep(text, soundOf(overheard.frames));
  } finally {
    overheard.end();
  }
}

/** Half a sentence, one in another's voice, and one that a failure interrupted, is not kept. */
function isWhole({ voiceIsUnbroken }: Talk, speech: Spoken, frames: readonly AudioFrame[]): boolean {
  return !speech.interrupted && frames.length > 0 && voiceIsUnbroken();
}
