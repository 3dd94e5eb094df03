/** Guesses the language of a text from its commonest words: enough to pick a voice and the language of an answer. */

export type Language = 'en' | 'it';

export const languages: readonly Language[] = ['en', 'it'];

const commonWords: Record<Language, ReadonlySet<string>> = {
  en: new Set(
    'the a an and are at can do for have help here how i in is it like my not of on or please said say speak thank that this time to want what when will would you your yes'.split(
      ' ',
    ),
  ),
  it: new Set(
    'al allo alla buongiorno buonasera che chi come con cosa da dei del della detto di e due grazie ha ho i il in la le lei lo mi no non parla per più posso prego qui quando rispondi sei si sono sì ti tu un una vorrei'.split(
      ' ',
    ),
  ),
};

/** The language most of the common words of `text` belong to; `otherwise` when neither leads. */
export function guessLanguage(text: string, otherwise: Language = 'en'): Language {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const hits = (language: Language) => words.filter((word) => commonWords[language].has(word)).length;
  const difference = hits('it') - hits('en');
  if (difference === 0) return otherwise;
  return difference > 0 ? 'it' : 'en';
}

/** Reads a tag such as `it`, `it-IT` or `en_US`; undefined for `multi` and for languages without a voice here. */
export function readLanguage(tag: string | undefined): Language | undefined {
  const base = tag?.toLowerCase().split(/[-_]/)[0];
  return languages.find((language) => language === base);
}
