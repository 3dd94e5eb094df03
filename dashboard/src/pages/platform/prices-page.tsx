/** What providers take: from it each call says what it cost. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { listPrices, type Price, removePrice } from '../../api/prices.ts';
import { useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { PriceDialog } from './price-dialog.tsx';

type Asked =
  | { readonly to: 'set'; readonly price: Price | undefined }
  | { readonly to: 'remove'; readonly price: Price };

export default function PricesPage() {
  const { priceWords: words, shell } = useWords();
  const [asked, setAsked] = useState<Asked>();
  const prices = useQuery({ queryKey: ['prices'], queryFn: listPrices });
  const columns = usePriceColumns(setAsked);
  const close = () => setAsked(undefined);
  return (
    <Page
      actions={
        <Button onClick={() => setAsked({ to: 'set', price: undefined })} tone="primary">
          <Icon name="plus" size={16} />
          {words.set}
        </Button>
      }
      intro={words.intro}
      title={shell.pages.adminPrices}
    >
      <Loaded lines={6} query={prices}>
        {({ prices: list }) =>
          list.length === 0 ? (
            <Empty title={words.empty}>{words.emptyTodo}</Empty>
          ) : (
            <Table caption={shell.pages.adminPrices} columns={columns} keyOf={({ id }) => id} rows={list} />
          )
        }
      </Loaded>
      {asked?.to === 'set' && <PriceDialog onClose={close} price={asked.price} />}
      {asked?.to === 'remove' && <RemovePrice onClose={close} price={asked.price} />}
    </Page>
  );
}

function usePriceColumns(ask: (asked: Asked) => void): readonly Column<Price>[] {
  const { priceWords: words, callWords, common } = useWords();
  const format = useFormat();
  return useMemo(
    (): Column<Price>[] => [
      { key: 'provider', title: callWords.provider, cell: ({ provider }) => provider },
      { key: 'kind', title: callWords.kind, cell: ({ kind }) => callWords.kinds[kind] },
      { key: 'model', title: callWords.model, cell: ({ model }) => (model === '*' ? words.anyModel : model) },
      { key: 'unit', title: words.for, cell: ({ unit }) => words.units[unit] },
      { key: 'price', title: words.price, side: 'right', cell: ({ price }) => format.cost(price) },
      { key: 'changed', title: words.since, cell: ({ changedAt }) => <Moment at={changedAt} /> },
      {
        key: 'actions',
        title: common.actions,
        cell: (price) => (
          <span className="flex gap-2">
            <Button aria-label={words.changeOf(nameOf(price))} onClick={() => ask({ to: 'set', price })}>
              {words.change}
            </Button>
            <Button
              aria-label={words.removeOf(nameOf(price))}
              onClick={() => ask({ to: 'remove', price })}
              tone="danger"
            >
              {common.remove}
            </Button>
          </span>
        ),
      },
    ],
    [words, callWords, common, format, ask],
  );
}

function nameOf({ provider, model, unit }: Price): string {
  return `${provider} ${model} ${unit}`;
}

function RemovePrice({ price, onClose }: { readonly price: Price; readonly onClose: () => void }) {
  const { priceWords: words, common } = useWords();
  const toast = useToast();
  const remove = useAction(removePrice, {
    stale: [['prices']],
    done: () => {
      toast(words.removed);
      onClose();
    },
  });
  return (
    <Confirm
      action={remove}
      input={price.id}
      onClose={onClose}
      title={words.removeTitle(nameOf(price))}
      verb={common.remove}
    >
      {words.removeText}
    </Confirm>
  );
}
