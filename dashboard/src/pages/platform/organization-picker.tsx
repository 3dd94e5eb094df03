/** Chooses one of all organisations: searched, because there may be many. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listOrganizations } from '../../api/organizations.ts';
import { SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useWords } from '../../words/speech.tsx';

interface OrganizationPickerProps {
  readonly label: string;
  /** What choosing none is called. */
  readonly none: string;
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly error?: string | undefined;
}

const mostShown = 100;

export function OrganizationPicker({ label, none, value, onChange, error }: OrganizationPickerProps) {
  const { shell } = useWords();
  const [search, setSearch] = useState('');
  const found = useQuery({
    queryKey: ['organizations', 'picked', search],
    queryFn: () => listOrganizations(search === '' ? undefined : search, { limit: mostShown }),
  });
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <SearchField label={shell.searchOrganizations} onSettle={setSearch} value={search} />
      <Loaded lines={1} query={found}>
        {({ items }) => (
          <SelectField error={error} label={label} onChange={onChange} value={value}>
            <option value="">{none}</option>
            {value !== '' && !items.some(({ id }) => id === value) && <option value={value}>{value}</option>}
            {items.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        )}
      </Loaded>
    </div>
  );
}
