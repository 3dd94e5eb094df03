import { useId } from 'react';
import { SelectField } from '../../../parts/field.tsx';
import { useWords } from '../../../words/speech.tsx';
import { HolidaysSetting } from './holidays-setting.tsx';
import { Origin, type Setting, useEditing, usePresent, useSetting } from './setting.tsx';
import { ChoiceSetting, TextSetting } from './setting-fields.tsx';
import { isAbout } from './settings.ts';
import { SpansEditor } from './spans-editor.tsx';
import { type Day, days, readWeek, type Span, usualWeek, type Week, writeWeek } from './week.ts';

export function HoursTab() {
  const { editorWords: words } = useWords();
  const zones = useId();
  const action = usePresent('hours.closed.action');
  return (
    <>
      <TextSetting hint={words.hints.timezone} label={words.labels.timezone} list={zones} path="business.timezone" />
      <datalist id={zones}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <WeekSetting />
      <HolidaysSetting />
      <ChoiceSetting choices={words.closedActions} label={words.labels.closedAction} path="hours.closed.action" />
      {(action === 'message' || action === 'voicemail') && (
        <TextSetting hint={words.templateHint} label={words.labels.closedText} lines={3} path="hours.closed.text" />
      )}
      {action === 'forward' && (
        <TextSetting hint={words.hints.forwardTo} label={words.labels.forwardTo} path="hours.closed.forward_to" />
      )}
    </>
  );
}

function WeekSetting() {
  const { editorWords: words } = useWords();
  const setting = useSetting('hours.weekly');
  const present = setting.written === undefined ? setting.inherited : setting.written;
  const isAlwaysOpen = present === null || present === undefined;
  // A day that is written lies over the same day of the layers below.
  const week = setting.written === null ? usualWeek : readWeek(setting.inherited, setting.written);
  const choose = (kind: string) => setting.set(kind === 'always' ? null : writeWeek(isAlwaysOpen ? usualWeek : week));
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="px-1 font-medium text-sm">{words.labels.weekly}</legend>
      <SelectField
        aside={<Origin label={words.labels.weekly} setting={setting} />}
        disabled={!setting.canWrite}
        label={words.whenOpen}
        onChange={choose}
        value={isAlwaysOpen ? 'always' : 'week'}
      >
        <option value="always">{words.alwaysOpen}</option>
        <option value="week">{words.byTheWeek}</option>
      </SelectField>
      {!isAlwaysOpen && <WeekEditor setting={setting} week={week} />}
    </fieldset>
  );
}

function WeekEditor({ week, setting }: { readonly week: Week; readonly setting: Setting }) {
  const { editorWords: words } = useWords();
  const put = (day: Day, spans: readonly Span[]) => setting.set(writeWeek({ ...week, [day]: spans }));
  return (
    <>
      <ul className="mt-3 space-y-1.5">
        {days.map((day) => (
          <li className="grid gap-x-3 sm:grid-cols-[7rem_minmax(0,1fr)] sm:items-center" key={day}>
            <span className="text-sm">{words.days[day]}</span>
            <SpansEditor
              canWrite={setting.canWrite}
              onChange={(spans) => put(day, spans)}
              spans={week[day]}
              what={words.days[day]}
            />
            <DayMessage day={day} />
          </li>
        ))}
      </ul>
      <p className="mt-2 text-muted text-xs">{words.spanHint}</p>
    </>
  );
}

function DayMessage({ day }: { readonly day: Day }) {
  const { messages } = useEditing().draft;
  const found = messages.filter((message) => isAbout(message, `hours.weekly.${day}`));
  if (found.length === 0) return null;
  return (
    <p className="text-bad text-sm sm:col-start-2" role="alert">
      {[...new Set(found.map(({ message }) => message))].join('; ')}
    </p>
  );
}
