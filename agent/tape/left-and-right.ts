/**
 * Says of an Ogg file with two Opus streams that one is left and one is right (RFC 7845, 3 and 5.1.1). ffmpeg keeps two channels
 * apart only as streams without a place, channel mapping family 255, and libopusfile refuses such a file.
 */
import { open } from 'node:fs/promises';

/** The first page: 27 bytes, one length, and a packet `OpusHead`. */
const packetAt = 28;
const familyAt = packetAt + 18;
const pageBytes = packetAt + 23;
const sumAt = 22;
/** RFC 7845, 5.1.1.2: for two channels left, right. */
const family = 1;

/** @param path rewritten in place @throws Error when it does not begin as ffmpeg lets it */
export async function placeLeftAndRight(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const page = Buffer.alloc(pageBytes);
    await file.read(page, 0, pageBytes, 0);
    if (page.toString('latin1', packetAt, packetAt + 8) !== 'OpusHead' || page[packetAt - 1] !== pageBytes - packetAt)
      throw new Error('the recording does not begin with the header of two Opus streams');
    page[familyAt] = family;
    page.writeUInt32LE(0, sumAt);
    page.writeUInt32LE(pageSum(page), sumAt);
    await file.write(page, 0, pageBytes, 0);
  } finally {
    await file.close();
  }
}

/** RFC 3533, 6: highest bit first, so not the one of zlib. */
function pageSum(page: Buffer): number {
  let sum = 0;
  for (const byte of page) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  }
  return sum >>> 0;
}
