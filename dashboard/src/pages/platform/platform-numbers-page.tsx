/** Every number of the platform: whose it is, and who answers. */
import { useCallback, useState } from 'react';
import { listNumbers, type PhoneNumber } from '../../api/numbers.ts';
import { NewsBadge } from '../../live/news-badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Table } from '../../parts/table.tsx';
import { type UrlFilters, useUrlFilters } from '../../parts/url-filters.ts';
import { useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';
import { AddNumbersDialog } from './add-numbers-dialog.tsx';
import { type Deed, NumberDeed } from './number-deed.tsx';
import { usePlatformNumberColumns } from './platform-number-columns.tsx';

const filterNames = ['search', 'assigned'] as const;
type FilterName = (typeof filterNames)[number];
interface AskedDeed {
  readonly deed: Deed;
  readonly number: PhoneNumber;
}

export default function PlatformNumbersPage() {
  const { numberWords: words, shell } = useWords();
  const { organization } = useScope();
  const url = useUrlFilters(filterNames);
  const [isAdding, setAdding] = useState(false);
  const [asked, setAsked] = useState<AskedDeed>();
  const { search, assigned } = url.filters;
  const filter = {
    organization: organization?.id,
    search,
    assigned: assigned === 'true' || assigned === 'false' ? assigned : undefined,
  } as const;
  const list = usePages(['numbers', filter], (page) => listNumbers(filter, page), 100);
  const columns = usePlatformNumberColumns(setAsked);
  return (
    <Page
      actions={
        <>
          <NewsBadge />
          <Button onClick={() => setAdding(true)} tone="primary">
            <Icon name="plus" size={16} />
            {words.add}
          </Button>
        </>
      }
      intro={words.adminIntro}
      title={shell.pages.adminNumbers}
    >
      <NumberFilters url={url} />
      <Loaded lines={10} query={list}>
        {(numbers) =>
          numbers.length === 0 ? (
            <Empty title={words.adminEmpty} />
          ) : (
            <>
              <Table caption={shell.pages.adminNumbers} columns={columns} keyOf={({ id }) => id} rows={numbers} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {isAdding && <AddNumbersDialog onClose={() => setAdding(false)} />}
      {asked !== undefined && (
        <NumberDeed deed={asked.deed} number={asked.number} onClose={() => setAsked(undefined)} />
      )}
    </Page>
  );
}

function NumberFilters({ url: { filters, set } }: { readonly url: UrlFilters<FilterName> }) {
  const { numberWords: words, common } = useWords();
  const setSearch = useCallback((text: string) => set('search', text), [set]);
  return (
    <search className="mb-4 grid max-w-2xl gap-3 sm:grid-cols-2">
      <SearchField label={words.searchLabel} onSettle={setSearch} value={filters.search ?? ''} />
      <SelectField label={words.assignment} onChange={(value) => set('assigned', value)} value={filters.assigned ?? ''}>
        <option value="">{common.all}</option>
        <option value="true">{words.assigned}</option>
        <option value="false">{words.unassigned}</option>
      </SelectField>
    </search>
  );
}
