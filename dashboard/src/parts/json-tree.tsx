/** A value as JSON that opens and closes. */
import type { JsonValue } from '../api/json.ts';

export function JsonTree({ title, value }: { readonly title: string; readonly value: JsonValue }) {
  return (
    <details className="text-sm">
      <summary className="text-accent">{title}</summary>
      <JsonText value={value} />
    </details>
  );
}

function JsonText({ value }: { readonly value: JsonValue }) {
  return (
    <pre className="mt-1 overflow-x-auto whitespace-pre-wrap break-words rounded bg-sunken p-2 text-xs" dir="auto">
      {typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)}
    </pre>
  );
}
