/** The sentences the speech recogniser of local runs knows: those of `utterances.json` and those a test registers. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Utterance } from './recognise.ts';
import { languages } from './speech/language.ts';

export const utteranceSchema = z.strictObject({ text: z.string().min(1).max(400), language: z.enum(languages) });

/** @throws ZodError or SyntaxError when the file is not a list of utterances */
export function readUtterances(file: URL = new URL('./utterances.json', import.meta.url)): Utterance[] {
  return z.array(utteranceSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
}
