/** Shows what was asked for, or why it is not there yet. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { problemOf } from '../api/problem.ts';
import { useWords } from '../words/speech.tsx';
import { ProblemNote } from './problem-note.tsx';
import { Skeleton } from './skeleton.tsx';

interface LoadedProps<Data> {
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error'> & { readonly refetch: () => unknown };
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ query, lines = 6, children }: LoadedProps<Data>) {
  const words = useWords();
  const retry = () => void query.refetch();
  if (query.data !== undefined)
    return (
      <>
        {query.error !== null && <output className="mb-2 block text-sm text-warn">{words.common.stale}</output>}
        {children(query.data)}
      </>
    );
  if (query.error !== null) return <ProblemNote onRetry={retry} problem={problemOf(query.error)} />;
  return <Skeleton lines={lines} />;
}
