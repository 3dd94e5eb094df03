/** A chart over days. It is a drawing: the same figures stand in a table below. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat } from '../../words/speech.tsx';
import { dateOf } from './period.ts';

interface DaySeries {
  readonly name: string;
  readonly kind: 'bars' | 'line';
  readonly tone: 'accent' | 'bad';
  readonly values: readonly (number | null)[];
}

interface DayChartProps {
  readonly days: readonly string[];
  readonly series: readonly DaySeries[];
  readonly unit: string;
}

const height = 240;
const barWidth = 0.7;
const widestBar = 40;
/** The bars of the first and the last day have room too. */
const halfDayS = 43_200;

export default function DayChart({ days, series, unit }: DayChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { locale } = useFormat();
  // Drawn anew when the figures change, not when the page is.
  const drawn = JSON.stringify({ days, series });
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const shown: Pick<DayChartProps, 'days' | 'series'> = JSON.parse(drawn);
    let chart = draw(element, shown, locale);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => {
      chart.destroy();
      chart = draw(element, shown, locale);
    };
    const watcher = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    dark.addEventListener('change', redraw);
    return () => {
      dark.removeEventListener('change', redraw);
      watcher.disconnect();
      chart.destroy();
    };
  }, [drawn, locale]);
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-surface p-2">
      <figcaption className="px-1 text-muted text-xs">{unit}</figcaption>
      <div aria-hidden="true" ref={place} />
    </figure>
  );
}

function draw(element: HTMLElement, { days, series }: Pick<DayChartProps, 'days' | 'series'>, locale: string): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const dayName = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const axis = {
    stroke: colour('muted'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line') },
  };
  const nameOf = (seconds: number) => dayName.format(new Date(seconds * 1000));
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    legend: { live: false },
    scales: {
      x: { range: (_chart, first, last) => [first - halfDayS, last + halfDayS] },
      y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_chart, seconds) => seconds.map(nameOf) },
      { ...axis, size: 44 },
    ],
    series: [{}, ...series.map((one) => lookOf(one, colour(one.tone)))],
  };
  const seconds = days.map((day) => dateOf(day).getTime() / 1000);
  return new uPlot(options, [seconds, ...series.map(({ values }) => [...values])], element);
}

function lookOf({ name, kind }: DaySeries, colour: string): uPlot.Series {
  const look: uPlot.Series = { label: name, stroke: colour, width: 2 };
  if (kind === 'line') return { ...look, spanGaps: true, points: { show: true, size: 5, fill: colour } };
  const paths = uPlot.paths.bars?.({ size: [barWidth, widestBar] });
  return { ...look, fill: colour, width: 0, points: { show: false }, ...(paths === undefined ? {} : { paths }) };
}
