/** Every call that was admitted. The filters stand in the address. */
import { isReason } from '../../../../shared/reasons.ts';
import { type CallFilter, listCalls } from '../../api/calls.ts';
import { endOfDay, startOfDay } from '../../parts/day-range.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { Table } from '../../parts/table.tsx';
import { type UrlFilters, useUrlFilters } from '../../parts/url-filters.ts';
import { useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';
import { useCallColumns } from './call-columns.tsx';
import { type FilterName, filterNames, HistoryFilters } from './history-filters.tsx';

const shownAtOnce = 100;

export default function HistoryPage() {
  const { callWords, shell } = useWords();
  const { organization } = useScope();
  const url = useUrlFilters(filterNames);
  const filter = filterOf(url.filters, organization?.id);
  const list = usePages(['calls', filter], (page) => listCalls(filter, page), shownAtOnce);
  const columns = useCallColumns();
  return (
    <Page intro={callWords.historyIntro} title={shell.pages.history}>
      <HistoryFilters url={url} />
      <Loaded lines={12} query={list}>
        {(calls) =>
          calls.length === 0 ? (
            <Empty title={callWords.historyEmpty}>{callWords.historyEmptyTodo}</Empty>
          ) : (
            <>
              <Table caption={shell.pages.history} columns={columns} keyOf={({ id }) => id} rows={calls} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

/** An address that somebody wrote by hand filters by what can be read of it. */
function filterOf(filters: UrlFilters<FilterName>['filters'], organization: string | undefined): CallFilter {
  const { number, reason, answered, tickets, from, to, caller, words } = filters;
  return {
    organization,
    number,
    reason: reason !== undefined && isReason(reason) ? reason : undefined,
    answered: flagOf(answered),
    tickets: flagOf(tickets),
    from: startOfDay(from),
    to: endOfDay(to),
    caller,
    words,
  };
}

function flagOf(text: string | undefined): 'true' | 'false' | undefined {
  return text === 'true' || text === 'false' ? text : undefined;
}
