/** Times from and to; none of them is closed. */
import { IconButton } from '../../../parts/button.tsx';
import { controlLook } from '../../../parts/field.tsx';
import { useWords } from '../../../words/speech.tsx';
import { readTime, type Span, usualSpan } from './week.ts';

interface SpansEditorProps {
  /** The day. */
  readonly what: string;
  readonly spans: readonly Span[];
  readonly canWrite: boolean;
  readonly onChange: (spans: readonly Span[]) => void;
}

export function SpansEditor({ what, spans, canWrite, onChange }: SpansEditorProps) {
  const { editorWords } = useWords();
  const put = (at: number, span: Span) => onChange(spans.with(at, span));
  const rows = spans.map((span, at) => ({ span, at }));
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {spans.length === 0 && <span className="text-muted text-sm">{editorWords.closed}</span>}
      {rows.map(({ span, at }) => (
        <span className="flex items-center gap-1" key={at}>
          <TimeInput
            canWrite={canWrite}
            label={editorWords.opens(what)}
            onChange={(from) => put(at, { ...span, from })}
            value={span.from}
          />
          <span aria-hidden="true">–</span>
          <TimeInput
            canWrite={canWrite}
            label={editorWords.closes(what)}
            onChange={(to) => put(at, { ...span, to })}
            value={span.to}
          />
          {canWrite && (
            <IconButton
              icon="close"
              label={editorWords.removeSpan(what)}
              onClick={() => onChange(spans.toSpliced(at, 1))}
            />
          )}
        </span>
      ))}
      {canWrite && (
        <IconButton icon="plus" label={editorWords.addSpan(what)} onClick={() => onChange([...spans, usualSpan])} />
      )}
    </div>
  );
}

interface TimeInputProps {
  readonly label: string;
  readonly value: string;
  readonly canWrite: boolean;
  readonly onChange: (value: string) => void;
}

function TimeInput({ label, value, canWrite, onChange }: TimeInputProps) {
  return (
    <input
      aria-label={label}
      className={`${controlLook} w-18 text-center`}
      inputMode="numeric"
      maxLength={5}
      onBlur={(event) => onChange(readTime(event.target.value))}
      onChange={(event) => onChange(event.target.value)}
      readOnly={!canWrite}
      type="text"
      value={value}
    />
  );
}
