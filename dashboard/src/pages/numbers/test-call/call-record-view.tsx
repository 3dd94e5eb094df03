/** What was written down of the call that was just made, as soon as it is. */
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Loaded } from '../../../parts/loaded.tsx';
import { ReasonSentence } from '../../../parts/reason-badge.tsx';
import { useWords } from '../../../words/speech.tsx';
import { Transcript } from '../../calls/transcript.tsx';
import { type CallRecord, type Newest, recordAfter } from './record.ts';

const lookEveryMs = 1_000;
const mostLooks = 20;

export function CallRecordView({ numberId, before }: { readonly numberId: string; readonly before: Newest }) {
  const { testCallWords: words } = useWords();
  const record = useQuery({
    queryKey: ['test-call', numberId, before],
    queryFn: () => recordAfter(numberId, before),
    gcTime: 0,
    refetchInterval: ({ state }) => state.data === null && state.dataUpdateCount < mostLooks && lookEveryMs,
  });
  return (
    <div className="mt-4">
      <Loaded lines={2} query={record}>
        {(found) =>
          found === null ? (
            <output className="text-muted text-sm">
              {record.isFetching ? words.waitingForRecord : words.noRecord}
            </output>
          ) : (
            <Found record={found} />
          )
        }
      </Loaded>
    </div>
  );
}

function Found({ record }: { readonly record: CallRecord }) {
  const { testCallWords: words } = useWords();
  if (record.kind === 'refusal')
    return (
      <>
        <h3 className="font-medium">{words.refused}</h3>
        <ReasonSentence code={record.refusal.reason} />
      </>
    );
  const { call } = record;
  return (
    <>
      <h3 className="font-medium">{words.reason}</h3>
      {call.endReason !== null && <ReasonSentence code={call.endReason} />}
      <h3 className="mt-3 mb-1 font-medium">{words.transcript}</h3>
      <Transcript empty={words.nothingSaid} turns={call.turns} />
      <Link className="mt-3 inline-block text-accent text-sm underline" href={`/calls/${call.id}`}>
        {words.openCall}
      </Link>
    </>
  );
}
