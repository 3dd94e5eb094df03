import { useMemo, useState } from 'react';
import { type ApiKey, removeApiKey } from '../../api/keys.ts';
import { useAction } from '../../parts/action.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Moment } from '../../parts/moment.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';

export function ApiKeyTable({ keys }: { readonly keys: readonly ApiKey[] }) {
  const { keyWords } = useWords();
  const toast = useToast();
  const [asked, setAsked] = useState<ApiKey>();
  const columns = useApiKeyColumns(setAsked);
  const takeBack = useAction(removeApiKey, {
    stale: [['api-keys']],
    done: () => {
      toast(keyWords.takenBack);
      setAsked(undefined);
    },
  });
  return (
    <>
      <Table caption={keyWords.api} columns={columns} keyOf={({ id }) => id} rows={keys} />
      {asked !== undefined && (
        <Confirm
          action={takeBack}
          input={asked.id}
          onClose={() => setAsked(undefined)}
          title={keyWords.takeBackTitle(asked.name)}
          verb={keyWords.takeBack}
        >
          {keyWords.takeBackText}
        </Confirm>
      )}
    </>
  );
}

function useApiKeyColumns(ask: (key: ApiKey) => void): readonly Column<ApiKey>[] {
  const { keyWords, common } = useWords();
  return useMemo(
    (): Column<ApiKey>[] => [
      { key: 'name', title: keyWords.name, cell: ({ name }) => <span dir="auto">{name}</span> },
      { key: 'ends', title: keyWords.ends, cell: ({ lastFour }) => <code>…{lastFour}</code> },
      {
        key: 'organization',
        title: common.organization,
        cell: ({ organization }) => <span dir="auto">{organization?.name ?? keyWords.ofPlatform}</span>,
      },
      { key: 'scopes', title: keyWords.scopes, cell: ({ scopes }) => <Scopes scopes={scopes} /> },
      {
        key: 'used',
        title: keyWords.lastUsed,
        cell: ({ lastUsedAt }) => (lastUsedAt === null ? keyWords.never : <Moment at={lastUsedAt} />),
      },
      { key: 'expires', title: keyWords.expires, cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
      {
        key: 'actions',
        title: common.actions,
        cell: (key) => (
          <Button aria-label={keyWords.takeBackOf(key.name)} onClick={() => ask(key)} tone="danger">
            {keyWords.takeBack}
          </Button>
        ),
      },
    ],
    [keyWords, common, ask],
  );
}

function Scopes({ scopes }: { readonly scopes: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <Badge key={scope}>{scope}</Badge>
      ))}
    </span>
  );
}

function Expiry({ at }: { readonly at: string | null }) {
  const { keyWords } = useWords();
  if (at === null) return keyWords.expiries.never;
  return Date.parse(at) < Date.now() ? <Badge tone="bad">{keyWords.expired}</Badge> : <Moment at={at} />;
}
