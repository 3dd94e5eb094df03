import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { shippedFile, shippedPhrases, shippedSentence } from '../../agent/shipped-voices.ts';
import { phraseLanguages, phrases } from '../../shared/config/phrases.ts';

const made = z
  .record(z.string(), z.object({ text: z.string(), sha256: z.string() }))
  .parse(JSON.parse(readFileSync('agent/voices/made.json', 'utf8')));

describe.each(shippedPhrases)('the sentence "%s" that is shipped', (phrase) => {
  test.each(phraseLanguages)(
    'in %s says what the phrase says: `npm run voices` makes it anew (R4.2, R3.4)',
    (language) => {
      const name = shippedFile(phrase, language);
      expect(made[name]?.text).toBe(phrases[language][phrase]);
      const file = readFileSync(`agent/voices/${name}`);
      expect(createHash('sha256').update(file).digest('hex')).toBe(made[name]?.sha256);
      const { sound } = shippedSentence(phrase, language);
      expect(sound.samples.length / sound.sampleRate).toBeGreaterThan(2);
    },
  );
});
