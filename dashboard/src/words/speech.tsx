/** The language of the pages: the browser's, until somebody chooses another one, which is remembered. */
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { en, type Words } from './en.ts';
import { type Format, formatOf, type Language } from './format.ts';
import { it } from './it.ts';

export const languages = { en: { name: 'English', words: en }, it: { name: 'Italiano', words: it } } as const;
const rememberedAs = 'switchboard.language';

interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly format: Format;
  readonly choose: (language: Language) => void;
}

const SpeechContext = createContext<Speech>({
  language: 'en',
  words: en,
  format: formatOf('en'),
  choose: () => undefined,
});

export function SpeechProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo(
    (): Speech => ({
      language,
      words: languages[language].words,
      format: formatOf(language),
      choose: (chosen) => {
        localStorage.setItem(rememberedAs, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  return use(SpeechContext);
}

export function useWords(): Words {
  return use(SpeechContext).words;
}

export function useFormat(): Format {
  return use(SpeechContext).format;
}

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(languages, code);
}

function firstLanguage(): Language {
  const remembered = localStorage.getItem(rememberedAs);
  if (remembered !== null && isLanguage(remembered)) return remembered;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? 'en';
}
