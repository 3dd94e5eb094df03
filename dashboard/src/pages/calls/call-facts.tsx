import type { ReactNode } from 'react';
import type { CallDetail } from '../../api/calls.ts';
import { useFormat, useWords } from '../../words/speech.tsx';
import { CalledNumber, CallerName } from './call-names.tsx';

export function CallFacts({ call }: { readonly call: CallDetail }) {
  const { callWords, common } = useWords();
  const format = useFormat();
  const waitedMs = call.answeredAt === null ? undefined : Date.parse(call.answeredAt) - Date.parse(call.startedAt);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      <Fact name={callWords.caller}>
        <CallerName caller={call.caller} />
      </Fact>
      <Fact name={callWords.called}>
        <CalledNumber call={call} />
      </Fact>
      {call.organization !== null && (
        <Fact name={common.organization}>
          <span dir="auto">{call.organization.name}</span>
        </Fact>
      )}
      {waitedMs !== undefined && <Fact name={callWords.waited}>{format.span(waitedMs)}</Fact>}
      {call.talkMs !== null && <Fact name={callWords.talked}>{format.duration(call.talkMs)}</Fact>}
      <Fact name={callWords.worker}>
        <span className="break-all">{call.worker ?? common.nothing}</span>
      </Fact>
      <Fact name={callWords.takes}>{format.count(call.takes)}</Fact>
      <Fact name={callWords.admission}>{callWords.admissions[call.admission]}</Fact>
      <Fact name={callWords.configuration}>
        {call.configRevision === null ? common.nothing : callWords.revision(String(call.configRevision))}
        {call.configSource !== null && `, ${callWords.sources[call.configSource]}`}
      </Fact>
      <Fact name={callWords.record}>{call.recorded ? callWords.recordWhole : callWords.recordNoted}</Fact>
      <Fact name={callWords.id}>
        <code className="break-all text-xs">{call.id}</code>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
