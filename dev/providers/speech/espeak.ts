/** Real speech from espeak-ng, the synthesiser of Debian's `espeak-ng` package. */
import { spawn } from 'node:child_process';
import type { Language } from './language.ts';

export interface Rendering {
  /** 16-bit mono. */
  readonly pcm: Int16Array;
  readonly sampleRate: number;
}

const voices: Record<Language, string> = {
  en: 'en-us',
  it: 'it',
  fr: 'fr-fr',
  de: 'de',
  es: 'es',
  fa: 'fa',
  ar: 'ar',
};
const WORDS_PER_MINUTE = 165;
const WAV_HEADER_BYTES = 44;
const WAV_RATE_OFFSET = 24;
const DEADLINE_MS = 10_000;

/**
 * Speaks `text`. The text goes in by standard input: it may come from a caller and must never become an option.
 * @throws Error when espeak-ng is missing, fails, or needs more than ten seconds
 */
export async function espeak(text: string, language: Language): Promise<Rendering> {
  const wav = await run(
    ['-v', voices[language], '-s', String(WORDS_PER_MINUTE), '-b', '1', '--stdin', '--stdout'],
    text,
  );
  const samples = Math.max(0, Math.floor((wav.length - WAV_HEADER_BYTES) / 2));
  const pcm = new Int16Array(samples);
  for (let index = 0; index < samples; index += 1) pcm[index] = wav.readInt16LE(WAV_HEADER_BYTES + index * 2);
  const sampleRate = samples === 0 ? 22_050 : wav.readUInt32LE(WAV_RATE_OFFSET);
  return { pcm, sampleRate };
}

/** Why espeak-ng cannot be used here; undefined when it can. */
export async function espeakMissing(): Promise<string | undefined> {
  try {
    await run(['--version'], '');
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function run(options: readonly string[], input: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('espeak-ng', options, { timeout: DEADLINE_MS, stdio: ['pipe', 'pipe', 'ignore'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stdin.on('error', reject);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new Error(`espeak-ng ended with ${signal ?? code}`));
    });
    child.stdin.end(input);
  });
}
