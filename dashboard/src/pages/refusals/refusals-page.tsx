/** Calls that were turned away. */
import { useMemo } from 'react';
import { isReason, isRefusal, reasonCodes } from '../../../../shared/reasons.ts';
import { listRefusals, type Refusal } from '../../api/calls.ts';
import { Button } from '../../parts/button.tsx';
import { endOfDay, startOfDay } from '../../parts/day-range.ts';
import { Empty } from '../../parts/empty.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { ReasonBadge } from '../../parts/reason-badge.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { type UrlFilters, useUrlFilters } from '../../parts/url-filters.ts';
import { useScope } from '../../session/access.ts';
import { useOrganizationColumn } from '../../session/organization-column.tsx';
import { useWords } from '../../words/speech.tsx';
import { CalledNumber, CallerName } from '../calls/call-names.tsx';

const filterNames = ['reason', 'from', 'to'] as const;
type FilterName = (typeof filterNames)[number];

export default function RefusalsPage() {
  const { refusalWords, shell } = useWords();
  const { organization } = useScope();
  const url = useUrlFilters(filterNames);
  const { reason, from, to } = url.filters;
  const filter = { organization: organization?.id, reason, from: startOfDay(from), to: endOfDay(to) };
  const list = usePages(['refusals', filter], (page) => listRefusals(filter, page));
  const columns = useRefusalColumns();
  return (
    <Page intro={refusalWords.intro} title={shell.pages.refusals}>
      <RefusalFilters url={url} />
      <Loaded query={list}>
        {(refusals) =>
          refusals.length === 0 ? (
            <Empty title={refusalWords.empty}>{refusalWords.emptyTodo}</Empty>
          ) : (
            <>
              <Table caption={shell.pages.refusals} columns={columns} keyOf={({ id }) => id} rows={refusals} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function RefusalFilters({ url: { filters, set, clear, isAny } }: { readonly url: UrlFilters<FilterName> }) {
  const { callWords, common, refusalWords, reasonWords } = useWords();
  return (
    <search className="mb-4 grid grid-cols-1 items-end gap-3 min-[420px]:grid-cols-2 md:grid-cols-4">
      <SelectField label={refusalWords.reason} onChange={(code) => set('reason', code)} value={filters.reason ?? ''}>
        <option value="">{callWords.anyReason}</option>
        {reasonCodes.filter(isRefusal).map((code) => (
          <option key={code} value={code}>
            {reasonWords.name(code)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={callWords.fromDay}
        onChange={(day) => set('from', day)}
        type="date"
        value={filters.from ?? ''}
      />
      <TextField label={callWords.toDay} onChange={(day) => set('to', day)} type="date" value={filters.to ?? ''} />
      {isAny && (
        <Button className="justify-self-start" onClick={clear} tone="quiet">
          {common.clearFilters}
        </Button>
      )}
    </search>
  );
}

function useRefusalColumns(): readonly Column<Refusal>[] {
  const { callWords, common, refusalWords } = useWords();
  const owner = useOrganizationColumn<Refusal>();
  return useMemo((): Column<Refusal>[] => {
    return [
      { key: 'at', title: refusalWords.at, cell: ({ refusedAt }) => <Moment at={refusedAt} /> },
      { key: 'number', title: common.number, cell: (refusal) => <CalledNumber call={refusal} /> },
      { key: 'caller', title: callWords.caller, cell: ({ caller }) => <CallerName caller={caller} /> },
      ...owner,
      { key: 'reason', title: refusalWords.reason, cell: ({ reason }) => <RefusalReason code={reason} /> },
    ];
  }, [callWords, common, refusalWords, owner]);
}

function RefusalReason({ code }: { readonly code: string }) {
  const { reasonWords } = useWords();
  return (
    <span>
      <ReasonBadge code={code} />
      {isReason(code) && <span className="mt-0.5 block text-muted text-xs">{reasonWords.sentence(code)}</span>}
    </span>
  );
}
