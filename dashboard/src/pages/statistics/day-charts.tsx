/** How many calls came on each day and how long they took: drawn, and as figures for those who do not see it. */
import { lazy, Suspense, useMemo } from 'react';
import type { Statistics } from '../../api/calls.ts';
import { Section } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { dateOf, type Period } from './period.ts';

const DayChart = lazy(() => import('./day-chart.tsx'));
type DayFigures = Statistics['days'][number];

interface DayChartsProps {
  readonly figures: Statistics;
  readonly period: Period;
}

export function DayCharts({ figures, period }: DayChartsProps) {
  const { statisticsWords: words } = useWords();
  const days = useMemo(() => everyDay(figures.days, period), [figures.days, period]);
  return (
    <>
      <div className="grid gap-x-8 lg:grid-cols-2">
        <Section title={words.perDay}>
          <Suspense fallback={<ChartPlace />}>
            <DayChart
              days={period.days}
              series={[
                { name: words.answered, kind: 'bars', tone: 'accent', values: days.map(({ answered }) => answered) },
                { name: words.refused, kind: 'line', tone: 'bad', values: days.map(({ refused }) => refused) },
              ]}
              unit={words.calls}
            />
          </Suspense>
        </Section>
        <Section title={words.durationPerDay}>
          <Suspense fallback={<ChartPlace />}>
            <DayChart
              days={period.days}
              series={[{ name: words.averageTalk, kind: 'line', tone: 'accent', values: days.map(minutesOf) }]}
              unit={words.minutes}
            />
          </Suspense>
        </Section>
      </div>
      <details className="mt-2 text-sm">
        <summary className="text-accent">{words.figures}</summary>
        <div className="mt-2">
          <DayTable days={days} />
        </div>
      </details>
    </>
  );
}

/** As high as the chart, so that nothing jumps. */
function ChartPlace() {
  return <div aria-hidden="true" className="h-60 animate-pulse rounded bg-line/60" />;
}

function DayTable({ days }: { readonly days: readonly DayFigures[] }) {
  const { statisticsWords: words, common } = useWords();
  const format = useFormat();
  const columns = useMemo(
    (): Column<DayFigures>[] => [
      { key: 'day', title: words.day, cell: ({ day }) => format.day(dateOf(day).getTime()) },
      { key: 'calls', title: words.calls, side: 'right', cell: ({ calls }) => format.count(calls) },
      { key: 'answered', title: words.answered, side: 'right', cell: ({ answered }) => format.count(answered) },
      { key: 'refused', title: words.refused, side: 'right', cell: ({ refused }) => format.count(refused) },
      {
        key: 'average',
        title: words.averageTalk,
        side: 'right',
        cell: ({ averageTalkMs }) => (averageTalkMs === null ? common.nothing : format.duration(averageTalkMs)),
      },
    ],
    [words, common, format],
  );
  return <Table caption={words.perDay} columns={columns} keyOf={({ day }) => day} rows={days} />;
}

/** Days without a call are not in the figures, and are days nevertheless. */
function everyDay(known: readonly DayFigures[], { days }: Period): DayFigures[] {
  const byDay = new Map(known.map((figures) => [figures.day, figures]));
  return days.map((day) => byDay.get(day) ?? { day, calls: 0, answered: 0, refused: 0, averageTalkMs: null });
}

function minutesOf({ averageTalkMs }: DayFigures): number | null {
  return averageTalkMs === null ? null : Math.round(averageTalkMs / 6_000) / 10;
}
