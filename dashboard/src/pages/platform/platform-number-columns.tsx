import { useMemo } from 'react';
import type { PhoneNumber } from '../../api/numbers.ts';
import { Badge } from '../../parts/badge.tsx';
import { IconButton } from '../../parts/button.tsx';
import { Menu, type MenuItem } from '../../parts/menu.tsx';
import { Moment } from '../../parts/moment.tsx';
import type { Column } from '../../parts/table.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { AgentName, LiveCount } from '../numbers/number-cells.tsx';
import { NumberSwitch } from '../numbers/number-switch.tsx';
import type { Deed } from './number-deed.tsx';

type Ask = (asked: { readonly deed: Deed; readonly number: PhoneNumber }) => void;

export function usePlatformNumberColumns(ask: Ask): readonly Column<PhoneNumber>[] {
  const { numberWords: words, common } = useWords();
  const format = useFormat();
  return useMemo(
    (): Column<PhoneNumber>[] => [
      {
        key: 'number',
        title: common.number,
        cell: ({ phoneNumber }) => <bdi dir="ltr">{phoneNumber === '*' ? words.anyNumber : phoneNumber}</bdi>,
      },
      {
        key: 'organization',
        title: words.organization,
        cell: ({ organization }) =>
          organization === null ? (
            <Badge tone="warn">{words.unassigned}</Badge>
          ) : (
            <span dir="auto">{organization.name}</span>
          ),
      },
      { key: 'label', title: common.label, cell: ({ label }) => <span dir="auto">{label || common.nothing}</span> },
      { key: 'agent', title: words.agent, cell: (number) => <AgentName number={number} /> },
      { key: 'status', title: common.status, cell: (number) => <NumberSwitch canWrite number={number} /> },
      {
        key: 'limit',
        title: words.limit,
        side: 'right',
        cell: ({ maxConcurrentCalls }) => format.count(maxConcurrentCalls),
      },
      { key: 'live', title: words.liveNow, side: 'right', cell: (number) => <LiveCount number={number} /> },
      { key: 'assigned', title: words.assigned, cell: ({ assignedAt }) => <Moment at={assignedAt} /> },
      { key: 'actions', title: common.actions, cell: (number) => <NumberMenu ask={ask} number={number} /> },
    ],
    [words, common, format, ask],
  );
}

function NumberMenu({ number, ask }: { readonly number: PhoneNumber; readonly ask: Ask }) {
  const { numberWords: words, common } = useWords();
  const item = (deed: Deed, text: string, danger = false): MenuItem => ({
    key: deed,
    text,
    danger,
    onSelect: () => ask({ deed, number }),
  });
  const isAssigned = number.organization !== null;
  return (
    <Menu
      items={[
        ...(isAssigned ? [item('configure', words.configuration)] : []),
        item('assign', isAssigned ? words.reassign : words.assign),
        ...(isAssigned ? [item('unassign', words.unassign)] : []),
        item('limit', words.setLimit),
        item('history', words.history),
        item('remove', common.remove, true),
      ]}
      trigger={<IconButton icon="dots" label={words.more(number.phoneNumber)} />}
    />
  );
}
