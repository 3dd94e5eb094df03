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
  fr: {
    name: (business) => `Ici ${business}.`,
    greeting: 'Comment puis-je vous aider ?',
    heard: (words) => `Vous avez dit : ${words}`,
    done: (result) => `C’est fait : ${result}`,
  },
  de: {
    name: (business) => `Hier ist ${business}.`,
    greeting: 'Wie kann ich Ihnen helfen?',
    heard: (words) => `Sie haben gesagt: ${words}`,
    done: (result) => `Das ist erledigt: ${result}`,
  },
  es: {
    name: (business) => `Aquí ${business}.`,
    greeting: '¿En qué puedo ayudarle?',
    heard: (words) => `Usted ha dicho: ${words}`,
    done: (result) => `Ya está hecho: ${result}`,
  },
  fa: {
    name: (business) => `اینجا ${business} است.`,
    greeting: 'چطور می‌توانم کمکتان کنم؟',
    heard: (words) => `شما گفتید: ${words}`,
    done: (result) => `انجام شد: ${result}`,
  },
  ar: {
    name: (business) => `هنا ${business}.`,
    greeting: 'كيف يمكنني مساعدتك؟',
    heard: (words) => `لقد قلت: ${words}`,
    done: (result) => `تم ذلك: ${result}`,
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

export interface OfferedTool {
  readonly name: string;
  /** Values that its first argument of a closed list may have. */
  readonly choices: readonly string[];
}

const wantsAPerson = /speak to (a person|somebody|someone)|parlare con (una persona|qualcuno)/iu;

/** Puts a caller through who asks for a person, once, where the agent can: the only thing it does beside talking. */
export function toolFor({ user, toolResult }: Conversation, offered: readonly OfferedTool[]) {
  if (toolResult !== undefined || !wantsAPerson.test(user ?? '')) return undefined;
  const transfer = offered.find(({ name }) => name === 'transfer_call');
  const [destination] = transfer?.choices ?? [];
  return destination === undefined ? undefined : { name: 'transfer_call', arguments: { destination } };
}
