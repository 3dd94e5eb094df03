/** The last days up to today, by the clock of whoever looks. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  /** YYYY-MM-DD, oldest first. */
  readonly days: readonly string[];
}

export const lengths = ['7', '30', '90'] as const;
type Length = (typeof lengths)[number];

export function isLength(text: string | undefined): text is Length {
  return lengths.some((length) => length === text);
}

export function lastDays(length: Length, now: Date): Period {
  const count = Number(length);
  // By the calendar: a day on which clocks change is no 24 hours long.
  const day = (ago: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago);
  return {
    from: day(count - 1).toISOString(),
    to: day(-1).toISOString(),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    days: Array.from({ length: count }, (_, at) => nameOf(day(count - 1 - at))),
  };
}

/** The beginning of such a day, here. */
export function dateOf(day: string): Date {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date);
}

function nameOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
