import { type FormEvent, useId, useState } from 'react';
import { addTicket, type Ticket } from '../../api/tickets.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { AreaField, SelectField, TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';

interface NewTicketDialogProps {
  readonly organization: string;
  readonly onClose: () => void;
}

const priorities = ['low', 'normal', 'high'] as const satisfies readonly Ticket['priority'][];
const empty = { title: '', body: '', contact: '', priority: 'normal' };

export function NewTicketDialog({ organization, onClose }: NewTicketDialogProps) {
  const { ticketWords: words, common } = useWords();
  const toast = useToast();
  const form = useId();
  const [written, setWritten] = useState(empty);
  const add = useAction(addTicket, {
    stale: [['tickets']],
    done: () => {
      toast(words.opened);
      onClose();
    },
  });
  const put = (name: keyof typeof empty) => (text: string) => setWritten((before) => ({ ...before, [name]: text }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const priority = priorities.find((known) => known === written.priority) ?? 'normal';
    add.run({ organization, ...written, priority });
  };
  const field = (name: keyof typeof empty) => ({
    value: written[name],
    onChange: put(name),
    error: messageAt(add.problem, name),
  });
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button busy={add.busy} form={form} tone="primary" type="submit">
            {words.add}
          </Button>
        </>
      }
      onClose={onClose}
      title={words.add}
    >
      <form className="space-y-4" id={form} noValidate onSubmit={submit}>
        {add.problem !== undefined && <ProblemNote problem={add.problem} />}
        <TextField {...field('title')} label={words.title} maxLength={200} />
        <AreaField {...field('body')} label={words.body} maxLength={10_000} rows={5} />
        <TextField {...field('contact')} hint={words.contactHint} label={words.contact} maxLength={200} />
        <SelectField {...field('priority')} label={words.priority}>
          {priorities.map((priority) => (
            <option key={priority} value={priority}>
              {words.priorities[priority]}
            </option>
          ))}
        </SelectField>
      </form>
    </Dialog>
  );
}
