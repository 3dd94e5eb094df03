import { isReason, isRefusal, reasons } from '../../../shared/reasons.ts';
import { useWords } from '../words/speech.tsx';
import { Badge, type BadgeTone } from './badge.tsx';

const fine = new Set(['caller_hung_up', 'agent_hung_up', 'transferred', 'closed']);

/** Why a call was refused or ended; the whole sentence is its title. */
export function ReasonBadge({ code }: { readonly code: string }) {
  const { reasonWords } = useWords();
  if (!isReason(code)) return <Badge>{code}</Badge>;
  const tone: BadgeTone = fine.has(code) ? 'neutral' : isRefusal(code) ? 'warn' : 'bad';
  return (
    <Badge title={reasonWords.sentence(code)} tone={code === 'caller_gave_up' ? 'warn' : tone}>
      {reasonWords.name(code)}
    </Badge>
  );
}

/** The same in full, with who can make the next call go better. */
export function ReasonSentence({ code }: { readonly code: string }) {
  const { reasonWords } = useWords();
  if (!isReason(code)) return <p>{code}</p>;
  return (
    <p className="text-sm">
      <ReasonBadge code={code} /> {reasonWords.sentence(code)}{' '}
      <span className="text-muted">{reasonWords.fixedBy[reasons[code].fixedBy]}</span>
    </p>
  );
}
