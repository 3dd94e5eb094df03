import { type FormEvent, useId, useState } from 'react';
import { type NewPrice, type Price, putPrice } from '../../api/prices.ts';
import { messageAt, useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useWords } from '../../words/speech.tsx';

type Kind = NewPrice['kind'];
type Unit = NewPrice['unit'];

/** What calls count of each kind. */
const unitsOf: Record<Kind, readonly Unit[]> = {
  stt: ['audio_ms'],
  llm: ['input_tokens', 'cached_input_tokens', 'output_tokens'],
  tts: ['characters', 'audio_ms'],
  realtime: [
    'input_tokens',
    'cached_input_tokens',
    'output_tokens',
    'input_audio_tokens',
    'output_audio_tokens',
    'audio_ms',
  ],
};
const kinds = ['stt', 'llm', 'tts', 'realtime'] as const;

interface PriceDialogProps {
  /** Undefined: a new one. */
  readonly price: Price | undefined;
  readonly onClose: () => void;
}

export function PriceDialog({ price, onClose }: PriceDialogProps) {
  const { priceWords: words, callWords, common } = useWords();
  const toast = useToast();
  const id = useId();
  const [kind, setKind] = useState<Kind>(price?.kind ?? 'llm');
  const [unit, setUnit] = useState<Unit>(price?.unit ?? 'input_tokens');
  const [provider, setProvider] = useState(price?.provider ?? '');
  const [model, setModel] = useState(price?.model ?? '*');
  const [amount, setAmount] = useState(price === undefined ? '' : String(price.price));
  const [isTried, setTried] = useState(false);
  const put = useAction(putPrice, {
    stale: [['prices']],
    done: () => {
      toast(words.setDone);
      onClose();
    },
  });
  const chooseKind = (name: string) => {
    const chosen = kinds.find((each) => each === name) ?? kind;
    setKind(chosen);
    setUnit(unitsOf[chosen].find((each) => each === unit) ?? unitsOf[chosen][0] ?? unit);
  };
  const written = Number(amount.replace(',', '.'));
  const isAmount = amount.trim() !== '' && Number.isFinite(written) && written >= 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isAmount) put.run({ kind, provider: provider.trim(), model: model.trim(), unit, price: written });
  };
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button busy={put.busy} form={id} tone="primary" type="submit">
            {common.save}
          </Button>
        </>
      }
      onClose={onClose}
      title={words.set}
    >
      <form className="space-y-4" id={id} noValidate onSubmit={submit}>
        {put.problem !== undefined && <ProblemNote problem={put.problem} />}
        <SelectField label={callWords.kind} onChange={chooseKind} value={kind}>
          {kinds.map((name) => (
            <option key={name} value={name}>
              {callWords.kinds[name]}
            </option>
          ))}
        </SelectField>
        <TextField
          dir="ltr"
          error={messageAt(put.problem, 'provider')}
          label={callWords.provider}
          onChange={setProvider}
          value={provider}
        />
        <TextField
          dir="ltr"
          error={messageAt(put.problem, 'model')}
          hint={words.modelHint}
          label={callWords.model}
          onChange={setModel}
          value={model}
        />
        <SelectField
          label={words.for}
          onChange={(name) => setUnit(unitsOf[kind].find((each) => each === name) ?? unit)}
          value={unit}
        >
          {unitsOf[kind].map((name) => (
            <option key={name} value={name}>
              {words.units[name]}
            </option>
          ))}
        </SelectField>
        <TextField
          error={isTried && !isAmount ? words.wrongPrice : messageAt(put.problem, 'price')}
          hint={words.priceHint}
          inputMode="decimal"
          label={words.price}
          onChange={setAmount}
          value={amount}
        />
      </form>
    </Dialog>
  );
}
