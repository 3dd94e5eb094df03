/** Makes a key for a program, and shows it this once. */
import { type FormEvent, useId, useState } from 'react';
import { addApiKey, type MadeApiKey, type Scope } from '../../api/keys.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/clipboard.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useWords } from '../../words/speech.tsx';
import { ScopeChoice } from './scope-choice.tsx';

interface NewApiKeyDialogProps {
  readonly organization: string | undefined;
  readonly onClose: () => void;
}

const lives = { month: 30, quarter: 90, year: 365, never: null } as const;
type Life = keyof typeof lives;
const dayMs = 86_400_000;

export function NewApiKeyDialog({ organization, onClose }: NewApiKeyDialogProps) {
  const [made, setMade] = useState<MadeApiKey>();
  if (made !== undefined) return <MadeKey made={made} onClose={onClose} />;
  return <KeyForm onClose={onClose} onMade={setMade} organization={organization} />;
}

function KeyForm({
  organization,
  onClose,
  onMade,
}: NewApiKeyDialogProps & { readonly onMade: (key: MadeApiKey) => void }) {
  const { keyWords, common } = useWords();
  const id = useId();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [life, setLife] = useState<Life>('year');
  const [isLacking, setLacking] = useState(false);
  const make = useAction(addApiKey, { stale: [['api-keys']], done: onMade });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setLacking(scopes.length === 0);
    if (scopes.length === 0) return;
    make.run({ organization: organization ?? null, name, scopes: [...scopes], expiresAt: endOf(life) });
  };
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button busy={make.busy} form={id} tone="primary" type="submit">
            {keyWords.make}
          </Button>
        </>
      }
      onClose={onClose}
      title={keyWords.makeTitle}
    >
      <form className="space-y-4" id={id} noValidate onSubmit={submit}>
        {make.problem !== undefined && <ProblemNote problem={make.problem} />}
        <TextField
          error={messageAt(make.problem, 'name')}
          hint={keyWords.nameHint}
          label={keyWords.name}
          maxLength={120}
          onChange={setName}
          value={name}
        />
        <SelectField label={keyWords.expiry} onChange={(chosen) => setLife(lifeOf(chosen))} value={life}>
          {Object.entries(keyWords.expiries).map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </SelectField>
        <ScopeChoice chosen={scopes} error={isLacking ? keyWords.scopesMissing : undefined} onChange={setScopes} />
      </form>
    </Dialog>
  );
}

function MadeKey({ made, onClose }: { readonly made: MadeApiKey; readonly onClose: () => void }) {
  const { keyWords } = useWords();
  return (
    <Dialog
      description={keyWords.madeText}
      footer={
        <Button onClick={onClose} tone="primary">
          {keyWords.madeDone}
        </Button>
      }
      onClose={onClose}
      title={keyWords.madeTitle}
    >
      <p className="mb-3 text-sm" dir="auto">
        {made.name}
      </p>
      <code className="mb-3 block select-all break-all rounded bg-sunken p-3 text-sm">{made.key}</code>
      <CopyButton text={made.key} />
    </Dialog>
  );
}

function lifeOf(text: string): Life {
  const known: readonly Life[] = ['month', 'quarter', 'year', 'never'];
  return known.find((life) => life === text) ?? 'year';
}

function endOf(life: Life): string | null {
  const days = lives[life];
  return days === null ? null : new Date(Date.now() + days * dayMs).toISOString();
}
