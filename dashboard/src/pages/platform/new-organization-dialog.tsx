import { type FormEvent, useId, useState } from 'react';
import { addOrganization } from '../../api/organizations.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';
import { TimezoneField } from './timezone-field.tsx';

export function NewOrganizationDialog({ onClose }: { readonly onClose: () => void }) {
  const { organizationWords: words, common } = useWords();
  const toast = useToast();
  const id = useId();
  const [slug, setSlug] = useState('');
  const [name, setName] = useState('');
  const [timezone, setTimezone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const add = useAction(addOrganization, {
    stale: [['organizations']],
    done: () => {
      toast(words.added);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.run({ slug: slug.trim(), timezone, ...(name.trim() === '' ? {} : { name }) });
  };
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button busy={add.busy} form={id} tone="primary" type="submit">
            {words.add}
          </Button>
        </>
      }
      onClose={onClose}
      title={words.add}
    >
      <form className="space-y-4" id={id} noValidate onSubmit={submit}>
        {add.problem !== undefined && <ProblemNote problem={add.problem} />}
        <TextField
          dir="ltr"
          error={messageAt(add.problem, 'slug')}
          hint={words.keyHint}
          label={words.key}
          maxLength={128}
          onChange={setSlug}
          value={slug}
        />
        <TextField
          error={messageAt(add.problem, 'name')}
          label={words.name}
          maxLength={120}
          onChange={setName}
          value={name}
        />
        <TimezoneField error={messageAt(add.problem, 'timezone')} onChange={setTimezone} value={timezone} />
      </form>
    </Dialog>
  );
}
