import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { shippedApology } from '../../agent/shipped-voices.ts';
import { phraseLanguages, phrases } from '../../shared/config/phrases.ts';

const made = z
  .record(z.string(), z.object({ text: z.string(), sha256: z.string() }))
  .parse(JSON.parse(readFileSync('agent/voices/made.json', 'utf8')));

test.each(phraseLanguages)(
  'the apology that is shipped in %s says what the phrase says: `npm run voices` makes it anew (R4.2)',
  (language) => {
    expect(made[language]?.text).toBe(phrases[language].apology);
    const file = readFileSync(`agent/voices/${language}.wav`);
    expect(createHash('sha256').update(file).digest('hex')).toBe(made[language]?.sha256);
    const { sound } = shippedApology(language);
    expect(sound.samples.length / sound.sampleRate).toBeGreaterThan(2);
  },
);
