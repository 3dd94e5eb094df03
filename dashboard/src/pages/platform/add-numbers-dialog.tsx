/** Adds one number or many. What is wrong with a line is said before anything is sent. */
import { useDeferredValue, useMemo, useState } from 'react';
import { type AddedNumber, addNumbers } from '../../api/numbers.ts';
import { useAction } from '../../parts/action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { AreaField } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';
import { mostLines, type NumberLine, readLines, toNumber } from './number-lines.ts';
import { AddedTable, PreviewTable } from './number-preview.tsx';
import { OrganizationPicker } from './organization-picker.tsx';

export function AddNumbersDialog({ onClose }: { readonly onClose: () => void }) {
  const [added, setAdded] = useState<readonly AddedNumber[]>();
  if (added !== undefined) return <AddedDialog added={added} onClose={onClose} />;
  return <WriteDialog onAdded={setAdded} onClose={onClose} />;
}

interface WriteDialogProps {
  readonly onAdded: (added: readonly AddedNumber[]) => void;
  readonly onClose: () => void;
}

function WriteDialog({ onAdded, onClose }: WriteDialogProps) {
  const { numberWords: words, common } = useWords();
  const [text, setText] = useState('');
  const [organization, setOrganization] = useState('');
  const deferred = useDeferredValue(text);
  const lines = useMemo(() => readLines(deferred), [deferred]);
  const add = useAction(
    (wanted: readonly NumberLine[]) =>
      addNumbers(wanted.map((line) => toNumber(line, organization === '' ? undefined : organization))),
    { stale: [['numbers'], ['organizations']], done: ({ numbers }) => onAdded(numbers) },
  );
  const format = useFormat();
  const hindrance = useHindrance(lines);
  return (
    <Dialog
      description={words.addIntro}
      footer={
        <>
          {hindrance !== undefined && lines.length > 0 && (
            <output className="mr-auto text-bad text-sm">{hindrance}</output>
          )}
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button
            busy={add.busy}
            disabled={hindrance !== undefined || deferred !== text}
            onClick={() => add.run(lines)}
            tone="primary"
          >
            {words.addCount(format.count(lines.length))}
          </Button>
        </>
      }
      onClose={onClose}
      title={words.add}
    >
      <div className="space-y-4">
        {add.problem !== undefined && <ProblemNote problem={add.problem} />}
        <AreaField
          className="font-mono"
          dir="ltr"
          label={words.addField}
          onChange={setText}
          placeholder={words.addPlaceholder}
          rows={6}
          value={text}
        />
        <OrganizationPicker
          label={words.addOrganization}
          none={words.addNobody}
          onChange={setOrganization}
          value={organization}
        />
        {lines.length > 0 && <PreviewTable lines={lines} />}
      </div>
    </Dialog>
  );
}

function useHindrance(lines: readonly NumberLine[]): string | undefined {
  const { numberWords: words } = useWords();
  const format = useFormat();
  const wrong = lines.filter(({ problem }) => problem !== undefined).length;
  if (lines.length === 0) return words.addNothing;
  if (wrong > 0) return words.addMend(format.count(wrong));
  return lines.length > mostLines ? words.addTooMany(format.count(mostLines)) : undefined;
}

interface AddedDialogProps {
  readonly added: readonly AddedNumber[];
  readonly onClose: () => void;
}

function AddedDialog({ added, onClose }: AddedDialogProps) {
  const { numberWords: words, common } = useWords();
  const format = useFormat();
  const count = added.filter(({ outcome }) => outcome === 'added').length;
  return (
    <Dialog
      description={words.resultIntro(format.count(count), format.count(added.length))}
      footer={
        <Button onClick={onClose} tone="primary">
          {common.close}
        </Button>
      }
      onClose={onClose}
      title={words.result}
    >
      <AddedTable added={added} />
    </Dialog>
  );
}
