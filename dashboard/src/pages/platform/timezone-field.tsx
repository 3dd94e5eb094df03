import { useId } from 'react';
import { TextField } from '../../parts/field.tsx';
import { useWords } from '../../words/speech.tsx';

interface TimezoneFieldProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (timezone: string) => void;
}

export function TimezoneField({ value, error, onChange }: TimezoneFieldProps) {
  const { organizationWords: words } = useWords();
  const list = useId();
  return (
    <>
      <TextField dir="ltr" error={error} label={words.timezone} list={list} onChange={onChange} value={value} />
      <datalist id={list}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
