/** Nobody is recorded who was not told: the tape begins when the sentence has been heard, and not before. */
import type { EarlierTalk } from '../../shared/contracts.ts';
import { sayFamiliar } from '../familiar.ts';
import type { Talk } from '../talk.ts';

/** Resolves at once for a call that is not recorded. @throws what the voice says: then it is not recorded either */
export async function tellOfTape(talk: Talk): Promise<void> {
  const { taping, session, conversation, context } = talk;
  if (taping === undefined) return;
  const { speaker } = conversation;
  const text = context.config.recording.consent;
  const toldSinceMs = performance.now();
  await sayFamiliar(talk, {
    text,
    interruptible: false,
    speak: async () => session.say(text, { allowInterruptions: false }),
  });
  // A voice that fails says nothing, and its session goes on.
  if (speaker.lastSoundMs > toldSinceMs) await taping.begin(speaker);
}

/** Of a call that another agent began: whoever was told there is not told again, and whoever was not is not recorded here. */
export async function goOnTaping({ taping, conversation, context }: Talk, { turns }: EarlierTalk): Promise<void> {
  const { consent } = context.config.recording;
  const told = turns.some(({ role, text }) => role === 'agent' && text === consent);
  if (taping === undefined || !told) return;
  await taping.begin(conversation.speaker);
}
