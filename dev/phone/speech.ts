/** Speech for test callers: text to 8 kHz samples through espeak-ng, each sentence made once. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sampleRate } from '../line/rtp.ts';

/** Voices of espeak-ng, by the language of a number. */
export type Voice = 'en' | 'it';

const run = promisify(execFile);
const speechDeadlineMs = 10_000;
const longestSpeechBytes = 16 * 1024 * 1024;
const made = new Map<string, Promise<Int16Array>>();

/** @throws when espeak-ng is not installed or fails; the message says which package to install */
export function speak(text: string, voice: Voice = 'en'): Promise<Int16Array> {
  const key = `${voice} ${text}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const speech = synthesize(text, voice);
  made.set(key, speech);
  return speech;
}

async function synthesize(text: string, voice: Voice): Promise<Int16Array> {
  const options = { encoding: 'buffer', timeout: speechDeadlineMs, maxBuffer: longestSpeechBytes } as const;
  try {
    const { stdout } = await run('espeak-ng', ['-v', voice, '-s', '150', '--stdout', '--', text], options);
    return resample(readWav(stdout));
  } catch (error) {
    throw new Error('espeak-ng could not speak; on Debian it is the package espeak-ng', { cause: error });
  }
}

export interface Pcm {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/** Mono 16-bit WAV. A program that writes to a pipe cannot know the length, so the sizes in the header are not believed. */
export function readWav(file: Buffer): Pcm {
  const data = file.indexOf('data');
  if (file.toString('latin1', 0, 4) !== 'RIFF' || data === -1) throw new Error('not a WAV file');
  const start = data + 8;
  const samples = new Int16Array(Math.floor((file.length - start) / 2));
  for (let i = 0; i < samples.length; i += 1) samples[i] = file.readInt16LE(start + i * 2);
  return { sampleRate: file.readUInt32LE(24), samples };
}

/** To 8 kHz: each output sample is the mean of the input it spans, which also takes off what 8 kHz cannot carry. */
export function resample(pcm: Pcm): Int16Array {
  const step = pcm.sampleRate / sampleRate;
  const output = new Int16Array(Math.floor(pcm.samples.length / step));
  for (let i = 0; i < output.length; i += 1) {
    const span = pcm.samples.subarray(
      Math.floor(i * step),
      Math.max(Math.floor((i + 1) * step), Math.floor(i * step) + 1),
    );
    output[i] = span.reduce((sum, sample) => sum + sample, 0) / span.length;
  }
  return output;
}
