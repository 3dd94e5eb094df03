import { useCallback, useState } from 'react';
import { listTickets } from '../../api/tickets.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useUrlFilters } from '../../parts/url-filters.ts';
import { useMay, useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';
import { NewTicketDialog } from './new-ticket-dialog.tsx';
import { TicketList } from './ticket-list.tsx';

const filterNames = ['status', 'search'] as const;

export default function TicketsPage() {
  const { ticketWords: words, shell, common } = useWords();
  const { organization } = useScope();
  const canAdd = useMay('editor') && organization !== undefined;
  const [isAdding, setAdding] = useState(false);
  const { filters, set } = useUrlFilters(filterNames);
  const setSearch = useCallback((text: string) => set('search', text), [set]);
  // Without a word about it: what is still to be done.
  const which = filters.status ?? 'open';
  const filter = {
    organization: organization?.id,
    status: which === 'open' || which === 'closed' ? which : undefined,
    search: filters.search,
  } as const;
  const list = usePages(['tickets', filter], (page) => listTickets(filter, page));
  return (
    <Page
      actions={
        canAdd && (
          <Button onClick={() => setAdding(true)} tone="primary">
            <Icon name="plus" size={16} />
            {words.add}
          </Button>
        )
      }
      intro={words.intro}
      title={shell.pages.tickets}
    >
      <search className="mb-4 grid max-w-xl gap-3 sm:grid-cols-2">
        <SelectField label={words.which} onChange={(value) => set('status', value)} value={which}>
          <option value="open">{words.open}</option>
          <option value="closed">{words.closed}</option>
          <option value="all">{common.all}</option>
        </SelectField>
        <SearchField label={words.search} onSettle={setSearch} value={filters.search ?? ''} />
      </search>
      <Loaded query={list}>
        {(tickets) =>
          tickets.length === 0 ? (
            <Empty title={words.empty}>{words.emptyTodo}</Empty>
          ) : (
            <>
              <TicketList heading="h2" tickets={tickets} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {isAdding && organization !== undefined && (
        <NewTicketDialog onClose={() => setAdding(false)} organization={organization.id} />
      )}
    </Page>
  );
}
