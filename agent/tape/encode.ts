/** Sound of a tape as it is kept and played: Ogg with Opus, by the ffmpeg that comes with the agents library. */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { getFfmpegPath } from '@livekit/av';
import { placeLeftAndRight } from './left-and-right.ts';

/** For both sides; Opus leaves out most of the one that is silent: 125 kB a minute of talk. */
const bitRate = '32k';
/** Two streams: in one of two channels a side is heard softly where only the other one speaks. */
const streamEach = ['-mapping_family', '255'];
/** An hour of a call takes about 50 s of one core that has nothing else to do. */
const deadlineMs = 15 * 60_000;

export interface TapeSound {
  /** Path of interleaved samples, two channels of 16 bit. */
  readonly from: string;
  readonly sampleRate: number;
  /** Path that is written. */
  readonly to: string;
}

/** Gives way to everything else on its host. @throws Error with what ffmpeg says */
export async function encode(sound: TapeSound): Promise<void> {
  await convert(sound);
  await placeLeftAndRight(sound.to);
}

function convert({ from, sampleRate, to }: TapeSound): Promise<void> {
  const ffmpeg = getFfmpegPath();
  if (ffmpeg === undefined) throw new Error('there is no ffmpeg for this platform: recordings cannot be kept');
  const input = ['-f', 's16le', '-ar', String(sampleRate), '-ac', '2', '-i', from];
  // Without bitexact each stream has a number of chance.
  const codec = ['-fflags', '+bitexact', '-c:a', 'libopus', '-b:a', bitRate, '-application', 'voip'];
  const output = [...codec, ...streamEach, '-f', 'ogg', to];
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...input, ...output], {
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said = `${said}${part.toString('utf8')}`.slice(0, 1_000);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`ffmpeg ended with ${signal ?? code}: ${said.trim()}`));
    });
  });
}
