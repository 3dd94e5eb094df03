/** Sound that is played as it is: 16 bit, one channel. */
import { AudioFrame } from '@livekit/rtc-node';

export interface Sound {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

const framesPerSecond = 20;

/** Left by the library on the first frame of a sentence, and read where an interrupted one is recorded (speaker.ts). */
export const sentenceMark = 'lk.timed_transcripts';

/** @param frames of one rate, whole and in order */
export function soundOf(frames: readonly AudioFrame[]): Sound {
  const samples = new Int16Array(frames.reduce((length, { data }) => length + data.length, 0));
  let at = 0;
  for (const { data } of frames) {
    samples.set(data, at);
    at += data.length;
  }
  return { sampleRate: frames[0]?.sampleRate ?? 0, samples };
}

/** @param mark text of which an interrupted one is recorded as far as it was played; left out: it counts as said */
export function* framesOf({ sampleRate, samples }: Sound, mark?: string): Generator<AudioFrame> {
  const size = sampleRate / framesPerSecond;
  for (let at = 0; at < samples.length; at += size) {
    const part = samples.slice(at, at + size);
    const userdata = at === 0 && mark !== undefined ? { [sentenceMark]: [{ text: mark }] } : {};
    yield new AudioFrame(part, sampleRate, 1, part.length, userdata);
  }
}
