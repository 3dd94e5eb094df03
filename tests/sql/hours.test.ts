/**
 * Whether a business is open is said twice: by shared/hours.ts, which agents go by, and in SQL, where calls are refused
 * before there is an agent. Both are asked the same here, above all on the nights on which clocks change.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantConfigSchema } from '../../shared/config/schema.ts';
import { hoursAt } from '../../shared/hours.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';

const hourMs = 3_600_000;
/** Clocks that change by an hour, by half of one, at midnight, in the other half of the year, by odd amounts, and not at all. */
const places = [
  'UTC',
  'Europe/Rome',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Apia',
];
/** After the day that Samoa left out, 30 December 2011: on it the two disagree, and no business will open on it again. */
const firstMs = Date.UTC(2012, 0, 3);
const lastMs = Date.UTC(2026, 11, 31);

const minuteOfDay = fc.oneof(
  fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15),
  fc.integer({ min: 0, max: 1439 }),
);
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const span = fc
  .tuple(minuteOfDay.map(clock), fc.oneof({ weight: 6, arbitrary: minuteOfDay.map(clock) }, fc.constant('24:00')))
  .filter(([from, to]) => from !== to);
const day = fc.array(span, { maxLength: 3 });
const weekly = fc.option(fc.record({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }), {
  freq: 6,
});

interface Case {
  readonly timezone: string;
  readonly hours: object;
  readonly atMs: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    timezone: fc.constantFrom(...places),
    weekly,
    open: day,
    holidayIn: fc.option(fc.integer({ min: -1, max: 1 })),
    nearChange: fc.boolean(),
    atMs: fc.integer({ min: firstMs / 60_000, max: lastMs / 60_000 }).map((minute) => minute * 60_000),
    offMs: fc.integer({ min: -36, max: 36 }).map((quarters) => quarters * (hourMs / 4)),
  })
  .map(({ timezone, weekly: week, open, holidayIn, nearChange, atMs: anyMs, offMs }) => {
    const atMs = nearChange ? changeAfter(timezone, anyMs) + offMs : anyMs;
    const holidays = holidayIn === null ? [] : [{ date: dateAt(timezone, atMs + holidayIn * 24 * hourMs), open }];
    return { timezone, hours: { weekly: week, holidays }, atMs };
  });

describe.skipIf(noPostgres)('opening hours in SQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(() => database.close());

  async function openInSql(asked: readonly Case[]): Promise<boolean[]> {
    const rows = await database.sql<{ open: boolean }[]>`
      select private.is_open(asked.value -> 'hours', asked.value ->> 'timezone',
        to_timestamp((asked.value ->> 'atMs')::numeric / 1000)) as open
      from jsonb_array_elements(${database.sql.json(asked as never)}) with ordinality asked (value, position)
      order by position`;
    return rows.map(({ open }) => open);
  }

  function openInTypescript({ hours, timezone, atMs }: Case): boolean {
    return hoursAt(tenantConfigSchema.parse({ hours }).hours, timezone, atMs).open;
  }

  test('SQL and agents agree on whether a business is open, on nights of a clock change too (R2.9)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cases, { minLength: 100, maxLength: 100 }), async (asked) => {
        const inSql = await openInSql(asked);
        const differing = asked.filter((one, at) => openInTypescript(one) !== inSql[at]);
        expect(differing.map((one) => ({ ...one, at: new Date(one.atMs).toISOString() }))).toEqual([]);
      }),
      { numRuns: 10 },
    );
  }, 60_000);
});

/** The date on the calendar of the place. */
function dateAt(timezone: string, atMs: number): string {
  return new Date(atMs + offsetMs(timezone, atMs)).toISOString().slice(0, 10);
}

/** To make one takes a thousand times as long as to use it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** How far its clock is ahead of UTC. */
function offsetMs(timeZone: string, atMs: number): number {
  const format = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  clocks.set(timeZone, format);
  const parts = format.formatToParts(atMs);
  const [, sign, hours = '0', minutes = '0'] =
    /GMT(?:([+-])(\d\d):(\d\d))?/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** The next change of the clock of that place, or `fromMs` where it never changes. */
function changeAfter(timezone: string, fromMs: number): number {
  const stepMs = 20 * 24 * hourMs;
  for (let atMs = fromMs; atMs < fromMs + 400 * 24 * hourMs; atMs += stepMs) {
    let [before, after] = [atMs, atMs + stepMs];
    if (offsetMs(timezone, before) === offsetMs(timezone, after)) continue;
    while (after - before > 60_000) {
      const middle = Math.floor((before + after) / 2 / 60_000) * 60_000;
      if (offsetMs(timezone, middle) === offsetMs(timezone, before)) before = middle;
      else after = middle;
    }
    return after;
  }
  return fromMs;
}
