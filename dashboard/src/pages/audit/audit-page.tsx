/** Who changed what. */
import { useCallback, useMemo } from 'react';
import { type AuditEntry, listAudit } from '../../api/audit.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useUrlFilters } from '../../parts/url-filters.ts';
import { useScope } from '../../session/access.ts';
import { useOrganizationColumn } from '../../session/organization-column.tsx';
import { useWords } from '../../words/speech.tsx';
import { AuditChange } from './audit-change.tsx';

const filterNames = ['action', 'target'] as const;

export default function AuditPage() {
  const { auditWords, shell } = useWords();
  const { organization } = useScope();
  const { filters, set } = useUrlFilters(filterNames);
  const setAction = useCallback((text: string) => set('action', text), [set]);
  const setTarget = useCallback((text: string) => set('target', text), [set]);
  const filter = { organization: organization?.id, ...filters };
  const list = usePages(['audit', filter], (page) => listAudit(filter, page));
  const columns = useAuditColumns();
  return (
    <Page intro={auditWords.intro} title={shell.pages.audit}>
      <search className="mb-4 grid max-w-2xl gap-3 sm:grid-cols-2">
        <SearchField
          hint={auditWords.actionHint}
          label={auditWords.action}
          onSettle={setAction}
          value={filters.action ?? ''}
        />
        <SearchField label={auditWords.target} onSettle={setTarget} value={filters.target ?? ''} />
      </search>
      <Loaded query={list}>
        {(entries) =>
          entries.length === 0 ? (
            <Empty title={auditWords.empty}>{auditWords.emptyTodo}</Empty>
          ) : (
            <>
              <Table caption={shell.pages.audit} columns={columns} keyOf={({ id }) => id} rows={entries} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function useAuditColumns(): readonly Column<AuditEntry>[] {
  const { auditWords } = useWords();
  const owner = useOrganizationColumn<AuditEntry>();
  return useMemo((): Column<AuditEntry>[] => {
    return [
      { key: 'at', title: auditWords.at, cell: ({ at }) => <Moment at={at} /> },
      { key: 'who', title: auditWords.who, cell: ({ who }) => <bdi className="break-all">{who}</bdi> },
      { key: 'what', title: auditWords.what, cell: ({ action }) => <code className="text-xs">{action}</code> },
      {
        key: 'on',
        title: auditWords.on,
        cell: ({ target }) => <span className="break-all text-muted text-xs">{target}</span>,
      },
      ...owner,
      { key: 'change', title: auditWords.change, cell: (entry) => <AuditChange entry={entry} /> },
    ];
  }, [auditWords, owner]);
}
