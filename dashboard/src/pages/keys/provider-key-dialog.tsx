import { type FormEvent, useId, useState } from 'react';
import { putProviderKey } from '../../api/keys.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';

interface ProviderKeyDialogProps {
  readonly organization: string | undefined;
  readonly onClose: () => void;
}

const knownProviders = ['deepgram', 'openai', 'soniox', 'elevenlabs', 'openai-compatible'];

export function ProviderKeyDialog({ organization, onClose }: ProviderKeyDialogProps) {
  const { keyWords, common } = useWords();
  const toast = useToast();
  const id = useId();
  const [provider, setProvider] = useState('');
  const [key, setKey] = useState('');
  const store = useAction(putProviderKey, {
    stale: [['provider-keys']],
    done: ({ lastFour }, stored) => {
      toast(keyWords.stored(stored.provider, lastFour));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    store.run({ organization: organization ?? null, provider: provider.trim(), key });
  };
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button busy={store.busy} form={id} tone="primary" type="submit">
            {keyWords.store}
          </Button>
        </>
      }
      onClose={onClose}
      title={keyWords.storeTitle}
    >
      <form autoComplete="off" className="space-y-4" id={id} noValidate onSubmit={submit}>
        {store.problem !== undefined && <ProblemNote problem={store.problem} />}
        <TextField
          dir="ltr"
          error={messageAt(store.problem, 'provider')}
          hint={keyWords.providerNameHint}
          label={keyWords.providerName}
          list={`${id}-providers`}
          onChange={setProvider}
          value={provider}
        />
        <datalist id={`${id}-providers`}>
          {knownProviders.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <TextField
          autoComplete="new-password"
          dir="ltr"
          error={messageAt(store.problem, 'key')}
          hint={keyWords.keyHint}
          label={keyWords.key}
          onChange={setKey}
          type="password"
          value={key}
        />
      </form>
    </Dialog>
  );
}
