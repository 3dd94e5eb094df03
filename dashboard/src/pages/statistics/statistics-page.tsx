import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { readStatistics, type Statistics } from '../../api/calls.ts';
import { Empty } from '../../parts/empty.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useUrlFilters } from '../../parts/url-filters.ts';
import { useScope } from '../../session/access.ts';
import { useFormat, useWords } from '../../words/speech.tsx';
import { DayCharts } from './day-charts.tsx';
import { HeatMap } from './heat-map.tsx';
import { isLength, lastDays, lengths, type Period } from './period.ts';
import { ReasonBars } from './reason-bars.tsx';

const filterNames = ['days'] as const;

export default function StatisticsPage() {
  const { statisticsWords: words, shell } = useWords();
  const { organization } = useScope();
  const { filters, set } = useUrlFilters(filterNames);
  const length = isLength(filters.days) ? filters.days : '30';
  const period = useMemo(() => lastDays(length, new Date()), [length]);
  const { from, to, timezone } = period;
  const query = { organization: organization?.id, from, to, timezone };
  const statistics = useQuery({
    queryKey: ['statistics', query],
    queryFn: () => readStatistics(query),
    refetchInterval: 60_000,
  });
  return (
    <Page
      actions={
        <div className="w-44">
          <SelectField label={words.range} onChange={(days) => set('days', days)} value={length}>
            {lengths.map((days) => (
              <option key={days} value={days}>
                {words.lastDays(days)}
              </option>
            ))}
          </SelectField>
        </div>
      }
      intro={words.intro(timezone)}
      title={shell.pages.statistics}
    >
      <Loaded lines={10} query={statistics}>
        {(figures) => <Figures figures={figures} period={period} />}
      </Loaded>
    </Page>
  );
}

function Figures({ figures, period }: { readonly figures: Statistics; readonly period: Period }) {
  const { statisticsWords: words } = useWords();
  if (figures.calls + figures.refused === 0) return <Empty title={words.empty}>{words.emptyTodo}</Empty>;
  return (
    <>
      <Totals figures={figures} />
      <DayCharts figures={figures} period={period} />
      <Section title={words.busiest}>
        <HeatMap hours={figures.hours} />
      </Section>
      <div className="grid gap-x-8 lg:grid-cols-2">
        <Section title={words.refusals}>
          <ReasonBars counts={figures.refusals} nothing={words.noRefusals} />
        </Section>
        <Section title={words.ends}>
          <ReasonBars counts={figures.ends} nothing={words.noEnds} />
        </Section>
      </div>
    </>
  );
}

function Totals({ figures }: { readonly figures: Statistics }) {
  const { statisticsWords: words, common } = useWords();
  const format = useFormat();
  const span = (ms: number | null) => (ms === null ? common.nothing : format.span(ms));
  const totals = [
    [words.calls, format.count(figures.calls)],
    [words.answered, format.count(figures.answered)],
    [words.refused, format.count(figures.refused)],
    [words.averageTalk, figures.averageTalkMs === null ? common.nothing : format.duration(figures.averageTalkMs)],
    [words.answerP50, span(figures.answerMs.p50)],
    [words.answerP95, span(figures.answerMs.p95)],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      {totals.map(([name, value]) => (
        <div className="flex flex-col-reverse justify-end rounded-md border border-line bg-surface p-3" key={name}>
          <dt className="text-muted text-xs">{name}</dt>
          <dd className="font-semibold text-xl">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
