/** The API for those who write programs, from the document that it gives of itself. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { documentPath, type Operation, type Reference, readReference } from '../../api/reference.ts';
import { Empty } from '../../parts/empty.tsx';
import { JsonTree } from '../../parts/json-tree.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useWords } from '../../words/speech.tsx';
import { OperationCard } from './operation-card.tsx';

export default function ReferencePage() {
  const { referenceWords, shell } = useWords();
  const [search, setSearch] = useState('');
  const reference = useQuery({ queryKey: ['reference'], queryFn: readReference, staleTime: 600_000 });
  return (
    <Page
      actions={
        <a className="text-accent text-sm underline" href={documentPath}>
          {referenceWords.document}
        </a>
      }
      intro={referenceWords.intro}
      title={shell.pages.reference}
    >
      <div className="mb-4 max-w-sm">
        <SearchField label={referenceWords.search} onSettle={setSearch} value={search} />
      </div>
      <Loaded lines={10} query={reference}>
        {(document) => <Operations reference={document} search={search.toLowerCase()} />}
      </Loaded>
    </Page>
  );
}

function Operations({ reference, search }: { readonly reference: Reference; readonly search: string }) {
  const { referenceWords } = useWords();
  const found = reference.operations.filter((operation) => nameOf(operation).toLowerCase().includes(search));
  const tags = [...new Set(found.map(({ tag }) => tag))];
  return (
    <>
      <p className="max-w-prose whitespace-pre-wrap text-sm">{reference.description}</p>
      {found.length === 0 && <Empty title={referenceWords.empty} />}
      {tags.map((tag) => (
        <Section key={tag} title={tag}>
          <div className="space-y-2">
            {found
              .filter((operation) => operation.tag === tag)
              .map((operation) => (
                <OperationCard key={`${operation.method} ${operation.path}`} operation={operation} />
              ))}
          </div>
        </Section>
      ))}
      <Section title={referenceWords.schemas}>
        <div className="space-y-1">
          {reference.schemas.map(([name, schema]) => (
            <JsonTree key={name} title={name} value={schema} />
          ))}
        </div>
      </Section>
    </>
  );
}

function nameOf({ method, path, summary, tag }: Operation): string {
  return `${method} ${path} ${summary} ${tag}`;
}
