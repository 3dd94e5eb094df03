/** Lists that are read page by page. */
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Page } from '../api/page.ts';
import { useFormat, useWords } from '../words/speech.tsx';
import { Button } from './button.tsx';

interface Batch<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

const pageSize = 50;

export function usePages<Item>(key: QueryKey, load: (page: Page) => Promise<Batch<Item>>, limit = pageSize) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => load({ limit, after: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // A long list would be read again from its beginning, page after page.
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= 1,
  });
  const batches = query.data?.pages;
  const items = useMemo(() => batches?.flatMap((batch) => batch.items), [batches]);
  return {
    data: items,
    error: query.error,
    refetch: query.refetch,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
  };
}

interface MoreProps {
  readonly list: Pick<ReturnType<typeof usePages>, 'data' | 'hasMore' | 'isLoadingMore' | 'loadMore'>;
}

export function More({ list }: MoreProps) {
  const words = useWords();
  const format = useFormat();
  return (
    <div className="mt-3 flex items-center gap-3 text-muted text-sm">
      <output>{words.common.shown(format.count(list.data?.length ?? 0))}</output>
      {list.hasMore && (
        <Button busy={list.isLoadingMore} onClick={list.loadMore}>
          {words.common.loadMore}
        </Button>
      )}
    </div>
  );
}
