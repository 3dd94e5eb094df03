import { tokenize, tts } from '@livekit/agents';
import { learn, recognise } from '../../../dev/providers/recognise.ts';
import { type Driver, failuresOf, type Outcome } from './driver.ts';

/** Has the row's sentence spoken, as a session does: piece by piece, by sentence where the service takes only those. */
export const speak: Driver<'tts'> = async (service, { row, providers, enough }) => {
  const failures = failuresOf(service);
  const streaming = service.capabilities.streaming;
  const voice = streaming ? service : new tts.StreamAdapter(service, new tokenize.basic.SentenceTokenizer());
  // Errors come by both.
  if (!streaming) voice.on('error', () => undefined);
  const stream = voice.stream();
  enough.addEventListener('abort', () => stream.close(), { once: true });
  for (const piece of row.sentence.match(/\s*\S+/gu) ?? []) stream.pushText(piece);
  stream.flush();
  stream.endInput();
  const parts: Int16Array[] = [];
  for await (const audio of stream) {
    if (typeof audio === 'symbol') break;
    parts.push(audio.frame.data);
  }
  stream.close();
  await service.close();
  const pcm = Int16Array.from(parts.flatMap((part) => [...part]));
  const known = await learn([{ text: row.sentence, language: row.language }], providers.speech);
  const { text } = recognise(pcm, voice.sampleRate, known);
  return { text: text ?? '', pieces: parts.length, failures } satisfies Outcome;
};
