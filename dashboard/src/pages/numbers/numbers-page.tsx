/** The numbers of an organisation: what is on them now, and what answers them. */
import { lazy, Suspense, useCallback, useState } from 'react';
import { useSearchParams } from 'wouter';
import { listNumbers, type PhoneNumber } from '../../api/numbers.ts';
import { NewsBadge } from '../../live/news-badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { TextField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { useSettled } from '../../parts/settled.ts';
import { Table } from '../../parts/table.tsx';
import { useMay, useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';
import { OpenNumber } from './editor/open-number.tsx';
import { useNumberColumns } from './number-columns.tsx';

const TestCall = lazy(() => import('./test-call/test-call.tsx'));

export default function NumbersPage() {
  const { numberWords, shell, common } = useWords();
  const { organization } = useScope();
  const [search, setSearch] = useState('');
  const settled = useSettled(search.trim(), 250);
  const [opened, open] = useOpenedNumber();
  const [called, setCalled] = useState<PhoneNumber>();
  const filter = { organization: organization?.id, search: settled === '' ? undefined : settled };
  const list = usePages(['numbers', filter], (page) => listNumbers(filter, page));
  const columns = useNumberColumns({ open, call: setCalled });
  return (
    <Page actions={<NewsBadge />} intro={numberWords.intro} title={shell.pages.numbers}>
      <ReadOnlyNote text={common.readOnly} />
      <div className="mb-3 max-w-sm">
        <TextField label={numberWords.searchLabel} onChange={setSearch} type="search" value={search} />
      </div>
      <Loaded query={list}>
        {(numbers) =>
          numbers.length === 0 ? (
            <NoNumber isSearch={filter.search !== undefined} />
          ) : (
            <>
              <Table caption={shell.pages.numbers} columns={columns} keyOf={({ id }) => id} rows={numbers} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {opened !== undefined && <OpenNumber id={opened} key={opened} onClose={() => open(undefined)} />}
      {called !== undefined && (
        <Suspense fallback={null}>
          <TestCall number={called} onClose={() => setCalled(undefined)} />
        </Suspense>
      )}
    </Page>
  );
}

/** It stands in the address, so that it can be sent to somebody. */
function useOpenedNumber() {
  const [params, setParams] = useSearchParams();
  const open = useCallback(
    (id: string | undefined) =>
      setParams((before) => {
        const next = new URLSearchParams(before);
        if (id === undefined) next.delete('number');
        else next.set('number', id);
        return next;
      }),
    [setParams],
  );
  return [params.get('number') ?? undefined, open] as const;
}

function ReadOnlyNote({ text }: { readonly text: string }) {
  return useMay('editor') ? null : <p className="mb-3 text-muted text-sm">{text}</p>;
}

function NoNumber({ isSearch }: { readonly isSearch: boolean }) {
  const { numberWords } = useWords();
  if (isSearch) return <Empty title={numberWords.notFound} />;
  return <Empty title={numberWords.empty}>{numberWords.emptyTodo}</Empty>;
}
