import { useMemo } from 'react';
import type { CallDetail } from '../../api/calls.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { named } from '../../words/named.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

type Transfer = CallDetail['transfers'][number];

export function Transfers({ transfers }: { readonly transfers: readonly Transfer[] }) {
  const { callWords } = useWords();
  const format = useFormat();
  const columns = useMemo(
    (): Column<Transfer>[] => [
      { key: 'at', title: callWords.stepAt, cell: ({ atMs }) => format.duration(atMs) },
      {
        key: 'destination',
        title: callWords.destination,
        cell: ({ destination }) => <span dir="auto">{destination}</span>,
      },
      {
        key: 'outcome',
        title: callWords.outcome,
        cell: ({ outcome }) => (
          <Badge tone={outcome === 'connected' ? 'good' : 'warn'}>{named(callWords.outcomes, outcome)}</Badge>
        ),
      },
    ],
    [callWords, format],
  );
  const keyOf = ({ atMs, destination }: Transfer) => `${atMs} ${destination}`;
  return <Table caption={callWords.transfers} columns={columns} keyOf={keyOf} rows={transfers} />;
}
