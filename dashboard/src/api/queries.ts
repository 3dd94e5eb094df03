/** What was read, and for how long it is good. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { dropSession } from '../session/auth.ts';
import { Problem } from './problem.ts';

const goodForMs = 5_000;
const mostTries = 2;

export function createQueries(): QueryClient {
  const onError = (thrown: Error) => {
    if (thrown instanceof Problem && thrown.reason === 'not_signed_in') void dropSession();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // Being offline is an error that pages show, not a wait without end.
      queries: { staleTime: goodForMs, networkMode: 'always', retry: mayGoBetter },
      mutations: { networkMode: 'always' },
    },
  });
}

function mayGoBetter(tries: number, thrown: Error): boolean {
  return tries < mostTries && thrown instanceof Problem && thrown.passes;
}
