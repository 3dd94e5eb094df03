/** Gets a recording from the address that a tenant named, and makes sound of it. */
import { fetch } from 'undici';
import { withDeadline } from '../shared/faults.ts';
import { outsideAgent } from '../shared/outside-agent.ts';
import { decodeAudio } from './decode-audio.ts';
import type { Sound } from './sound.ts';

const fetchDeadlineMs = 3_000;
const mostBytes = 2 * 1024 * 1024;

/**
 * @param privateHosts hosts on the inside that the owner allows
 * @throws Error for an address on the inside, a file that is too large, and what is neither WAV nor MP3
 */
export async function fetchRecording(url: string, privateHosts: readonly string[]): Promise<Sound> {
  return await decodeAudio(await withDeadline('fetching the recording', fetchDeadlineMs, download(url, privateHosts)));
}

async function download(url: string, privateHosts: readonly string[]): Promise<Buffer> {
  const agent = outsideAgent(privateHosts);
  const signal = AbortSignal.timeout(fetchDeadlineMs);
  try {
    // Every hop of a redirect is connected to by the same guard.
    const response = await fetch(url, { dispatcher: agent, signal });
    if (!response.ok || response.body === null) throw new Error(`the recording's server answered ${response.status}`);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body) {
      bytes += part.byteLength;
      if (bytes > mostBytes) throw new Error(`the recording is larger than ${mostBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    await agent.destroy();
  }
}
