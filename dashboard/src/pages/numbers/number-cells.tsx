/** What stands in the table of numbers and changes by itself. */
import type { PhoneNumber } from '../../api/numbers.ts';
import { useNews } from '../../live/news.tsx';
import { Badge } from '../../parts/badge.tsx';
import { classNames } from '../../parts/class-names.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

export function NumberName({
  number: { id, phoneNumber },
  onOpen,
}: {
  readonly number: PhoneNumber;
  readonly onOpen: (id: string) => void;
}) {
  const { numberWords } = useWords();
  return (
    <button
      className="font-medium text-accent underline-offset-2 hover:underline"
      onClick={() => onOpen(id)}
      type="button"
    >
      {phoneNumber === '*' ? (
        <span title={numberWords.anyNumberWhy}>{numberWords.anyNumber}</span>
      ) : (
        <bdi dir="ltr">{phoneNumber}</bdi>
      )}
    </button>
  );
}

/** From the live list as soon as it is known, which is newer than the table. */
export function LiveCount({ number: { id, liveCalls, maxConcurrentCalls } }: { readonly number: PhoneNumber }) {
  const { numberWords } = useWords();
  const format = useFormat();
  const { calls, callsByNumber } = useNews();
  const count = calls === undefined ? liveCalls : (callsByNumber.get(id) ?? 0);
  return (
    <span
      className={classNames(count > 0 && 'font-semibold text-good')}
      title={numberWords.ofLimit(format.count(count), format.count(maxConcurrentCalls))}
    >
      {format.count(count)}
    </span>
  );
}

export function AgentName({ number: { agent, organization } }: { readonly number: PhoneNumber }) {
  const { numberWords, common } = useWords();
  if (agent === null) return organization === null ? common.nothing : <Badge tone="warn">{numberWords.noAgent}</Badge>;
  return (
    <span dir="auto">
      {agent.name} {!agent.own && <span className="text-muted text-xs">({numberWords.defaultAgent})</span>}
    </span>
  );
}

/** @param code null: nobody answers */
export function LanguageName({ code }: { readonly code: string | null }) {
  const { common } = useWords();
  const format = useFormat();
  return code === null ? common.nothing : languageName(code, format.locale);
}

function languageName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(code) ?? code;
  } catch {
    // Not every code that an agent takes is one that this browser knows.
    return code;
  }
}
