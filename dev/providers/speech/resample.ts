/**
 * Changes the sample rate of 16-bit mono PCM with a windowed sinc. Linear interpolation would be shorter, but it folds what
 * lies above 4 kHz down into the telephone band and the fingerprints of `hearing/` then differ by path.
 */
const HALF_WIDTH = 12;

/** @param fromHz,toHz any positive rates; equal rates return the input itself */
export function resample(pcm: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return pcm;
  const step = fromHz / toHz;
  const cutoff = Math.min(1, toHz / fromHz);
  const reach = HALF_WIDTH / cutoff;
  const output = new Int16Array(Math.floor(pcm.length / step));
  for (let index = 0; index < output.length; index += 1) {
    const center = index * step;
    const first = Math.max(0, Math.ceil(center - reach));
    const last = Math.min(pcm.length - 1, Math.floor(center + reach));
    let sum = 0;
    for (let at = first; at <= last; at += 1) sum += (pcm[at] ?? 0) * kernel(at - center, cutoff, reach);
    output[index] = Math.max(-32768, Math.min(32767, Math.round(sum)));
  }
  return output;
}

function kernel(distance: number, cutoff: number, reach: number): number {
  if (distance === 0) return cutoff;
  const x = Math.PI * distance * cutoff;
  const hann = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
  return cutoff * (Math.sin(x) / x) * hann;
}
