/** Keys of providers and keys of programs. At “all organisations” those of the platform are made. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listApiKeys, listProviderKeys } from '../../api/keys.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useScope } from '../../session/access.ts';
import { useWords } from '../../words/speech.tsx';
import { ApiKeyTable } from './api-key-table.tsx';
import { NewApiKeyDialog } from './new-api-key-dialog.tsx';
import { ProviderKeyDialog } from './provider-key-dialog.tsx';
import { ProviderKeyTable } from './provider-key-table.tsx';

export default function KeysPage() {
  const { keyWords, shell } = useWords();
  const { organization } = useScope();
  return (
    <Page intro={keyWords.intro} title={shell.pages.keys}>
      <ProviderKeys organization={organization?.id} />
      <ApiKeys organization={organization?.id} />
    </Page>
  );
}

interface KeysProps {
  /** Undefined: of the platform. */
  readonly organization: string | undefined;
}

function ProviderKeys({ organization }: KeysProps) {
  const { keyWords } = useWords();
  const [isStoring, setStoring] = useState(false);
  const keys = useQuery({
    queryKey: ['provider-keys', organization],
    queryFn: () => listProviderKeys(organization),
  });
  return (
    <Section title={keyWords.provider}>
      <Lead onAdd={() => setStoring(true)} text={keyWords.providerIntro} verb={keyWords.storeTitle} />
      <Loaded lines={3} query={keys}>
        {({ keys: list }) =>
          list.length === 0 ? (
            <Empty title={keyWords.providerEmpty}>{keyWords.providerEmptyTodo}</Empty>
          ) : (
            <ProviderKeyTable keys={list} />
          )
        }
      </Loaded>
      {isStoring && <ProviderKeyDialog onClose={() => setStoring(false)} organization={organization} />}
    </Section>
  );
}

function ApiKeys({ organization }: KeysProps) {
  const { keyWords } = useWords();
  const [isMaking, setMaking] = useState(false);
  const keys = useQuery({ queryKey: ['api-keys', organization], queryFn: () => listApiKeys(organization) });
  return (
    <Section title={keyWords.api}>
      <Lead onAdd={() => setMaking(true)} text={keyWords.apiIntro} verb={keyWords.make} />
      <Loaded lines={3} query={keys}>
        {({ keys: list }) => (list.length === 0 ? <Empty title={keyWords.apiEmpty} /> : <ApiKeyTable keys={list} />)}
      </Loaded>
      {isMaking && <NewApiKeyDialog onClose={() => setMaking(false)} organization={organization} />}
    </Section>
  );
}

interface LeadProps {
  readonly text: string;
  readonly verb: string;
  readonly onAdd: () => void;
}

function Lead({ text, verb, onAdd }: LeadProps) {
  return (
    <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
      <p className="text-muted text-sm">{text}</p>
      <Button onClick={onAdd}>
        <Icon name="plus" size={16} />
        {verb}
      </Button>
    </div>
  );
}
