import { packetSamples, sampleRate } from './rtp.ts';

/** ETSI ringback: 425 Hz, one second on, four seconds off. */
const hertz = 425;
const onSamples = sampleRate;
const cycleSamples = 5 * sampleRate;
/** LiveKit SIP's volume. */
const amplitude = 32_767 / 2;

/** What a caller hears who is being put through: the next 20 ms with each call. */
export function ringback(): () => Int16Array {
  let position = 0;
  return () => {
    const start = position;
    position = (position + packetSamples) % cycleSamples;
    if (start >= onSamples) return new Int16Array(packetSamples);
    return Int16Array.from(
      { length: packetSamples },
      (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * (start + i)) / sampleRate),
    );
  };
}
