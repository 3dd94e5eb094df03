import { SelectField } from '../parts/field.tsx';
import { isLanguage, languages, useSpeech } from '../words/speech.tsx';

export function LanguageChoice() {
  const { language, words, choose } = useSpeech();
  return (
    <SelectField
      label={words.shell.language}
      onChange={(code) => {
        if (isLanguage(code)) choose(code);
      }}
      value={language}
    >
      {Object.entries(languages).map(([code, { name }]) => (
        <option key={code} lang={code} value={code}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
