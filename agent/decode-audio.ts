/** Sound of WAV and MP3 files, by the ffmpeg that comes with the agents library. */
import { spawn } from 'node:child_process';
import { getFfmpegPath } from '@livekit/av';
import type { Sound } from './sound.ts';

const decodeDeadlineMs = 3_000;
const longestS = 60;
const sampleRate = 24_000;

/** @throws Error for any other format, and for a file that cannot be read */
export async function decodeAudio(file: Buffer): Promise<Sound> {
  const format = formatOf(file);
  if (format === undefined) throw new Error('the recording is neither WAV nor MP3');
  const pcm = await run(format, file);
  if (pcm.length < 2) throw new Error('the recording has no sound');
  // Copied, because samples must begin at an even address.
  const samples = new Int16Array(new Uint8Array(pcm.subarray(0, pcm.length & ~1)).buffer);
  return { sampleRate, samples };
}

type Format = 'wav' | 'mp3';

function formatOf(file: Buffer): Format | undefined {
  const begins = file.toString('latin1', 0, 4);
  if (begins === 'RIFF' && file.toString('latin1', 8, 12) === 'WAVE') return 'wav';
  const isMpegFrame = file[0] === 0xff && ((file[1] ?? 0) & 0xe0) === 0xe0;
  return begins.startsWith('ID3') || isMpegFrame ? 'mp3' : undefined;
}

/** A stranger's file: the format is given, because a playlist in disguise would make ffmpeg open files and addresses. */
function run(format: Format, file: Buffer): Promise<Buffer> {
  const ffmpeg = getFfmpegPath();
  if (ffmpeg === undefined) throw new Error('there is no ffmpeg for this platform');
  const input = ['-protocol_whitelist', 'pipe', '-f', format, '-i', 'pipe:0', '-t', String(longestS)];
  const output = ['-f', 's16le', '-ac', '1', '-ar', String(sampleRate), 'pipe:1'];
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', ...input, ...output], {
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: decodeDeadlineMs,
      killSignal: 'SIGKILL',
    });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(parts));
      else reject(new Error(`the recording cannot be read (ffmpeg ended with ${signal ?? code})`));
    });
    // It closes its end when it has read enough.
    child.stdin.on('error', () => undefined);
    child.stdin.end(file);
  });
}
