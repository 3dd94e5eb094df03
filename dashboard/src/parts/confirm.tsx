/** Asks before something that cannot be taken back, and stays open until it is done or failed. */
import { AlertDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { useWords } from '../words/speech.tsx';
import type { Action } from './action.ts';
import { Button } from './button.tsx';
import { ProblemNote } from './problem-note.tsx';

interface ConfirmProps<Input> {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says, as a verb. */
  readonly verb: string;
  readonly action: Action<Input>;
  readonly input: Input;
  readonly onClose: () => void;
}

export function Confirm<Input>({ title, children, verb, action, input, onClose }: ConfirmProps<Input>) {
  const words = useWords();
  const close = () => {
    action.forget();
    onClose();
  };
  return (
    <AlertDialog.Root onOpenChange={(open) => !open && close()} open>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-60 bg-shade" />
        <AlertDialog.Content className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-60 w-[min(30rem,calc(100vw-1.5rem))] rounded-lg border border-line bg-surface p-4 shadow-xl">
          <AlertDialog.Title className="font-semibold text-lg">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-2 text-sm">{children}</div>
          </AlertDialog.Description>
          {action.problem !== undefined && (
            <div className="mt-3">
              <ProblemNote problem={action.problem} />
            </div>
          )}
          <div className="mt-4 flex flex-wrap justify-end gap-2">
            <Button onClick={close}>{words.common.cancel}</Button>
            <Button busy={action.busy} onClick={() => action.run(input)} tone="danger">
              {verb}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
