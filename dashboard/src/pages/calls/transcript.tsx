import type { CallDetail } from '../../api/calls.ts';
import { classNames } from '../../parts/class-names.ts';
import { useFormat, useWords } from '../../words/speech.tsx';
import { AnswerTime } from './answer-time.tsx';

interface TranscriptProps {
  readonly turns: CallDetail['turns'];
  /** What to say when nobody spoke. */
  readonly empty: string;
}

/** What was said, as a conversation; times are since the call began. */
export function Transcript({ turns, empty }: TranscriptProps) {
  const { callWords } = useWords();
  const format = useFormat();
  if (turns.length === 0) return <p className="text-muted text-sm">{empty}</p>;
  return (
    <ol className="space-y-2">
      {turns.map(({ position, role, text, atMs, latency }) => (
        <li
          className={classNames(
            'w-fit max-w-[90%] rounded-lg px-3 py-2 text-sm',
            role === 'agent' ? 'bg-accent-soft' : 'ml-auto border border-line bg-surface',
          )}
          key={position}
        >
          <p className="text-muted text-xs">
            {callWords.speakers[role]} · {format.duration(atMs)}
          </p>
          <p className="whitespace-pre-wrap break-words" dir="auto">
            {text}
          </p>
          {latency !== null && <AnswerTime latency={latency} />}
        </li>
      ))}
    </ol>
  );
}
