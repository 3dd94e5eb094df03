/**
 * The calls on the line now, for every page that counts them. They come over the stream of events; while that cannot be had
 * they are asked for each 2 s, and the stream is tried again each 10 s.
 *
 * connecting: nothing came yet. streaming: the stream tells. away: it tells that the database does not answer. polling: there
 * is no stream.
 */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { type Call, listLiveCalls } from '../api/calls.ts';
import { followNews, type News } from '../api/events.ts';
import { useScope } from '../session/access.ts';
import { auth } from '../session/auth.ts';

export type NewsState = 'connecting' | 'streaming' | 'away' | 'polling';

interface LiveNews {
  readonly state: NewsState;
  /** Undefined: not known yet. */
  readonly calls: readonly Call[] | undefined;
  /** By id of the number. */
  readonly callsByNumber: ReadonlyMap<string, number>;
}

const pollEveryMs = 2_000;
const tryAgainAfterMs = 10_000;
const NewsContext = createContext<LiveNews>({ state: 'connecting', calls: undefined, callsByNumber: new Map() });

export function useNews(): LiveNews {
  return use(NewsContext);
}

export function NewsProvider({ children }: { readonly children: ReactNode }) {
  const { organization } = useScope();
  const state = useStream(organization?.id);
  const { data: calls } = useQuery({
    queryKey: liveKey(organization?.id),
    queryFn: async () => (await listLiveCalls(organization?.id)).calls,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: state === 'polling' && pollEveryMs,
  });
  const news = useMemo((): LiveNews => ({ state, calls, callsByNumber: countByNumber(calls ?? []) }), [state, calls]);
  return <NewsContext value={news}>{children}</NewsContext>;
}

function liveKey(organization: string | undefined) {
  return ['live', organization ?? 'all'];
}

function useStream(organization: string | undefined): NewsState {
  const queries = useQueryClient();
  const [state, setState] = useState<NewsState>('connecting');
  useEffect(() => {
    const closing = new AbortController();
    const hear = (news: News) => {
      setState(news.kind === 'away' ? 'away' : 'streaming');
      note(news, organization, queries);
    };
    void keepFollowing(organization, hear, () => setState('polling'), closing.signal);
    return () => closing.abort();
  }, [organization, queries]);
  return state;
}

function note(news: News, organization: string | undefined, queries: QueryClient): void {
  if (news.kind === 'calls') queries.setQueryData(liveKey(organization), news.calls);
  if (news.kind !== 'numbers') return;
  for (const queryKey of [['numbers'], ['effective']]) void queries.invalidateQueries({ queryKey });
}

async function keepFollowing(
  organization: string | undefined,
  hear: (news: News) => void,
  lost: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const turn = new AbortController();
    // The stream goes by the token that it was opened with.
    const { data } = auth.onAuthStateChange((event) => {
      if (event === 'TOKEN_REFRESHED') turn.abort();
    });
    try {
      await followNews(organization, hear, AbortSignal.any([signal, turn.signal]));
    } catch {
      // Whatever it was, asking for the list shows it, with words.
      lost();
      await pause(tryAgainAfterMs, signal);
    } finally {
      data.subscription.unsubscribe();
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function countByNumber(calls: readonly Call[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { number } of calls) if (number !== null) counts.set(number.id, (counts.get(number.id) ?? 0) + 1);
  return counts;
}
