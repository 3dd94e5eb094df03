/** A day, as a field for dates gives it, as the moments at which it begins and ends by the clock of whoever looks. */
export function startOfDay(day: string | undefined): string | undefined {
  return momentOf(day, 0);
}

/** The beginning of the next one. */
export function endOfDay(day: string | undefined): string | undefined {
  return momentOf(day, 1);
}

function momentOf(day: string | undefined, laterDays: number): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '') ?? [];
  if (year === undefined) return undefined;
  return new Date(Number(year), Number(month) - 1, Number(date) + laterDays).toISOString();
}
