/**
 * npm run voices: speaks the apologies and what refused callers hear, of shared/config/phrases.ts, with espeak-ng, for callers
 * whom no provider can speak to, or may not.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { shippedFile, shippedPhrases } from '../agent/shipped-voices.ts';
import { writeWav } from '../agent/wav.ts';
import { phraseLanguages, phrases } from '../shared/config/phrases.ts';
import { espeak } from './providers/speech/espeak.ts';
import { resample } from './providers/speech/resample.ts';

const folder = 'agent/voices';
/** What a telephone carries. */
const sampleRate = 8_000;

mkdirSync(folder, { recursive: true });
const made: Record<string, { text: string; sha256: string }> = {};
for (const phrase of shippedPhrases)
  for (const language of phraseLanguages) {
    const text = phrases[language][phrase];
    const spoken = await espeak(text, language);
    const name = shippedFile(phrase, language);
    const path = `${folder}/${name}`;
    writeFileSync(path, writeWav({ sampleRate, samples: resample(spoken.pcm, spoken.sampleRate, sampleRate) }));
    made[name] = { text, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') };
    process.stdout.write(`wrote ${path}\n`);
  }
writeFileSync(`${folder}/made.json`, `${JSON.stringify(made, null, 2)}\n`);
