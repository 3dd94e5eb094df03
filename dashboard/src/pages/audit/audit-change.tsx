import type { AuditEntry } from '../../api/audit.ts';
import { Differences } from '../../config/differences.tsx';
import { differencesOf } from '../../config/paths.ts';
import { useWords } from '../../words/speech.tsx';

/** What was before and what is after, as far as it is kept. */
export function AuditChange({ entry: { before, after } }: { readonly entry: AuditEntry }) {
  const { auditWords, common } = useWords();
  if (before === null && after === null) return <span className="text-muted">{auditWords.nothingKept}</span>;
  return (
    <details className="min-w-0">
      <summary className="text-accent">{common.show}</summary>
      <div className="max-w-xl">
        <Differences differences={differencesOf(before ?? {}, after ?? {})} nothing={auditWords.nothingKept} />
      </div>
    </details>
  );
}
