import { describe, expect, test } from 'vitest';
import { answerTo } from '../../../dev/providers/persona.ts';
import { guessLanguage, languages } from '../../../dev/providers/speech/language.ts';
import { readUtterances } from '../../../dev/providers/utterances.ts';

const prompts = {
  en: 'You answer the phone of Harbor Pizza. Be brief.',
  it: 'Sei la segretaria di Studio Bianchi. Rispondi in italiano.',
  fr: 'Vous êtes la secrétaire de Cabinet Martin. Répondez en français.',
  de: 'Sie sind die Sekretärin der Praxis Weber. Antworten Sie auf Deutsch.',
  es: 'Usted es la secretaria de Clínica Sol. Conteste en español.',
  fa: 'شما منشی کلینیک سپید هستید. به فارسی پاسخ دهید.',
  ar: 'أنت موظفة استقبال في عيادة النور. أجب باللغة العربية.',
};

describe('the language of a text in local runs', () => {
  test.each(readUtterances())('$text is $language', ({ text, language }) => {
    expect(guessLanguage(text)).toBe(language);
  });

  test.each(languages)('the agent of a business with a prompt in %s speaks that language', (language) => {
    expect(guessLanguage(prompts[language])).toBe(language);
    const answer = answerTo({ system: prompts[language], user: undefined, toolResult: undefined });
    expect(guessLanguage(answer)).toBe(language);
  });

  test('what gives no clue is taken for the language it is asked in', () => {
    expect(guessLanguage('Bianchi 42', 'it')).toBe('it');
  });

  test('Persian and Arabic are told apart by their letters, also without a common word', () => {
    expect(guessLanguage('پیتزا')).toBe('fa');
    expect(guessLanguage('قهوة')).toBe('ar');
  });
});
