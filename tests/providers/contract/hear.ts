import { stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { type Driver, failuresOf, type Outcome, type Stage } from './driver.ts';

const heardRateHz = 16_000;
const frameSamples = heardRateHz / 20;

/** Says the row's sentence with silence around it and waits for its final words. */
export const hear: Driver<'stt'> = async (service, { row, providers, enough }) => {
  const failures = failuresOf(service);
  const stream = service.stream();
  enough.addEventListener('abort', () => stream.close(), { once: true });
  for (const frame of await soundOf(row, providers)) stream.pushFrame(frame);
  let text = '';
  let pieces = 0;
  let ended = false;
  for await (const event of stream) {
    if (event.type === stt.SpeechEventType.RECOGNITION_USAGE) continue;
    // Where turns are cut here, that speech began and ended is no word from the provider.
    if (event.alternatives !== undefined) pieces += 1;
    if (event.type === stt.SpeechEventType.FINAL_TRANSCRIPT) text += event.alternatives?.[0]?.text ?? '';
    ended ||= event.type === stt.SpeechEventType.END_OF_SPEECH;
    if (ended && text !== '') break;
  }
  stream.close();
  await service.close();
  return { text, pieces, failures } satisfies Outcome;
};

async function soundOf({ sentence, language }: Stage['row'], { speech }: Stage['providers']): Promise<AudioFrame[]> {
  const spoken = await speech.say(sentence, language, heardRateHz);
  const line = new Int16Array(spoken.length + 2 * heardRateHz);
  line.set(spoken, heardRateHz / 2);
  return Array.from({ length: Math.floor(line.length / frameSamples) }, (_, index) => {
    const data = line.slice(index * frameSamples, (index + 1) * frameSamples);
    return new AudioFrame(data, heardRateHz, 1, data.length);
  });
}
