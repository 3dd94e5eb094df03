import { useMemo } from 'react';
import type { CallDetail } from '../../api/calls.ts';
import { type Column, Table } from '../../parts/table.tsx';
import { named } from '../../words/named.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

type Used = CallDetail['usage'][number];

/** What each provider was used for, and what it cost. */
export function Usage({ usage }: { readonly usage: readonly Used[] }) {
  const { callWords, common } = useWords();
  const format = useFormat();
  const columns = useMemo(
    (): Column<Used>[] => [
      { key: 'kind', title: callWords.kind, cell: ({ kind }) => named(callWords.kinds, kind) },
      { key: 'provider', title: callWords.provider, cell: ({ provider }) => provider },
      { key: 'model', title: callWords.model, cell: ({ model }) => <span className="break-all">{model}</span> },
      {
        key: 'amount',
        title: callWords.amount,
        side: 'right',
        cell: ({ amount, unit }) => `${format.count(amount)} ${named(callWords.units, unit)}`,
      },
      {
        key: 'cost',
        title: callWords.cost,
        side: 'right',
        cell: ({ cost }) => (cost === null ? common.nothing : format.cost(cost)),
      },
    ],
    [callWords, common, format],
  );
  if (usage.length === 0) return <p className="text-muted text-sm">{callWords.usageEmpty}</p>;
  const costs = usage.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  const keyOf = ({ kind, provider, model, unit }: Used) => [kind, provider, model, unit].join(' ');
  return (
    <>
      <Table caption={callWords.usage} columns={columns} keyOf={keyOf} rows={usage} />
      {costs.length > 0 && (
        <p className="mt-2 text-right font-medium text-sm">
          {callWords.total}: {format.cost(costs.reduce((sum, cost) => sum + cost, 0))}
        </p>
      )}
    </>
  );
}
