import { type FormEvent, useId, useState } from 'react';
import { changeNumber, type PhoneNumber } from '../../api/numbers.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';

interface LimitDialogProps {
  readonly number: PhoneNumber;
  readonly onClose: () => void;
}

export function LimitDialog({ number, onClose }: LimitDialogProps) {
  const { numberWords: words, common } = useWords();
  const toast = useToast();
  const id = useId();
  const [limit, setLimit] = useState(String(number.maxConcurrentCalls));
  const save = useAction((maxConcurrentCalls: number) => changeNumber(number.id, { maxConcurrentCalls }), {
    stale: [['numbers']],
    done: () => {
      toast(common.saved);
      onClose();
    },
  });
  const isNumber = /^\d{1,5}$/.test(limit.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isNumber) save.run(Number(limit));
  };
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button busy={save.busy} form={id} tone="primary" type="submit">
            {common.save}
          </Button>
        </>
      }
      onClose={onClose}
      title={words.limitTitle(number.phoneNumber)}
    >
      <form className="space-y-4" id={id} noValidate onSubmit={submit}>
        {save.problem !== undefined && <ProblemNote problem={save.problem} />}
        <TextField
          error={isNumber ? messageAt(save.problem, 'maxConcurrentCalls') : words.wrongLimit}
          hint={words.limitHint}
          inputMode="numeric"
          label={words.limitField}
          onChange={setLimit}
          value={limit}
        />
      </form>
    </Dialog>
  );
}
