/** What was recorded of a call, as samples. */
import { execFileSync } from 'node:child_process';
import { getFfmpegPath } from '@livekit/av';

/** Of a WAV file. */
const channelsAt = 22;
const mostBytes = 1024 * 1024 * 1024;

/**
 * @param file in any format that ffmpeg reads from a pipe
 * @returns its sides: the caller and the agent, or only one of them
 * @throws Error with what ffmpeg says
 */
export function sidesOf(file: Buffer, sampleRate: number): Int16Array[] {
  const ffmpeg = getFfmpegPath();
  if (ffmpeg === undefined) throw new Error('there is no ffmpeg for this platform: recordings cannot be read');
  const output = ['-c:a', 'pcm_s16le', '-ar', String(sampleRate), '-f', 'wav', 'pipe:1'];
  const wav = execFileSync(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-i', 'pipe:0', ...output], {
    input: file,
    maxBuffer: mostBytes,
    stdio: 'pipe',
  });
  const channels = wav.readUInt16LE(channelsAt);
  // Copied, because samples must begin at an even address.
  const samples = new Int16Array(new Uint8Array(wav.subarray(wav.indexOf('data') + 8)).buffer);
  return Array.from({ length: channels }, (_none, side) => samples.filter((_sample, at) => at % channels === side));
}
