/** Reads WAV files (RIFF) of 16-bit mono PCM. */
import type { Sound } from './sound.ts';

const pcm = 1;

/** @throws Error for anything else */
export function readWav(file: Buffer): Sound {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('not a WAV file');
  const format = chunkOf(file, 'fmt ');
  const [encoding, channels, bits] = [format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt16LE(14)];
  if (encoding !== pcm || channels !== 1 || bits !== 16)
    throw new Error(`a WAV file of encoding ${encoding}, ${channels} channels and ${bits} bits: 1, 1 and 16 are read`);
  const data = chunkOf(file, 'data');
  const samples = Int16Array.from({ length: data.length >> 1 }, (_none, at) => data.readInt16LE(at * 2));
  return { sampleRate: format.readUInt32LE(4), samples };
}

export function writeWav({ sampleRate, samples }: Sound): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(pcm, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

function chunkOf(file: Buffer, name: string): Buffer {
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    if (file.toString('latin1', at, at + 4) === name) return file.subarray(at + 8, at + 8 + size);
    // Chunks begin at even places.
    at += 8 + size + (size % 2);
  }
  throw new Error(`a WAV file without its part "${name}"`);
}
