/** Days on which the weekly hours do not hold. */
import { Button, IconButton } from '../../../parts/button.tsx';
import { TextField } from '../../../parts/field.tsx';
import { Icon } from '../../../parts/icon.tsx';
import { useWords } from '../../../words/speech.tsx';
import { Origin, useSetting } from './setting.tsx';
import { SpansEditor } from './spans-editor.tsx';
import { type Holiday, readHolidays, writeHolidays } from './week.ts';

export function HolidaysSetting() {
  const { editorWords: words } = useWords();
  const setting = useSetting('hours.holidays');
  const holidays = readHolidays(setting.written ?? setting.inherited);
  const put = (changed: readonly Holiday[]) => setting.set(writeHolidays(changed));
  const rows = holidays.map((holiday, at) => ({ holiday, at }));
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="px-1 font-medium text-sm">{words.labels.holidays}</legend>
      <div className="mb-2 flex justify-end">
        <Origin label={words.labels.holidays} setting={setting} />
      </div>
      {holidays.length === 0 && <p className="text-muted text-sm">{words.noHoliday}</p>}
      <ul className="space-y-3">
        {rows.map(({ holiday, at }) => (
          <HolidayRow
            canWrite={setting.canWrite}
            holiday={holiday}
            key={at}
            onChange={(changed) => put(holidays.with(at, changed))}
            onRemove={() => put(holidays.toSpliced(at, 1))}
          />
        ))}
      </ul>
      {setting.message !== undefined && (
        <p className="mt-2 text-bad text-sm" role="alert">
          {setting.message}
        </p>
      )}
      {setting.canWrite && (
        <Button className="mt-3" onClick={() => put([...holidays, { date: '', name: '', open: [] }])}>
          <Icon name="plus" size={16} />
          {words.addHoliday}
        </Button>
      )}
    </fieldset>
  );
}

interface HolidayRowProps {
  readonly holiday: Holiday;
  readonly canWrite: boolean;
  readonly onChange: (holiday: Holiday) => void;
  readonly onRemove: () => void;
}

function HolidayRow({ holiday, canWrite, onChange, onRemove }: HolidayRowProps) {
  const { editorWords: words } = useWords();
  const name = holiday.name || holiday.date;
  return (
    <li className="grid items-end gap-2 border-line border-b pb-3 last:border-b-0 sm:grid-cols-[9rem_minmax(0,1fr)_auto]">
      <TextField
        label={words.holidayDate}
        onChange={(date) => onChange({ ...holiday, date })}
        readOnly={!canWrite}
        type="date"
        value={holiday.date}
      />
      <TextField
        label={words.holidayName}
        maxLength={80}
        onChange={(text) => onChange({ ...holiday, name: text })}
        readOnly={!canWrite}
        value={holiday.name}
      />
      {canWrite && <IconButton icon="close" label={words.removeHoliday(name)} onClick={onRemove} />}
      <div className="flex flex-wrap items-center gap-2 sm:col-span-3">
        <span className="text-sm">{words.holidayOpen}</span>
        <SpansEditor
          canWrite={canWrite}
          onChange={(open) => onChange({ ...holiday, open })}
          spans={holiday.open}
          what={name}
        />
      </div>
    </li>
  );
}
