/** Opening hours as they are written: spans of two times for each day. */
import { isList, isObject, type JsonObject, type JsonValue } from '../../../api/json.ts';

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];
export interface Span {
  readonly from: string;
  readonly to: string;
}
export type Week = Readonly<Record<Day, readonly Span[]>>;

export interface Holiday {
  readonly date: string;
  readonly name: string;
  readonly open: readonly Span[];
}

/** What a new span is before anybody says otherwise. */
export const usualSpan: Span = { from: '09:00', to: '18:00' };
export const usualWeek = weekOf((day) => (day === 'sat' || day === 'sun' ? [] : [usualSpan]));

/** A day that nobody names is closed. */
export function readWeek(...layers: readonly (JsonValue | undefined)[]): Week {
  const said: JsonObject = Object.assign({}, ...layers.filter(isObject));
  return weekOf((day) => readSpans(said[day]));
}

export function writeWeek(week: Week): JsonValue {
  return Object.fromEntries(days.map((day) => [day, writeSpans(week[day])]));
}

export function readHolidays(value: JsonValue | undefined): Holiday[] {
  if (!isList(value)) return [];
  return value.filter(isObject).map(({ date, name, open }) => ({
    date: typeof date === 'string' ? date : '',
    name: typeof name === 'string' ? name : '',
    open: readSpans(open),
  }));
}

export function writeHolidays(holidays: readonly Holiday[]): JsonValue {
  return holidays.map(({ date, name, open }) => ({ date, name, open: writeSpans(open) }));
}

/** People write 9, 9.30 or 930; what cannot be read stays, for the check to say so. */
export function readTime(text: string): string {
  const [, hour, minute = '00'] = /^(\d{1,2})(?:[:.h ]?(\d{2}))?$/.exec(text.trim()) ?? [];
  return hour === undefined ? text : `${hour.padStart(2, '0')}:${minute}`;
}

function weekOf(spansOf: (day: Day) => readonly Span[]): Week {
  return {
    mon: spansOf('mon'),
    tue: spansOf('tue'),
    wed: spansOf('wed'),
    thu: spansOf('thu'),
    fri: spansOf('fri'),
    sat: spansOf('sat'),
    sun: spansOf('sun'),
  };
}

function readSpans(value: JsonValue | undefined): Span[] {
  if (!isList(value)) return [];
  return value.flatMap((span) => {
    if (!isList(span)) return [];
    const [from, to] = span;
    return typeof from === 'string' && typeof to === 'string' ? [{ from, to }] : [];
  });
}

function writeSpans(spans: readonly Span[]): JsonValue {
  return spans.map(({ from, to }) => [from, to]);
}
