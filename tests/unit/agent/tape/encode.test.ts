import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encode } from '../../../../agent/tape/encode.ts';
import { placeLeftAndRight } from '../../../../agent/tape/left-and-right.ts';
import { spoken } from '../../../../dev/phone/hearing.ts';
import { sidesOf } from '../../../../dev/phone/recording.ts';

const sampleRate = 8_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-encode-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function recordingOf(side: 0 | 1): Promise<string> {
  const speech = await spoken({ text: 'We are open until eleven tonight.', language: 'en' });
  const both = new Int16Array(speech.length * 2);
  for (const [at, sample] of speech.entries()) both[at * 2 + side] = sample;
  const [from, to] = [join(folder, 'sound.pcm'), join(folder, 'sound.ogg')];
  writeFileSync(from, Buffer.from(both.buffer));
  await encode({ from, sampleRate, to });
  return to;
}

/** Largest samples left and right. */
function peaks(path: string): number[] {
  const peak = (side: Int16Array) => side.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return sidesOf(readFileSync(path), sampleRate).map(peak);
}

describe('a recording', () => {
  test.each([0, 1] as const)('in which only side %i speaks has nothing of it on the other one (R4.7)', async (side) => {
    const heard = peaks(await recordingOf(side));
    expect(heard[side]).toBeGreaterThan(5_000);
    expect(heard[side === 0 ? 1 : 0]).toBeLessThan(16);
  });

  test('says which of its streams is left and which is right, under a sum that players compare (R4.7)', async () => {
    const path = await recordingOf(0);
    const sound = readFileSync(path);
    expect([...sound.subarray(46, 51)]).toEqual([1, 2, 0, 0, 1]);
    sound.writeUInt32LE(0, 22);
    writeFileSync(path, sound);
    expect(() => peaks(path)).toThrow();
  });

  test('that is no file with two streams is left as it is (R4.7)', async () => {
    const path = join(folder, 'other.ogg');
    writeFileSync(path, 'OggS and something else');
    await expect(placeLeftAndRight(path)).rejects.toThrow('does not begin with the header of two Opus streams');
    expect(readFileSync(path, 'utf8')).toBe('OggS and something else');
  });
});
