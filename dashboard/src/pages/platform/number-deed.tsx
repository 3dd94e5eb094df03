/** What whoever runs the platform does with a number. */
import { changeNumber, type PhoneNumber, removeNumber } from '../../api/numbers.ts';
import { useAction } from '../../parts/action.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';
import { OpenNumber } from '../numbers/editor/open-number.tsx';
import { AssignDialog } from './assign-dialog.tsx';
import { AssignmentsDialog } from './assignments-dialog.tsx';
import { LimitDialog } from './limit-dialog.tsx';

export type Deed = 'configure' | 'assign' | 'unassign' | 'limit' | 'history' | 'remove';

interface NumberDeedProps {
  readonly number: PhoneNumber;
  readonly onClose: () => void;
}

export function NumberDeed({ deed, ...props }: NumberDeedProps & { readonly deed: Deed }) {
  switch (deed) {
    case 'configure':
      return <OpenNumber id={props.number.id} onClose={props.onClose} />;
    case 'assign':
      return <AssignDialog {...props} />;
    case 'unassign':
      return <Unassign {...props} />;
    case 'limit':
      return <LimitDialog {...props} />;
    case 'history':
      return <AssignmentsDialog {...props} />;
    case 'remove':
      return <Remove {...props} />;
  }
}

function Unassign({ number, onClose }: NumberDeedProps) {
  const { numberWords: words, common } = useWords();
  const toast = useToast();
  const unassign = useAction((id: string) => changeNumber(id, { organization: null }), {
    stale: [['numbers'], ['organizations']],
    done: () => {
      toast(words.unassignedDone);
      onClose();
    },
  });
  return (
    <Confirm
      action={unassign}
      input={number.id}
      onClose={onClose}
      title={words.unassignTitle(number.phoneNumber, number.organization?.name ?? common.nothing)}
      verb={words.unassign}
    >
      <p>{words.unassignText}</p>
      <p className="mt-1">{words.assignEmpties}</p>
    </Confirm>
  );
}

function Remove({ number, onClose }: NumberDeedProps) {
  const { numberWords: words, common } = useWords();
  const toast = useToast();
  const remove = useAction(removeNumber, {
    stale: [['numbers'], ['organizations']],
    done: () => {
      toast(words.removed);
      onClose();
    },
  });
  return (
    <Confirm
      action={remove}
      input={number.id}
      onClose={onClose}
      title={words.removeTitle(number.phoneNumber)}
      verb={common.remove}
    >
      {words.removeText}
    </Confirm>
  );
}
