/** When callers call: a table of days and hours, whose cells are the darker the more calls there were. */
import type { Statistics } from '../../api/calls.ts';
import { Scroller } from '../../parts/scroller.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';

const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;
const hours = Array.from({ length: 24 }, (_, hour) => hour);
/** Darker cells would make their figures hard to read. */
const darkest = 42;

export function HeatMap({ hours: figures }: { readonly hours: Statistics['hours'] }) {
  const { statisticsWords: words } = useWords();
  const format = useFormat();
  const counts = new Map(figures.map(({ weekday, hour, calls }) => [`${weekday} ${hour}`, calls]));
  const most = Math.max(1, ...counts.values());
  return (
    <Scroller className="rounded-md border border-line bg-surface p-2" label={words.busiest}>
      <table className="w-full min-w-180 table-fixed border-separate border-spacing-0.5 text-center text-xs">
        <caption className="sr-only">{words.busiest}</caption>
        <thead>
          <tr>
            <th className="w-12 text-left font-medium text-muted" scope="col">
              {words.weekday}
            </th>
            {hours.map((hour) => (
              <th className="font-normal text-muted" key={hour} scope="col">
                <span className="sr-only">{words.hour} </span>
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weekdays.map((weekday) => (
            <tr key={weekday}>
              <th className="text-left font-medium text-muted" scope="row">
                {format.weekday(weekday)}
              </th>
              {hours.map((hour) => {
                const calls = counts.get(`${weekday} ${hour}`) ?? 0;
                const title = words.callsAt(format.count(calls), format.weekday(weekday), `${hour}:00`);
                return <HeatCell calls={calls} key={hour} share={calls / most} title={title} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

interface HeatCellProps {
  readonly calls: number;
  /** Of the busiest hour. */
  readonly share: number;
  readonly title: string;
}

function HeatCell({ calls, share, title }: HeatCellProps) {
  const format = useFormat();
  const background = `color-mix(in oklab, var(--accent) ${Math.round(share * darkest)}%, var(--surface))`;
  return (
    <td className="h-7 rounded-sm" style={{ background }} title={title}>
      {calls === 0 ? <span className="text-muted">0</span> : format.count(calls)}
    </td>
  );
}
