/** Tones as proof of sound: made at one end, their pitch measured at the other. */

export interface Tone {
  readonly hertz: number;
  readonly sampleRate: number;
  readonly seconds: number;
}

const amplitude = 8_000;

export function makeTone({ hertz, sampleRate, seconds }: Tone): Int16Array {
  const step = (2 * Math.PI * hertz) / sampleRate;
  return Int16Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => amplitude * Math.sin(step * i));
}

/**
 * Which of the candidates is the loudest, and how much of all the energy it holds (0 to 1), by Goertzel's algorithm over
 * blocks of 100 ms: the phase jumps where a packet is lost, and short blocks do not mind.
 */
export function loudestTone(samples: Int16Array, sampleRate: number, candidates: readonly number[]) {
  const block = sampleRate / 10;
  let total = 0;
  const powers = candidates.map(() => 0);
  for (let start = 0; start + block <= samples.length; start += block) {
    const part = samples.subarray(start, start + block);
    total += part.reduce((sum, sample) => sum + sample * sample, 0);
    for (const [i, hertz] of candidates.entries()) powers[i] = (powers[i] ?? 0) + tonePower(part, sampleRate, hertz);
  }
  const best = Math.max(...powers);
  return { hertz: candidates[powers.indexOf(best)], share: total === 0 ? 0 : best / total };
}

function tonePower(samples: Int16Array, sampleRate: number, hertz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let [last, beforeLast] = [0, 0];
  for (const sample of samples) [last, beforeLast] = [sample + coefficient * last - beforeLast, last];
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return (2 * power) / samples.length;
}
