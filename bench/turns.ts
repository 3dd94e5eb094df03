/**
 * npm run bench:turns -- FOLDER: how often a wait for the end of a turn cuts callers off, against how long they wait for it. Each
 * folder in it is a language, each file a recording as this product keeps them: the caller left, the agent right. One side alone is a
 * caller to whom nobody answers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { initializeLogger, VADEventType } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { VoiceDetector } from '../agent/voice-detector.ts';
import { sidesOf } from '../dev/phone/recording.ts';
import { say } from '../dev/start/printing.ts';
import { tableOf } from '../shared/columns.ts';
import { cutShare, type Stretch, type Turn, turnsOf } from './pauses.ts';

const usage = `npm run bench:turns -- FOLDER [--at-least SECONDS] [--json]
  FOLDER/<language>/…/<recording>: .wav, .ogg, .opus, .flac or .mp3, the caller left and the agent right
  --at-least SECONDS  leaves out what is shorter
  Prints for each language the share of turns that a wait would have cut.`;
const recordings: ReadonlySet<string> = new Set(['.wav', '.ogg', '.opus', '.flac', '.mp3']);
const waitsMs = [300, 400, 500, 600, 800, 1_000, 1_500];
const sampleRate = 16_000;
const frameSamples = (sampleRate * 96) / 1_000;

interface Language {
  readonly language: string;
  readonly turns: number;
  readonly pauses: number;
  readonly cut: readonly { readonly waitMs: number; readonly share: number }[];
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, json: { type: 'boolean' }, 'at-least': { type: 'string', default: '0' } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (values.help === true) return say(usage);
  if (folder === undefined) throw new Error(`which recordings?\n${usage}`);
  const leastS = Number(values['at-least']);
  if (!(leastS >= 0)) throw new Error(`--at-least must be a number of seconds, and is ${values['at-least']}\n${usage}`);
  initializeLogger({ pretty: false, level: 'silent' });
  const languages: Language[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) languages.push(await measured(entry.name, join(folder, entry.name), leastS));
  if (languages.length === 0) throw new Error(`there is no folder of a language in ${folder}\n${usage}`);
  say(values.json === true ? JSON.stringify(languages) : tableOf(rowsOf(languages)));
}

async function measured(language: string, folder: string, leastS: number): Promise<Language> {
  const turns: Turn[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !recordings.has(extname(entry.name))) continue;
    const sides = sidesOf(readFileSync(join(entry.parentPath, entry.name)), sampleRate);
    if (sides.every(({ length }) => length < leastS * sampleRate)) continue;
    const [caller = [], agent = []] = await Promise.all(sides.map(stretchesIn));
    turns.push(...turnsOf(caller, agent));
  }
  const cut = waitsMs.map((waitMs) => ({ waitMs, share: cutShare(turns, waitMs) }));
  return { language, turns: turns.length, pauses: turns.flat().length, cut };
}

/** What a call's own detector hears of one side. */
async function stretchesIn(samples: Int16Array): Promise<Stretch[]> {
  const detector = new VoiceDetector();
  const stream = detector.stream();
  const stretches: Stretch[] = [];
  let fromMs: number | undefined;
  for (let until = frameSamples; until <= samples.length; until += frameSamples) {
    stream.pushFrame(new AudioFrame(samples.slice(until - frameSamples, until), sampleRate, 1, frameSamples));
    for await (const event of stream) {
      if (event.type === VADEventType.START_OF_SPEECH) fromMs = event.timestamp - event.speechDuration;
      if (event.type === VADEventType.END_OF_SPEECH && fromMs !== undefined) {
        stretches.push({ fromMs, untilMs: (until / sampleRate) * 1_000 - event.silenceDuration });
        fromMs = undefined;
      }
      if (event.type === VADEventType.INFERENCE_DONE && event.samplesIndex === until) break;
    }
  }
  stream.close();
  await detector.close();
  // Whoever speaks until the recording ends spoke as well.
  if (fromMs !== undefined) stretches.push({ fromMs, untilMs: (samples.length / sampleRate) * 1_000 });
  return stretches;
}

function rowsOf(languages: readonly Language[]): string[][] {
  const heading = ['LANGUAGE', 'TURNS', 'PAUSES', ...waitsMs.map((waitMs) => `${waitMs} ms`)];
  const rows = languages.map(({ language, turns, pauses, cut }) => [
    ...[language, String(turns), String(pauses)],
    ...cut.map(({ share }) => `${(100 * share).toFixed(1)} %`),
  ]);
  return [heading, ...rows];
}

await main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
