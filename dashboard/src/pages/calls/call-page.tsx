/** Everything that is known of one call. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { type CallDetail, readCall } from '../../api/calls.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { ReasonSentence } from '../../parts/reason-badge.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { TicketList } from '../tickets/ticket-list.tsx';
import { CallFacts } from './call-facts.tsx';
import { RecordingList } from './recording-list.tsx';
import { Timeline } from './timeline.tsx';
import { Transcript } from './transcript.tsx';
import { Transfers } from './transfers.tsx';
import { Usage } from './usage.tsx';

const lookEveryMs = 2_000;

export default function CallPage() {
  const { id = '' } = useParams<{ readonly id?: string }>();
  const { callWords, shell } = useWords();
  const format = useFormat();
  const call = useQuery({
    queryKey: ['call', id],
    queryFn: () => readCall(id),
    refetchInterval: ({ state }) => state.data !== undefined && state.data.state !== 'ended' && lookEveryMs,
  });
  const title =
    call.data === undefined ? shell.pages.call : `${shell.pages.call} ${format.moment(call.data.startedAt)}`;
  return (
    <Page
      intro={
        <Link className="text-accent underline-offset-2 hover:underline" href="/calls">
          {callWords.back}
        </Link>
      }
      title={title}
    >
      <Loaded lines={10} query={call}>
        {(detail) => <CallView call={detail} />}
      </Loaded>
    </Page>
  );
}

function CallView({ call }: { readonly call: CallDetail }) {
  const { callWords } = useWords();
  return (
    <>
      {call.endReason === null ? <p>{callWords.stillOn}</p> : <ReasonSentence code={call.endReason} />}
      {call.recordings.length > 0 && (
        <Section title={callWords.recording}>
          <RecordingList call={call} />
        </Section>
      )}
      <div className="grid gap-x-8 lg:grid-cols-2">
        <div className="min-w-0">
          <Section title={callWords.transcript}>
            <Transcript empty={callWords.transcriptEmpty} turns={call.turns} />
          </Section>
        </div>
        <div className="min-w-0">
          <Section title={callWords.timeline}>
            <Timeline call={call} />
          </Section>
          <Section title={callWords.facts}>
            <CallFacts call={call} />
          </Section>
        </div>
      </div>
      {call.transfers.length > 0 && (
        <Section title={callWords.transfers}>
          <Transfers transfers={call.transfers} />
        </Section>
      )}
      {call.ticketList.length > 0 && (
        <Section title={callWords.tickets}>
          <TicketList heading="h3" tickets={call.ticketList} />
        </Section>
      )}
      <Section title={callWords.usage}>
        <Usage usage={call.usage} />
      </Section>
    </>
  );
}
