import type { JsonValue } from '../api/json.ts';
import { Scroller } from '../parts/scroller.tsx';
import { useWords } from '../words/speech.tsx';
import type { Difference } from './paths.ts';

interface DifferencesProps {
  readonly differences: readonly Difference[];
  /** What to say when there is none. */
  readonly nothing: string;
}

/** What was before and what is after, setting by setting. */
export function Differences({ differences, nothing }: DifferencesProps) {
  const { editorWords } = useWords();
  if (differences.length === 0) return <p className="text-muted text-sm">{nothing}</p>;
  return (
    <Scroller label={editorWords.differences}>
      <table className="w-full table-fixed text-left text-xs">
        <thead>
          <tr className="text-muted">
            <th className="w-1/4 py-1 pr-2 font-medium" scope="col">
              {editorWords.setting}
            </th>
            <th className="py-1 pr-2 font-medium" scope="col">
              {editorWords.before}
            </th>
            <th className="py-1 font-medium" scope="col">
              {editorWords.after}
            </th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ path, before, after }) => (
            <tr className="border-line border-t align-top" key={path.join('.')}>
              <th className="break-words py-1 pr-2 font-mono font-normal" scope="row">
                {path.join('.')}
              </th>
              <td className="whitespace-pre-wrap break-words py-1 pr-2" dir="auto">
                <Side value={before} />
              </td>
              <td className="whitespace-pre-wrap break-words py-1" dir="auto">
                <Side value={after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Side({ value }: { readonly value: JsonValue | undefined }) {
  const { editorWords } = useWords();
  if (value === undefined) return <span className="text-muted">{editorWords.notWritten}</span>;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
