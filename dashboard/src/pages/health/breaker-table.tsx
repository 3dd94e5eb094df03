import { useMemo, useState } from 'react';
import { type Breaker, resetBreakers } from '../../api/health.ts';
import { useAction } from '../../parts/action.ts';
import { Badge, type BadgeTone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ReasonBadge } from '../../parts/reason-badge.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useMay } from '../../session/access.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

const tones: Record<Breaker['state'], BadgeTone> = { closed: 'good', open: 'bad', half_open: 'warn' };

export function BreakerTable({ breakers }: { readonly breakers: readonly Breaker[] }) {
  const { healthWords: words } = useWords();
  const [asked, setAsked] = useState<Breaker>();
  const columns = useBreakerColumns(setAsked);
  const keyOf = ({ organization, provider }: Breaker) => `${organization?.id} ${provider ?? ''}`;
  return (
    <>
      <Table caption={words.breakers} columns={columns} keyOf={keyOf} rows={breakers} />
      {asked !== undefined && <ResetConfirm breaker={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function useBreakerColumns(ask: (breaker: Breaker) => void): readonly Column<Breaker>[] {
  const { healthWords: words, common } = useWords();
  const format = useFormat();
  const canReset = useMay('editor');
  return useMemo((): Column<Breaker>[] => {
    const reset: Column<Breaker> = {
      key: 'actions',
      title: common.actions,
      cell: (breaker) =>
        breaker.state !== 'closed' && (
          <Button
            aria-label={words.resetOf(breaker.provider ?? words.organizationBreaker)}
            onClick={() => ask(breaker)}
          >
            {words.reset}
          </Button>
        ),
    };
    return [
      {
        key: 'organization',
        title: common.organization,
        cell: ({ organization }) => <span dir="auto">{organization?.name ?? common.nothing}</span>,
      },
      { key: 'provider', title: words.provider, cell: ({ provider }) => provider ?? words.organizationBreaker },
      {
        key: 'state',
        title: words.state,
        cell: ({ state }) => <Badge tone={tones[state]}>{words.states[state]}</Badge>,
      },
      {
        key: 'until',
        title: words.openUntil,
        cell: ({ openUntil }) => (openUntil === null ? common.nothing : <Moment at={openUntil} />),
      },
      { key: 'failures', title: words.failures, side: 'right', cell: ({ failures }) => format.count(failures) },
      {
        key: 'reason',
        title: words.lastReason,
        cell: ({ lastReason }) => (lastReason === null ? common.nothing : <ReasonBadge code={lastReason} />),
      },
      { key: 'changed', title: words.changed, cell: ({ changedAt }) => <Moment at={changedAt} /> },
      ...(canReset ? [reset] : []),
    ];
  }, [words, common, format, canReset, ask]);
}

function ResetConfirm({ breaker, onClose }: { readonly breaker: Breaker; readonly onClose: () => void }) {
  const { healthWords: words } = useWords();
  const toast = useToast();
  const reset = useAction(
    ({ organization, provider }: { readonly organization: string; readonly provider: string | null }) =>
      resetBreakers(organization, provider ?? undefined),
    {
      stale: [['breakers']],
      done: () => {
        toast(words.resetDone);
        onClose();
      },
    },
  );
  const { organization, provider } = breaker;
  return (
    <Confirm
      action={reset}
      input={{ organization: organization?.id ?? '', provider }}
      onClose={onClose}
      title={words.resetTitle}
      verb={words.reset}
    >
      {words.resetText}
    </Confirm>
  );
}
