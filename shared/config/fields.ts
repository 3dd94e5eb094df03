/** Kinds of values that several parts of the configuration share. */
import { z } from 'zod';

export const language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'a language is a code such as en, it or pt-BR');

export const timezone = z.string().refine(isTimeZone, 'not a time zone name such as Europe/Rome');

/** Played as it is, instead of speaking the text beside it; the text is what the transcript says. */
export const audioUrl = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .nullable()
  .default(null)
  .meta({
    description:
      'Address of a WAV or MP3 file (at most 2 MB) that is played instead of the spoken text; null: the text is spoken.',
    examples: ['https://files.example.com/greeting.wav'],
  });

/** Names one of `tools.transfer.destinations`. */
export const destinationId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'an id is lower case letters, digits, dashes');

export const sentence = (longest: number) => z.string().trim().min(1).max(longest);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}
