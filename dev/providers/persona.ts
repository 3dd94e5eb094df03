/**
 * What the language model of a local run says when no script tells it: it names the business of its prompt and repeats the
 * caller, so that whoever listens can tell which prompt was used and what was understood.
 */
import { guessLanguage, type Language } from './speech/language.ts';

export interface Conversation {
  readonly system: string;
  readonly user: string | undefined;
  readonly toolResult: string | undefined;
}

interface Phrases {
  readonly name: (business: string) => string;
  readonly greeting: string;
  readonly heard: (words: string) => string;
  readonly done: (result: string) => string;
}

const phrases: Record<Language, Phrases> = {
  en: {
    name: (business) => `This is ${business}.`,
    greeting: 'How can I help you?',
    heard: (words) => `You said: ${words}`,
    done: (result) => `That is done: ${result}`,
  },
  it: {
    name: (business) => `Qui è ${business}.`,
    greeting: 'Come posso aiutarla?',
    heard: (words) => `Lei ha detto: ${words}`,
    done: (result) => `Ho fatto così: ${result}`,
  },
};

/** In the language of the prompt; one or two short sentences. */
export function answerTo({ system, user, toolResult }: Conversation): string {
  const say = phrases[guessLanguage(system, guessLanguage(user ?? ''))];
  const business = businessIn(system);
  const opening = business === undefined ? '' : `${say.name(business)} `;
  if (toolResult !== undefined) return opening + say.done(toolResult);
  return opening + (user === undefined || user.trim() === '' ? say.greeting : say.heard(user));
}

/** The first run of two or more capitalised words of a prompt: its business, as prompts are written. */
export function businessIn(prompt: string): string | undefined {
  return /(?<!\p{L})\p{Lu}\p{L}+(?:[ '’&-]+\p{Lu}\p{L}+)+/u.exec(prompt)?.[0];
}
