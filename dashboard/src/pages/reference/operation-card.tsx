import { useMemo } from 'react';
import type { Operation, Parameter } from '../../api/reference.ts';
import { Badge, type BadgeTone } from '../../parts/badge.tsx';
import { JsonTree } from '../../parts/json-tree.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useWords } from '../../words/speech.tsx';

const tones: Readonly<Record<string, BadgeTone>> = { GET: 'accent', DELETE: 'bad' };

export function OperationCard({ operation }: { readonly operation: Operation }) {
  const { method, path, summary } = operation;
  return (
    <details className="rounded-md border border-line bg-surface">
      <summary className="flex flex-wrap items-center gap-2 px-3 py-2 text-sm">
        <Badge tone={tones[method] ?? 'good'}>{method}</Badge>
        <code className="break-all">{path}</code>
        <span className="text-muted">{summary}</span>
      </summary>
      <div className="space-y-3 border-line border-t p-3">
        <OperationDetail operation={operation} />
      </div>
    </details>
  );
}

function OperationDetail({ operation }: { readonly operation: Operation }) {
  const { referenceWords: words } = useWords();
  const { description, scopes, parameters, body, responses } = operation;
  return (
    <>
      {description !== '' && <p className="max-w-prose text-sm">{description}</p>}
      {scopes.length > 0 && (
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {words.scopes}:
          {scopes.map((scope) => (
            <Badge key={scope}>{scope}</Badge>
          ))}
        </p>
      )}
      {parameters.length > 0 && <Parameters parameters={parameters} />}
      {body !== undefined && <JsonTree title={words.body} value={body} />}
      {responses.map(({ status, description: meaning, schema }) => (
        <JsonTree key={status} title={`${words.responses}: ${status} ${meaning}`} value={schema} />
      ))}
    </>
  );
}

function Parameters({ parameters }: { readonly parameters: readonly Parameter[] }) {
  const { referenceWords: words, common } = useWords();
  const columns = useMemo(
    (): Column<Parameter>[] => [
      { key: 'name', title: words.parameter, cell: ({ name }) => <code>{name}</code> },
      { key: 'place', title: words.place, cell: ({ place }) => place },
      { key: 'required', title: words.required, cell: ({ required }) => (required ? common.yes : common.no) },
      { key: 'type', title: words.type, cell: ({ type }) => <span className="break-words">{type}</span> },
      { key: 'description', title: words.description, cell: ({ description }) => description },
    ],
    [words, common],
  );
  const keyOf = ({ place, name }: Parameter) => `${place} ${name}`;
  return <Table caption={words.parameters} columns={columns} keyOf={keyOf} rows={parameters} />;
}
