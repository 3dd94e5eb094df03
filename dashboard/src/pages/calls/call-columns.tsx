import { useMemo } from 'react';
import { Link } from 'wouter';
import type { Call } from '../../api/calls.ts';
import { Badge } from '../../parts/badge.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ReasonBadge } from '../../parts/reason-badge.tsx';
import type { Column } from '../../parts/table.tsx';
import { useOrganizationColumn } from '../../session/organization-column.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { CalledNumber, CallerName } from './call-names.tsx';

export function useCallColumns(): readonly Column<Call>[] {
  const { callWords, common } = useWords();
  const format = useFormat();
  const owner = useOrganizationColumn<Call>();
  return useMemo((): Column<Call>[] => {
    return [
      { key: 'started', title: callWords.started, cell: (call) => <CallLink call={call} /> },
      { key: 'number', title: common.number, cell: (call) => <CalledNumber call={call} /> },
      { key: 'caller', title: callWords.caller, cell: ({ caller }) => <CallerName caller={caller} /> },
      ...owner,
      {
        key: 'duration',
        title: callWords.duration,
        side: 'right',
        cell: ({ talkMs }) => (talkMs === null ? common.nothing : format.duration(talkMs)),
      },
      { key: 'reason', title: callWords.reason, cell: (call) => <CallState call={call} /> },
      {
        key: 'tickets',
        title: callWords.tickets,
        side: 'right',
        cell: ({ tickets }) => (tickets === 0 ? common.nothing : format.count(tickets)),
      },
      {
        key: 'cost',
        title: callWords.cost,
        side: 'right',
        cell: ({ cost }) => (cost === null ? common.nothing : format.cost(cost)),
      },
    ];
  }, [callWords, common, format, owner]);
}

function CallLink({ call: { id, startedAt } }: { readonly call: Call }) {
  return (
    <Link className="text-accent underline-offset-2 hover:underline" href={`/calls/${id}`}>
      <Moment at={startedAt} />
    </Link>
  );
}

function CallState({ call: { endReason, state } }: { readonly call: Call }) {
  const { callWords } = useWords();
  if (endReason !== null) return <ReasonBadge code={endReason} />;
  return <Badge tone={state === 'active' ? 'good' : 'accent'}>{callWords.states[state]}</Badge>;
}
