import { useMemo, useState } from 'react';
import { type ProviderKey, removeProviderKey } from '../../api/keys.ts';
import { probeKey } from '../../api/probes.ts';
import { useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Moment } from '../../parts/moment.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useToast } from '../../parts/toast.tsx';
import { TryIt } from '../../probe/try-it.tsx';
import { useWords } from '../../words/speech.tsx';

export function ProviderKeyTable({ keys }: { readonly keys: readonly ProviderKey[] }) {
  const { keyWords, probeWords, common } = useWords();
  const toast = useToast();
  const [asked, setAsked] = useState<ProviderKey>();
  const remove = useAction(removeProviderKey, {
    stale: [['provider-keys']],
    done: () => {
      toast(keyWords.removed);
      setAsked(undefined);
    },
  });
  const columns = useMemo(
    (): Column<ProviderKey>[] => [
      { key: 'provider', title: keyWords.providerName, cell: ({ provider }) => provider },
      { key: 'ends', title: keyWords.ends, cell: ({ lastFour }) => <code>…{lastFour}</code> },
      {
        key: 'organization',
        title: common.organization,
        cell: ({ organization }) => <span dir="auto">{organization?.name ?? keyWords.ofPlatform}</span>,
      },
      { key: 'since', title: keyWords.since, cell: ({ createdAt }) => <Moment at={createdAt} /> },
      {
        key: 'try',
        title: probeWords.tryIt,
        cell: ({ id, provider }) => <TryIt ask={() => probeKey(id)} label={probeWords.tryKey(provider)} />,
      },
      {
        key: 'actions',
        title: common.actions,
        cell: (key) => (
          <Button aria-label={keyWords.removeProviderOf(key.provider)} onClick={() => setAsked(key)} tone="danger">
            {common.remove}
          </Button>
        ),
      },
    ],
    [keyWords, probeWords, common],
  );
  return (
    <>
      <Table caption={keyWords.provider} columns={columns} keyOf={({ id }) => id} rows={keys} />
      {asked !== undefined && (
        <Confirm
          action={remove}
          input={asked.id}
          onClose={() => setAsked(undefined)}
          title={keyWords.removeProviderTitle(asked.provider)}
          verb={common.remove}
        >
          {keyWords.removeProviderText}
        </Confirm>
      )}
    </>
  );
}
