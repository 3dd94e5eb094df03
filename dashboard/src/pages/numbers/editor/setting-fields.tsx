/** The kinds of fields in which a setting is written. */
import type { ReactNode } from 'react';
import type { JsonValue } from '../../../api/json.ts';
import { AreaField, SelectField, TextField } from '../../../parts/field.tsx';
import { useWords } from '../../../words/speech.tsx';
import { Origin, textOf, useSetting } from './setting.tsx';

interface SettingProps {
  readonly path: string;
  readonly label: string;
  readonly hint?: ReactNode;
}

interface TextSettingProps extends SettingProps {
  /** Lines; more than one is an area. */
  readonly lines?: number;
  /** Id of a list of proposals. */
  readonly list?: string;
}

/** A text that is changed from what holds now. */
export function TextSetting({ path, label, hint, lines = 1, list }: TextSettingProps) {
  const setting = useSetting(path);
  const shared = {
    label,
    hint,
    error: setting.message,
    aside: <Origin label={label} setting={setting} />,
    value: textOf(setting.written ?? setting.inherited),
    onChange: setting.set,
    readOnly: !setting.canWrite,
  };
  if (lines > 1) return <AreaField {...shared} rows={lines} />;
  return <TextField {...shared} list={list} />;
}

/** A name: empty is inherited, which stands there in grey. */
export function NameSetting({ path, label, hint }: SettingProps) {
  const { editorWords } = useWords();
  const setting = useSetting(path);
  const change = (text: string) => (text === '' ? setting.reset() : setting.set(text));
  const inherited = textOf(setting.inherited);
  return (
    <TextField
      aside={<Origin label={label} setting={setting} />}
      dir="ltr"
      error={setting.message}
      hint={hint}
      label={label}
      onChange={change}
      placeholder={inherited === '' ? editorWords.from['built-in'] : inherited}
      readOnly={!setting.canWrite}
      value={textOf(setting.written)}
    />
  );
}

export function NumberSetting({ path, label, hint }: SettingProps) {
  const setting = useSetting(path);
  const change = (text: string) => {
    const number = Number(text);
    if (text.trim() === '') setting.reset();
    // What is no number is sent as it is, for the server's own words about it.
    else setting.set(Number.isNaN(number) ? text : number);
  };
  return (
    <TextField
      aside={<Origin label={label} setting={setting} />}
      error={setting.message}
      hint={hint}
      inputMode="numeric"
      label={label}
      onChange={change}
      placeholder={textOf(setting.inherited)}
      readOnly={!setting.canWrite}
      value={textOf(setting.written)}
    />
  );
}

interface ChoiceSettingProps extends SettingProps {
  readonly choices: Readonly<Record<string, string>>;
  /** What a choice is in the configuration; itself by default. */
  readonly write?: (value: string) => JsonValue;
}

export function ChoiceSetting({ path, label, hint, choices, write = (value) => value }: ChoiceSettingProps) {
  const setting = useSetting(path);
  const value = textOf(setting.written ?? setting.inherited);
  return (
    <SelectField
      aside={<Origin label={label} setting={setting} />}
      disabled={!setting.canWrite}
      error={setting.message}
      hint={hint}
      label={label}
      onChange={(value) => setting.set(write(value))}
      value={value}
    >
      {!Object.hasOwn(choices, value) && <option value={value}>{value}</option>}
      {Object.entries(choices).map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </SelectField>
  );
}

/** Its choices are `true` and `false`, said as words. */
export function YesNoSetting(props: Omit<ChoiceSettingProps, 'write'>) {
  return <ChoiceSetting {...props} write={(value) => value === 'true'} />;
}
