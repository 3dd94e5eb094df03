/** Every organisation of the platform, with its limits. */
import { useCallback, useState } from 'react';
import { listOrganizations, type Organization } from '../../api/organizations.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Table } from '../../parts/table.tsx';
import { useUrlFilters } from '../../parts/url-filters.ts';
import { useWords } from '../../words/speech.tsx';
import { NewOrganizationDialog } from './new-organization-dialog.tsx';
import { useOrganizationColumns } from './organization-columns.tsx';
import { OrganizationEditor } from './organization-editor.tsx';

const filterNames = ['search'] as const;

export default function OrganizationsPage() {
  const { organizationWords: words, shell } = useWords();
  const { filters, set } = useUrlFilters(filterNames);
  const setSearch = useCallback((text: string) => set('search', text), [set]);
  const [isAdding, setAdding] = useState(false);
  const [edited, setEdited] = useState<Organization>();
  const list = usePages(['organizations', filters], (page) => listOrganizations(filters.search, page), 100);
  const columns = useOrganizationColumns(setEdited);
  return (
    <Page
      actions={
        <Button onClick={() => setAdding(true)} tone="primary">
          <Icon name="plus" size={16} />
          {words.add}
        </Button>
      }
      intro={words.intro}
      title={shell.pages.adminOrganizations}
    >
      <div className="mb-4 max-w-sm">
        <SearchField label={words.search} onSettle={setSearch} value={filters.search ?? ''} />
      </div>
      <Loaded lines={8} query={list}>
        {(organizations) =>
          organizations.length === 0 ? (
            <Empty title={words.empty}>{words.emptyTodo}</Empty>
          ) : (
            <>
              <Table
                caption={shell.pages.adminOrganizations}
                columns={columns}
                keyOf={({ id }) => id}
                rows={organizations}
              />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {isAdding && <NewOrganizationDialog onClose={() => setAdding(false)} />}
      {edited !== undefined && (
        <OrganizationEditor key={edited.id} onClose={() => setEdited(undefined)} organization={edited} />
      )}
    </Page>
  );
}
