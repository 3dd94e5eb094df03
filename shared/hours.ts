/**
 * Whether a business is open. Days and times are those of its own clock, so on the night of a change a span begins and ends
 * when the clock on its wall says so; an hour that comes twice is open the second time too, one that is left out is no time.
 */
import { Temporal } from '@js-temporal/polyfill';
import type { TenantConfig } from './config/schema.ts';

export type OpeningHours = Pick<TenantConfig['hours'], 'weekly' | 'holidays'>;

export type HoursAt =
  /** `untilIso`: when it closes; undefined: not within the next week. */
  | { readonly open: true; readonly untilIso?: string }
  /** `opensIso`: when it opens again; undefined: not within the next weeks. `holiday`: the name of today's, if it is one. */
  | { readonly open: false; readonly opensIso?: string; readonly holiday?: string };

/** More than any row of holidays: what lies beyond is not looked for. */
const horizonDays = 60;
/** Each day costs 0.2 ms of the calls of a whole shard, so who does not close within a week is open. */
const openHorizonDays = 8;
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const allDay: readonly Span[] = [['00:00', '24:00']];

type Span = readonly [from: string, to: string];

interface Opening {
  readonly from: Temporal.ZonedDateTime;
  readonly to: Temporal.ZonedDateTime;
}

/** @param timezone IANA name @param nowMs milliseconds since 1970 @returns times in ISO 8601 with the offset of the place */
export function hoursAt(hours: OpeningHours, timezone: string, nowMs: number): HoursAt {
  if (hours.weekly === null && hours.holidays.length === 0) return { open: true };
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timezone);
  const today = now.toPlainDate();
  const coming = openings(hours, timezone, today);
  for (const { from, to } of coming) {
    if (!isAfter(to, now)) continue;
    if (isAfter(from, now)) return closed(hours, today, from);
    return openUntil(to, coming, today.add({ days: openHorizonDays }).toZonedDateTime({ timeZone: timezone }));
  }
  return closed(hours, today);
}

/** What touches is one opening. @param coming openings that begin later */
function openUntil(to: Temporal.ZonedDateTime, coming: Iterable<Opening>, horizon: Temporal.ZonedDateTime): HoursAt {
  let until = to;
  for (const next of coming) {
    if (isAfter(next.from, until)) break;
    if (isAfter(next.to, until)) until = next.to;
    if (!isAfter(horizon, until)) return { open: true };
  }
  return { open: true, untilIso: iso(until) };
}

/** From yesterday, whose last span may end after midnight, in order of their beginning. */
function* openings(hours: OpeningHours, timeZone: string, today: Temporal.PlainDate): Generator<Opening> {
  for (let offset = -1; offset <= horizonDays; offset++) {
    const date = today.add({ days: offset });
    const ofDay = spansOf(hours, date).map(([from, to]) => openingOf(date, timeZone, [from, to]));
    yield* ofDay
      .filter(({ from, to }) => isAfter(to, from))
      .sort((a, b) => Temporal.ZonedDateTime.compare(a.from, b.from));
  }
}

function spansOf({ weekly, holidays }: OpeningHours, date: Temporal.PlainDate): readonly Span[] {
  const holiday = holidays.find((candidate) => candidate.date === date.toString());
  if (holiday !== undefined) return holiday.open;
  if (weekly === null) return allDay;
  const day = weekdays[date.dayOfWeek - 1];
  return day === undefined ? [] : weekly[day];
}

function openingOf(date: Temporal.PlainDate, timeZone: string, [from, to]: Span): Opening {
  const nextDay = to === '24:00' || to < from;
  const end = (nextDay ? date.add({ days: 1 }) : date).toPlainDateTime(to === '24:00' ? '00:00' : to);
  return {
    from: date.toPlainDateTime(from).toZonedDateTime(timeZone, { disambiguation: 'compatible' }),
    to: end.toZonedDateTime(timeZone, { disambiguation: 'later' }),
  };
}

function isAfter(one: Temporal.ZonedDateTime, other: Temporal.ZonedDateTime): boolean {
  return Temporal.ZonedDateTime.compare(one, other) > 0;
}

function closed({ holidays }: OpeningHours, today: Temporal.PlainDate, opens?: Temporal.ZonedDateTime): HoursAt {
  const holiday = holidays.find(({ date }) => date === today.toString())?.name ?? '';
  return { open: false, ...(opens && { opensIso: iso(opens) }), ...(holiday !== '' && { holiday }) };
}

function iso(time: Temporal.ZonedDateTime): string {
  return time.toString({ timeZoneName: 'never', smallestUnit: 'minute' });
}
