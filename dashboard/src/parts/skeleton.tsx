import { useWords } from '../words/speech.tsx';

/** Grey lines where content will be. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }) {
  const words = useWords();
  return (
    <>
      <output className="sr-only">{words.common.loading}</output>
      <div aria-hidden="true" className="space-y-2">
        {Array.from({ length: lines }, (_, at) => `line-${at}`).map((line) => (
          <div className="h-9 animate-pulse rounded bg-line/60" key={line} />
        ))}
      </div>
    </>
  );
}
