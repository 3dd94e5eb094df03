import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { reasonCodes } from '../../../../shared/reasons.ts';
import { listNumbers } from '../../api/numbers.ts';
import { Button } from '../../parts/button.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import type { UrlFilters } from '../../parts/url-filters.ts';
import { useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';

export const filterNames = ['number', 'reason', 'answered', 'tickets', 'from', 'to', 'caller', 'words'] as const;
export type FilterName = (typeof filterNames)[number];

export function HistoryFilters({ url }: { readonly url: UrlFilters<FilterName> }) {
  const { callWords, common } = useWords();
  const { filters, set, clear, isAny } = url;
  const setCaller = useCallback((text: string) => set('caller', text), [set]);
  const setWords = useCallback((text: string) => set('words', text), [set]);
  return (
    <search className="mb-4 grid grid-cols-1 items-end gap-3 min-[420px]:grid-cols-2 md:grid-cols-4">
      <NumberFilter onChange={(id) => set('number', id)} value={filters.number ?? ''} />
      <ReasonFilter onChange={(code) => set('reason', code)} value={filters.reason ?? ''} />
      <SelectField
        label={callWords.answered}
        onChange={(value) => set('answered', value)}
        value={filters.answered ?? ''}
      >
        <option value="">{common.any}</option>
        <option value="true">{callWords.answered}</option>
        <option value="false">{callWords.notAnswered}</option>
      </SelectField>
      <SelectField label={callWords.tickets} onChange={(value) => set('tickets', value)} value={filters.tickets ?? ''}>
        <option value="">{common.any}</option>
        <option value="true">{callWords.withTickets}</option>
        <option value="false">{callWords.withoutTickets}</option>
      </SelectField>
      <TextField
        label={callWords.fromDay}
        onChange={(day) => set('from', day)}
        type="date"
        value={filters.from ?? ''}
      />
      <TextField label={callWords.toDay} onChange={(day) => set('to', day)} type="date" value={filters.to ?? ''} />
      <SearchField label={callWords.callerHas} onSettle={setCaller} value={filters.caller ?? ''} />
      <SearchField label={callWords.wordsHas} onSettle={setWords} value={filters.words ?? ''} />
      {isAny && (
        <Button className="justify-self-start" onClick={clear} tone="quiet">
          {common.clearFilters}
        </Button>
      )}
    </search>
  );
}

interface FilterProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const mostNumbers = 200;

function NumberFilter({ value, onChange }: FilterProps) {
  const { callWords, common } = useWords();
  const { organization } = useScope();
  const filter = { organization: organization?.id };
  const numbers = useQuery({
    queryKey: ['numbers', 'names', filter],
    queryFn: () => listNumbers(filter, { limit: mostNumbers }),
    staleTime: 60_000,
  });
  const items = numbers.data?.items ?? [];
  return (
    <SelectField label={common.number} onChange={onChange} value={value}>
      <option value="">{callWords.anyNumber}</option>
      {value !== '' && !items.some(({ id }) => id === value) && <option value={value}>{value}</option>}
      {items.map(({ id, phoneNumber, label }) => (
        <option key={id} value={id}>
          {label === '' ? phoneNumber : `${phoneNumber} · ${label}`}
        </option>
      ))}
    </SelectField>
  );
}

function ReasonFilter({ value, onChange }: FilterProps) {
  const { callWords, reasonWords } = useWords();
  return (
    <SelectField label={callWords.reason} onChange={onChange} value={value}>
      <option value="">{callWords.anyReason}</option>
      {reasonCodes.map((code) => (
        <option key={code} value={code}>
          {reasonWords.name(code)}
        </option>
      ))}
    </SelectField>
  );
}
