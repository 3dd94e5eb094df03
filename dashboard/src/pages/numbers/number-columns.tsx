import { useMemo } from 'react';
import type { PhoneNumber } from '../../api/numbers.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import type { Column } from '../../parts/table.tsx';
import { useMay } from '../../session/access.ts';
import { useOrganizationColumn } from '../../session/organization-column.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { AgentName, LanguageName, LiveCount, NumberName } from './number-cells.tsx';
import { NumberSwitch } from './number-switch.tsx';

interface NumberDeeds {
  readonly open: (id: string) => void;
  readonly call: (number: PhoneNumber) => void;
}

export function useNumberColumns({ open, call }: NumberDeeds): readonly Column<PhoneNumber>[] {
  const { numberWords, common } = useWords();
  const format = useFormat();
  const canWrite = useMay('editor');
  const owner = useOrganizationColumn<PhoneNumber>(numberWords.unassigned);
  return useMemo((): Column<PhoneNumber>[] => {
    return [
      { key: 'number', title: common.number, cell: (number) => <NumberName number={number} onOpen={open} /> },
      { key: 'label', title: common.label, cell: ({ label }) => <span dir="auto">{label || common.nothing}</span> },
      ...owner,
      { key: 'status', title: common.status, cell: (number) => <NumberSwitch canWrite={canWrite} number={number} /> },
      {
        key: 'limit',
        title: numberWords.limit,
        side: 'right',
        cell: ({ maxConcurrentCalls }) => format.count(maxConcurrentCalls),
      },
      { key: 'live', title: numberWords.liveNow, side: 'right', cell: (number) => <LiveCount number={number} /> },
      { key: 'agent', title: numberWords.agent, cell: (number) => <AgentName number={number} /> },
      { key: 'language', title: numberWords.language, cell: ({ language }) => <LanguageName code={language} /> },
      {
        key: 'actions',
        title: common.actions,
        cell: (number) => <NumberActions call={call} canWrite={canWrite} number={number} open={open} />,
      },
    ];
  }, [numberWords, common, format, canWrite, owner, open, call]);
}

function NumberActions({
  number,
  canWrite,
  open,
  call,
}: NumberDeeds & { readonly number: PhoneNumber; readonly canWrite: boolean }) {
  const { numberWords, common } = useWords();
  const { phoneNumber } = number;
  return (
    <span className="flex gap-1 md:justify-end">
      <Button
        aria-label={canWrite ? numberWords.edit(phoneNumber) : numberWords.view(phoneNumber)}
        onClick={() => open(number.id)}
      >
        {canWrite ? common.edit : numberWords.viewShort}
      </Button>
      {canWrite && phoneNumber !== '*' && (
        <Button aria-label={numberWords.call(phoneNumber)} onClick={() => call(number)}>
          <Icon name="phone" size={16} />
          {numberWords.callShort}
        </Button>
      )}
    </span>
  );
}
