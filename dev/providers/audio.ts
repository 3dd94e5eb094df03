/** 100 ms of 16-bit mono PCM: a chunk as the real providers send them. */
const CHUNK_MS = 100;

export function chunksOf(audio: Buffer, sampleRate: number): Buffer[] {
  const size = Math.round((sampleRate * CHUNK_MS) / 1_000) * 2;
  const count = Math.ceil(audio.length / size);
  return Array.from({ length: count }, (_, index) => audio.subarray(index * size, (index + 1) * size));
}
