import { useMemo } from 'react';
import type { Pool, Worker } from '../../api/health.ts';
import { Badge } from '../../parts/badge.tsx';
import { Moment, useNow } from '../../parts/moment.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';

/** Workers tell of themselves every few seconds. */
const lostAfterMs = 60_000;

export function WorkerTable({ workers }: { readonly workers: readonly Worker[] }) {
  const { healthWords: words } = useWords();
  const format = useFormat();
  const columns = useMemo(
    (): Column<Worker>[] => [
      { key: 'name', title: words.worker, cell: ({ name }) => <span className="break-all">{name}</span> },
      { key: 'pool', title: words.pool, cell: ({ pool }) => pool },
      { key: 'state', title: words.state, cell: (worker) => <WorkerState worker={worker} /> },
      {
        key: 'calls',
        title: words.calls,
        side: 'right',
        cell: ({ calls, capacity }) => words.of(format.count(calls), format.count(capacity)),
      },
      { key: 'load', title: words.load, side: 'right', cell: ({ load }) => format.percent(load) },
      { key: 'version', title: words.version, cell: ({ version }) => version },
      { key: 'started', title: words.startedAt, cell: ({ startedAt }) => <Moment at={startedAt} /> },
      { key: 'seen', title: words.seenAt, cell: ({ seenAt }) => <Moment at={seenAt} /> },
    ],
    [words, format],
  );
  return <Table caption={words.workers} columns={columns} keyOf={({ name }) => name} rows={workers} />;
}

function WorkerState({ worker: { draining, seenAt } }: { readonly worker: Worker }) {
  const { healthWords: words } = useWords();
  const now = useNow();
  if (now - Date.parse(seenAt) > lostAfterMs) return <Badge tone="bad">{words.lost}</Badge>;
  return draining ? <Badge tone="warn">{words.draining}</Badge> : <Badge tone="good">{words.ready}</Badge>;
}

export function PoolTable({ pools }: { readonly pools: readonly Pool[] }) {
  const { healthWords: words, common } = useWords();
  const format = useFormat();
  const columns = useMemo(
    (): Column<Pool>[] => [
      { key: 'name', title: words.pool, cell: ({ name }) => name },
      { key: 'calls', title: words.calls, side: 'right', cell: ({ liveCalls }) => format.count(liveCalls) },
      {
        key: 'limit',
        title: words.poolLimit,
        side: 'right',
        cell: ({ maxConcurrentCalls }) =>
          maxConcurrentCalls === null ? common.unlimited : format.count(maxConcurrentCalls),
      },
    ],
    [words, common, format],
  );
  return <Table caption={words.pools} columns={columns} keyOf={({ name }) => name} rows={pools} />;
}
