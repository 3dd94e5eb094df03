/** Sound that is played as it is: 16 bit, one channel. */
import { AudioFrame } from '@livekit/rtc-node';

export interface Sound {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

const framesPerSecond = 20;

export function* framesOf({ sampleRate, samples }: Sound): Generator<AudioFrame> {
  const size = sampleRate / framesPerSecond;
  for (let at = 0; at < samples.length; at += size) {
    const part = samples.slice(at, at + size);
    yield new AudioFrame(part, sampleRate, 1, part.length);
  }
}
