import { describe, expect, test } from 'vitest';
import { FrameCutter } from '../../../agent/frame-cutter.ts';

const samplesPerFrame = 100;
const sound = Int16Array.from({ length: 1_050 }, (_none, at) => at * 31 - 16_000);
const bytes = new Uint8Array(sound.buffer);

function cutInPieces(of: Uint8Array, pieceBytes: number) {
  const cutter = new FrameCutter(8_000, samplesPerFrame);
  const frames = [];
  for (let at = 0; at < of.length; at += pieceBytes) frames.push(...cutter.cut(of.subarray(at, at + pieceBytes)));
  return [...frames, ...cutter.end()];
}

describe('the sound of a voice', () => {
  test.each([1, 3, 199, 200, 201, 777, 5_000])(
    'is heard whole and in order when it comes in pieces of %d bytes (R1.7)',
    (pieceBytes) => {
      const frames = cutInPieces(bytes, pieceBytes);
      expect(frames.map(({ samplesPerChannel }) => samplesPerChannel)).toEqual([...Array(10).fill(100), 50]);
      expect(frames.flatMap(({ data }) => [...data])).toEqual([...sound]);
      // The native side reads each frame from the beginning of its buffer.
      expect(frames.map(({ data }) => [data.byteOffset, data.buffer.byteLength - data.byteLength])).toEqual(
        frames.map(() => [0, 0]),
      );
    },
  );

  test('ends without noise when half a sample is missing (R1.7)', () => {
    const frames = cutInPieces(bytes.subarray(0, 401), 150);
    expect(frames.flatMap(({ data }) => [...data])).toEqual([...sound.subarray(0, 200)]);
  });

  test('is not changed by what its sender does with the piece afterwards (R1.7)', () => {
    const cutter = new FrameCutter(8_000, samplesPerFrame);
    const piece = Buffer.from(bytes.slice(0, 150));
    const early = [...cutter.cut(piece)];
    piece.fill(0);
    const frames = [...early, ...cutter.cut(bytes.subarray(150, 200))];
    expect(frames.flatMap(({ data }) => [...data])).toEqual([...sound.subarray(0, 100)]);
  });
});
