/** Gives a number to an organisation. It says that what was written for the number is emptied, and is asked by its button. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listAgents } from '../../api/configs.ts';
import { changeNumber, type PhoneNumber } from '../../api/numbers.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';
import { OrganizationPicker } from './organization-picker.tsx';

interface AssignDialogProps {
  readonly number: PhoneNumber;
  readonly onClose: () => void;
}

interface Assignment {
  readonly organization: string;
  /** Null: the default one. */
  readonly agent: string | null;
}

export function AssignDialog({ number, onClose }: AssignDialogProps) {
  const { numberWords: words, common } = useWords();
  const toast = useToast();
  const [organization, setOrganization] = useState(number.organization?.id ?? '');
  const [agent, setAgent] = useState('');
  const assign = useAction((wanted: Assignment) => changeNumber(number.id, wanted), {
    stale: [['numbers'], ['organizations'], ['effective', number.id]],
    done: () => {
      toast(words.assignedDone);
      onClose();
    },
  });
  const moves = organization !== (number.organization?.id ?? '');
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button
            busy={assign.busy}
            disabled={organization === ''}
            onClick={() => assign.run({ organization, agent: agent === '' ? null : agent })}
            tone="primary"
          >
            {words.assign}
          </Button>
        </>
      }
      onClose={onClose}
      title={words.assignTitle(number.phoneNumber)}
    >
      <div className="space-y-4">
        {assign.problem !== undefined && <ProblemNote problem={assign.problem} />}
        <OrganizationPicker
          error={messageAt(assign.problem, 'organization')}
          label={words.assignTo}
          none={common.nothing}
          onChange={(chosen) => {
            setOrganization(chosen);
            setAgent('');
          }}
          value={organization}
        />
        {organization !== '' && <AgentPicker onChange={setAgent} organization={organization} value={agent} />}
        {moves && organization !== '' && (
          <p className="rounded-md bg-warn-soft p-3 text-sm text-warn">
            {number.organization !== null && `${words.assignEmpties} `}
            {words.assignNow}
          </p>
        )}
      </div>
    </Dialog>
  );
}

interface AgentPickerProps {
  readonly organization: string;
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function AgentPicker({ organization, value, onChange }: AgentPickerProps) {
  const { numberWords: words } = useWords();
  const agents = useQuery({
    queryKey: ['agents', organization],
    queryFn: () => listAgents(organization, { limit: 200 }),
  });
  return (
    <SelectField label={words.assignAgent} onChange={onChange} value={value}>
      <option value="">{words.assignDefault}</option>
      {(agents.data?.items ?? []).map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
