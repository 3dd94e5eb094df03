import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tenantConfigSchema } from '../../../shared/config/index.ts';
import { type HoursAt, hoursAt, type OpeningHours } from '../../../shared/hours.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function hours(written: object): OpeningHours {
  return tenantConfigSchema.parse({ hours: written }).hours;
}
const at = (written: object, zone: string, iso: string) => hoursAt(hours(written), zone, Date.parse(iso));

const office = {
  mon: [
    ['09:00', '13:00'],
    ['14:00', '18:00'],
  ],
  fri: [['18:00', '02:00']],
};

describe('opening hours', () => {
  test('are those of the clock on the wall of the business (R2.9)', () => {
    expect(at({ weekly: office }, 'Europe/Rome', '2026-11-23T08:00:00Z')).toEqual({
      open: true,
      untilIso: '2026-11-23T13:00+01:00',
    });
    expect(at({ weekly: office }, 'Europe/Rome', '2026-11-23T07:59:59Z')).toEqual({
      open: false,
      opensIso: '2026-11-23T09:00+01:00',
    });
    expect(at({ weekly: office }, 'Europe/Rome', '2026-11-23T12:00:00Z')).toEqual({
      open: false,
      opensIso: '2026-11-23T14:00+01:00',
    });
    expect(at({ weekly: office }, 'America/New_York', '2026-11-23T08:00:00Z')).toMatchObject({ open: false });
  });

  test('that end after midnight hold on the next day, and belong to the day on which they begin (R2.9)', () => {
    const saturday = '2026-11-28T00:30:00Z';
    expect(at({ weekly: office }, 'Europe/Rome', saturday)).toEqual({ open: true, untilIso: '2026-11-28T02:00+01:00' });
    const holidays = [{ date: '2026-11-27', name: 'Black Friday' }];
    expect(at({ weekly: office, holidays }, 'Europe/Rome', saturday)).toEqual({
      open: false,
      opensIso: '2026-11-30T09:00+01:00',
    });
  });

  test('that touch are one opening (R2.9)', () => {
    const weekly = {
      mon: [
        ['20:00', '24:00'],
        ['09:00', '20:00'],
      ],
      tue: [['00:00', '01:00']],
    };
    expect(at({ weekly }, 'UTC', '2026-11-23T10:00:00Z')).toEqual({ open: true, untilIso: '2026-11-24T01:00+00:00' });
  });

  test('of a holiday take the place of the week’s, and its name is told (R2.9)', () => {
    const holidays = [
      { date: '2026-12-25', name: 'Christmas' },
      { date: '2026-12-28', open: [['10:00', '11:00']] },
    ];
    expect(at({ weekly: office, holidays }, 'Europe/Rome', '2026-12-25T19:00:00Z')).toEqual({
      open: false,
      opensIso: '2026-12-28T10:00+01:00',
      holiday: 'Christmas',
    });
  });

  test('of a business that wrote none are always open, but for its holidays (R2.9)', () => {
    expect(at({}, 'Europe/Rome', '2026-11-21T03:00:00Z')).toEqual({ open: true });
    const holidays = [{ date: '2026-11-22' }];
    expect(at({ holidays }, 'Europe/Rome', '2026-11-21T03:00:00Z')).toEqual({
      open: true,
      untilIso: '2026-11-22T00:00+01:00',
    });
    expect(at({ holidays }, 'Europe/Rome', '2026-11-22T03:00:00Z')).toEqual({
      open: false,
      opensIso: '2026-11-23T00:00+01:00',
    });
  });

  test('that do not end within a week are open without a time (R2.9)', () => {
    const weekly = Object.fromEntries(days.map((day) => [day, [['00:00', '24:00']]]));
    expect(at({ weekly }, 'Europe/Rome', '2026-11-21T03:00:00Z')).toEqual({ open: true });
  });

  test('that never come are closed without a time (R2.9)', () => {
    expect(at({ weekly: {} }, 'Europe/Rome', '2026-11-21T03:00:00Z')).toEqual({ open: false });
  });
});

describe('the nights on which clocks change', () => {
  const night = { weekly: { sun: [['01:00', '02:45']] } };

  test('an hour that comes twice is open both times (R2.9)', () => {
    for (const time of ['2026-10-25T00:40:00Z', '2026-10-25T01:40:00Z'])
      expect(at(night, 'Europe/Rome', time)).toEqual({ open: true, untilIso: '2026-10-25T02:45+01:00' });
  });

  test('an hour that is left out is no time: who opens in it opens after it (R2.9)', () => {
    const weekly = { sun: [['02:30', '10:00']] };
    expect(at({ weekly }, 'Europe/Rome', '2026-03-29T00:59:00Z')).toEqual({
      open: false,
      opensIso: '2026-03-29T03:30+02:00',
    });
    expect(at({ weekly }, 'Europe/Rome', '2026-03-29T08:00:00Z')).toMatchObject({ open: false });
  });
});

const time = fc
  .integer({ min: 0, max: 95 })
  .map(
    (quarter) => `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
  );
const span = fc.tuple(time, fc.oneof(time, fc.constant('24:00'))).filter(([from, to]) => from !== to);
const week = fc.record(Object.fromEntries(days.map((day) => [day, fc.array(span, { maxLength: 3 })])));
const zone = fc.constantFrom('Europe/Rome', 'America/New_York', 'Asia/Tehran', 'Australia/Lord_Howe', 'Pacific/Apia');
const instant = fc.integer({ min: Date.UTC(2025, 0, 1) / minuteMs, max: Date.UTC(2027, 0, 1) / minuteMs });

describe('any opening hours', () => {
  test('are open until the time they say and from the time they say, and not a minute before (R2.9)', () => {
    fc.assert(
      fc.property(
        week,
        zone,
        instant,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (weekly, place, minute, part) => {
          const now = minute * minuteMs;
          const found: HoursAt = hoursAt(hours({ weekly }), place, now);
          const changes = found.open ? found.untilIso : found.opensIso;
          if (changes === undefined) return;
          const then = Date.parse(changes);
          expect(then).toBeGreaterThan(now);
          expect(hoursAt(hours({ weekly }), place, then).open).toBe(!found.open);
          const between = now + Math.floor(((then - now) * part) / minuteMs) * minuteMs;
          expect(hoursAt(hours({ weekly }), place, between)).toEqual(found);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('are open when the wall clock shows a time of the day’s spans, or of yesterday’s late one (R2.9)', () => {
    fc.assert(
      fc.property(week, zone, instant, (weekly, place, minute) => {
        const now = minute * minuteMs;
        fc.pre(offsetAt(place, now - 30 * hourMs) === offsetAt(place, now + 30 * hourMs));
        const { day, clock } = wall(place, now);
        const spans = (which: number) => (weekly[days[(which + 7) % 7] ?? 'mon'] ?? []) as [string, string][];
        const today = spans(day).some(([from, to]) => from <= clock && (to < from || clock < to));
        const late = spans(day - 1).some(([from, to]) => to < from && clock < to);
        expect(hoursAt(hours({ weekly }), place, now).open).toBe(today || late);
      }),
      { numRuns: 300 },
    );
  });
});

/** What a clock there shows: the day, Monday is 0, and the time. */
function wall(timeZone: string, ms: number): { day: number; clock: string } {
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const part = Object.fromEntries(shown.formatToParts(ms).map(({ type, value }) => [type, value]));
  const day = (days as readonly (string | undefined)[]).indexOf(part['weekday']?.toLowerCase());
  return { day, clock: `${part['hour']}:${part['minute']}` };
}

function offsetAt(timeZone: string, ms: number): string {
  const shown = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return shown.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
