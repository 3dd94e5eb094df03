import { useMemo } from 'react';
import { Link } from 'wouter';
import type { OlderConfig } from '../../api/health.ts';
import { Badge } from '../../parts/badge.tsx';
import { Moment } from '../../parts/moment.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useOrganizationColumn } from '../../session/organization-column.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';

/** Numbers whose callers hear another version than the one that is written. */
export function OlderTable({ older }: { readonly older: readonly OlderConfig[] }) {
  const { healthWords: words, common } = useWords();
  const format = useFormat();
  const owner = useOrganizationColumn<OlderConfig>();
  const columns = useMemo(
    (): Column<OlderConfig>[] => [
      {
        key: 'number',
        title: words.number,
        cell: ({ number, call }) => (
          <Link className="underline" href={`/calls/${call}`}>
            <bdi dir="ltr">{number?.phoneNumber ?? common.nothing}</bdi>
          </Link>
        ),
      },
      ...owner,
      { key: 'source', title: words.source, cell: ({ source }) => <Badge tone="warn">{words.sources[source]}</Badge> },
      { key: 'calls', title: words.olderCalls, side: 'right', cell: ({ calls }) => format.count(calls) },
      { key: 'last', title: words.olderLast, cell: ({ lastAt }) => <Moment at={lastAt} /> },
    ],
    [words, common, format, owner],
  );
  return <Table caption={words.older} columns={columns} keyOf={({ call }) => call} rows={older} />;
}
