/** How often each reason was, as bars with their figures. */
import { isReason } from '../../../../shared/reasons.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

interface ReasonBarsProps {
  readonly counts: readonly { readonly reason: string; readonly count: number }[];
  /** What to say when there is none. */
  readonly nothing: string;
}

export function ReasonBars({ counts, nothing }: ReasonBarsProps) {
  const { reasonWords } = useWords();
  const format = useFormat();
  if (counts.length === 0) return <p className="text-muted text-sm">{nothing}</p>;
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return (
    <ul className="space-y-2">
      {counts.map(({ reason, count }) => (
        <li className="text-sm" key={reason}>
          <div className="flex justify-between gap-3">
            <span title={isReason(reason) ? reasonWords.sentence(reason) : undefined}>
              {isReason(reason) ? reasonWords.name(reason) : reason}
            </span>
            <span>{format.count(count)}</span>
          </div>
          <div aria-hidden="true" className="h-2 rounded bg-sunken">
            <div className="h-2 rounded bg-accent" style={{ width: `${(count / most) * 100}%` }} />
          </div>
        </li>
      ))}
    </ul>
  );
}
