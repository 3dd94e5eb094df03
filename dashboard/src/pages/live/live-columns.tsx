import { useMemo } from 'react';
import { Link } from 'wouter';
import type { Call } from '../../api/calls.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Since } from '../../parts/moment.tsx';
import type { Column } from '../../parts/table.tsx';
import { useMay } from '../../session/access.ts';
import { useOrganizationColumn } from '../../session/organization-column.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { CalledNumber, CallerName } from '../calls/call-names.tsx';

type Ask = (asked: { readonly deed: 'hang up' | 'listen'; readonly call: Call }) => void;

export function useLiveColumns(ask: Ask): readonly Column<Call>[] {
  const { callWords, common } = useWords();
  const format = useFormat();
  const owner = useOrganizationColumn<Call>();
  return useMemo((): Column<Call>[] => {
    return [
      { key: 'number', title: common.number, cell: (call) => <CalledNumber call={call} /> },
      { key: 'caller', title: callWords.caller, cell: ({ caller }) => <CallerName caller={caller} /> },
      ...owner,
      {
        key: 'duration',
        title: callWords.duration,
        side: 'right',
        cell: ({ startedAt, answeredAt }) => <Since at={answeredAt ?? startedAt} />,
      },
      {
        key: 'state',
        title: callWords.state,
        cell: ({ state }) => <Badge tone={state === 'active' ? 'good' : 'accent'}>{callWords.states[state]}</Badge>,
      },
      {
        key: 'answer',
        title: callWords.lastAnswer,
        side: 'right',
        cell: ({ lastAnswerMs }) => (lastAnswerMs === null ? common.nothing : format.span(lastAnswerMs)),
      },
      {
        key: 'worker',
        title: callWords.worker,
        cell: ({ worker }) => <span className="break-all text-muted text-xs">{worker ?? common.nothing}</span>,
      },
      { key: 'actions', title: common.actions, cell: (call) => <LiveActions ask={ask} call={call} /> },
    ];
  }, [callWords, common, format, owner, ask]);
}

function LiveActions({ call, ask }: { readonly call: Call; readonly ask: Ask }) {
  const { callWords, common } = useWords();
  const caller = call.caller ?? callWords.hiddenCaller;
  const canEnd = useMay('editor');
  const canListen = useMay('owner');
  return (
    <span className="flex flex-wrap items-center gap-1 md:justify-end">
      <Link className="px-2 text-accent underline-offset-2 hover:underline" href={`/calls/${call.id}`}>
        {callWords.open}
        <span className="sr-only">
          {' '}
          {common.number} {call.called}
        </span>
      </Link>
      {canListen && call.state === 'active' && (
        <Button aria-label={callWords.listenTo(caller)} onClick={() => ask({ deed: 'listen', call })}>
          <Icon name="ear" size={16} />
          {callWords.listen}
        </Button>
      )}
      {canEnd && (
        <Button aria-label={callWords.hangUpOn(caller)} onClick={() => ask({ deed: 'hang up', call })} tone="danger">
          <Icon name="hangUp" size={16} />
          {callWords.hangUp}
        </Button>
      )}
    </span>
  );
}
