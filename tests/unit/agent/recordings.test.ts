import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { decodeAudio } from '../../../agent/decode-audio.ts';
import { fetchRecording } from '../../../agent/fetch-recording.ts';
import { RecordingShelf } from '../../../agent/recordings.ts';
import { readWav, writeWav } from '../../../agent/wav.ts';
import { tenantConfigSchema } from '../../../shared/config/index.ts';

const second = { sampleRate: 8_000, samples: Int16Array.from({ length: 8_000 }, (_none, at) => at % 1_000) };
const log = pino({ level: 'silent' });
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** @returns the host of a server on the inside */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const seconds = ({ sampleRate, samples }: { sampleRate: number; samples: Int16Array }) => samples.length / sampleRate;

describe('a recording that a tenant names', () => {
  test('is fetched from a host that the owner allows (R4.2)', async () => {
    const host = await serve((_request, response) => response.end(writeWav(second)));
    const sound = await fetchRecording(`http://${host}/a.wav`, [host]);
    expect(seconds(sound)).toBeCloseTo(1, 1);
  });

  test('is not fetched from the inside of the platform, nor by way of a redirect there (R2.5)', async () => {
    const inside = await serve((_request, response) => response.end(writeWav(second)));
    await expect(fetchRecording(`http://${inside}/a.wav`, [])).rejects.toThrow();
    const allowed = await serve((_request, response) =>
      response.writeHead(302, { location: `http://${inside}/a.wav` }).end(),
    );
    await expect(fetchRecording(`http://${allowed}/a.wav`, [allowed])).rejects.toThrow();
  });

  test('is given up when it is larger than two megabytes, or missing (R7.2)', async () => {
    const large = await serve((_request, response) => response.end(Buffer.alloc(2 * 1024 * 1024 + 1)));
    await expect(fetchRecording(`http://${large}/`, [large])).rejects.toThrow('larger than');
    const missing = await serve((_request, response) => response.writeHead(404).end());
    await expect(fetchRecording(`http://${missing}/`, [missing])).rejects.toThrow('answered 404');
  });

  test('is asked for once and played to callers of this tenant only (R1.6)', async () => {
    let asked = 0;
    const host = await serve((_request, response) => {
      asked += 1;
      response.end(writeWav(second));
    });
    const url = `http://${host}/a.wav`;
    const config = tenantConfigSchema.parse({ greeting: { audio_url: url }, owner: { private_hosts: [host] } });
    const shelf = new RecordingShelf();
    const [first, again] = [shelf.open('harbor-pizza', config, log), shelf.open('harbor-pizza', config, log)];
    await vi.waitFor(() => expect(first.soundAt(url)).toBeDefined());
    expect(again.soundAt(url)).toBeDefined();
    expect(shelf.open('harbor-pizza', config, log).soundAt(url)).toBeDefined();
    expect(asked).toBe(1);
    const other = shelf.open('studio-bianchi', tenantConfigSchema.parse({}), log);
    expect(other.soundAt(url)).toBeUndefined();
  });
});

describe('the sound of a file', () => {
  test('WAV is read as it was written', () => {
    expect(readWav(writeWav(second))).toEqual(second);
  });

  test('MP3 is read, too (R4.2)', async () => {
    // MPEG 1 layer III, 128 kbit/s, 44.1 kHz; a frame of zeros is silence of 26 ms.
    const frame = Buffer.alloc(417);
    frame.writeUInt32BE(0xff_fb_90_64);
    const sound = await decodeAudio(Buffer.concat(Array.from({ length: 100 }, () => frame)));
    expect(seconds(sound)).toBeCloseTo(2.6, 1);
  });

  test.each([
    ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n')],
    ['a page', Buffer.from('<html></html>')],
    ['nothing', Buffer.alloc(0)],
  ])('%s is refused (R7.2)', async (_what, file) => {
    await expect(decodeAudio(file)).rejects.toThrow('neither WAV nor MP3');
  });

  test('a playlist behind the tag of an MP3 is not followed (R7.2)', async () => {
    const tag = Buffer.from('ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000', 'latin1');
    const file = Buffer.concat([tag, Buffer.from('#EXTM3U\n#EXTINF:1\nfile:///etc/hostname\n')]);
    await expect(decodeAudio(file)).rejects.toThrow();
  });
});
