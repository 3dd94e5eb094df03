/** Does once, before the first call, what the first call would otherwise wait for. */

import { inference } from '@livekit/agents';
import { AudioFrame, AudioSource } from '@livekit/rtc-node';

const sampleRate = 16_000;

/** Brings the native library up (outside any call, see call-context.ts) and runs the voice detector once. */
export async function warm(): Promise<void> {
  await new AudioSource(sampleRate, 1).close();
  const vad = new inference.VAD({ maxBufferedSpeech: 15_000 });
  const stream = vad.stream();
  const silence = new AudioFrame(new Int16Array(sampleRate / 2), sampleRate, 1, sampleRate / 2);
  stream.pushFrame(silence);
  await stream.next();
  stream.close();
  await vad.close();
}
