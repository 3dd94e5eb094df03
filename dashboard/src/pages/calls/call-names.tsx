/** How a call is named in lists. */
import type { Call } from '../../api/calls.ts';
import { useWords } from '../../words/speech.tsx';

export function CallerName({ caller }: { readonly caller: string | null }) {
  const { callWords } = useWords();
  if (caller === null) return <span className="text-muted">{callWords.hiddenCaller}</span>;
  return <bdi dir="ltr">{caller}</bdi>;
}

export function CalledNumber({ call: { called, number } }: { readonly call: Pick<Call, 'called' | 'number'> }) {
  return (
    <span>
      <bdi dir="ltr">{called}</bdi>
      {number !== null && number.label !== '' && (
        <span className="block text-muted text-xs" dir="auto">
          {number.label}
        </span>
      )}
    </span>
  );
}
