/** Numbers, times and durations as the language writes them, by the clock of whoever looks. */

export interface Format {
  readonly locale: string;
  /** 14:05:09 */
  time(at: string | number): string;
  /** 22 Nov 2026, 14:05 */
  moment(at: string | number): string;
  /** 22 Nov 2026 */
  day(at: string | number): string;
  /** Mon */
  weekday(isoWeekday: number): string;
  /** 1:04, or 1:02:09 from an hour on */
  duration(ms: number): string;
  /** 840 ms, 2.4 s */
  span(ms: number): string;
  count(value: number): string;
  percent(share: number): string;
  cost(value: number): string;
}

const locales = { en: 'en-GB', it: 'it-IT' } as const;
export type Language = keyof typeof locales;

/** A Monday. */
const someMonday = Date.UTC(2024, 0, 1, 12);
const dayMs = 86_400_000;

export function formatOf(language: Language): Format {
  const locale = locales[language];
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const count = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const cost = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
  return {
    locale,
    time: (at) => time.format(new Date(at)),
    moment: (at) => moment.format(new Date(at)),
    day: (at) => day.format(new Date(at)),
    weekday: (isoWeekday) => weekday.format(someMonday + (isoWeekday - 1) * dayMs),
    duration,
    span: (ms) => (ms < 1000 ? `${count.format(Math.round(ms))} ms` : `${tenths.format(ms / 1000)} s`),
    count: (value) => count.format(value),
    percent: (share) => percent.format(share),
    cost: (value) => cost.format(value),
  };
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
