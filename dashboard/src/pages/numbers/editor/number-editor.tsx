/** The drawer in which a number is changed. */
import { useState } from 'react';
import type { Layer } from '../../../api/configs.ts';
import type { PhoneNumber } from '../../../api/numbers.ts';
import { instantly } from '../../../parts/action.ts';
import { Button } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Drawer } from '../../../parts/dialog.tsx';
import { ProblemNote } from '../../../parts/problem-note.tsx';
import { useMay } from '../../../session/access.ts';
import { useWords } from '../../../words/speech.tsx';
import { ConflictNote } from './conflict-note.tsx';
import { type Draft, useDraft } from './draft.ts';
import { EditorTabs } from './editor-tabs.tsx';
import { OtherProblems } from './other-problems.tsx';
import { type Saving, useSaving } from './saving.ts';
import { EditingProvider } from './setting.tsx';

interface NumberEditorProps {
  readonly number: PhoneNumber;
  readonly layer: Layer;
  readonly onClose: () => void;
}

export function NumberEditor({ number, layer, onClose }: NumberEditorProps) {
  const { common, editorWords } = useWords();
  const canWrite = useMay('editor');
  const draft = useDraft(number, layer, canWrite);
  const saving = useSaving(number, draft, onClose);
  const [isLeaving, setLeaving] = useState(false);
  const close = () => (draft.isDirty ? setLeaving(true) : onClose());
  return (
    <Drawer
      description={<span dir="auto">{number.label || number.organization?.name}</span>}
      footer={canWrite ? <EditorFooter draft={draft} onClose={close} saving={saving} /> : undefined}
      onClose={close}
      title={<bdi dir="ltr">{number.phoneNumber}</bdi>}
    >
      {!canWrite && <p className="mb-3 text-muted text-sm">{common.readOnly}</p>}
      <StateNotes draft={draft} number={number} saving={saving} />
      <EditingProvider editing={{ draft, canWrite }}>
        <EditorTabs labelMessage={saving.labelMessage} number={number} />
      </EditingProvider>
      <OtherProblems messages={draft.messages} />
      {isLeaving && (
        <Confirm
          action={instantly(onClose)}
          input={undefined}
          onClose={() => setLeaving(false)}
          title={editorWords.discardTitle}
          verb={editorWords.discard}
        >
          {editorWords.discardText}
        </Confirm>
      )}
    </Drawer>
  );
}

interface NotesProps {
  readonly number: PhoneNumber;
  readonly draft: Draft;
  readonly saving: Saving;
}

function StateNotes({ number, draft, saving }: NotesProps) {
  const { editorWords } = useWords();
  const { problem } = saving.save;
  return (
    <div className="mb-4 space-y-3 empty:hidden">
      {draft.outcome === 'missing' && <Warning text={editorWords.noAgent} />}
      {draft.outcome === 'invalid' && !draft.isDirty && <Warning text={editorWords.brokenBelow} />}
      {problem?.reason === 'changed_meanwhile' && <ConflictNote draft={draft} id={number.id} save={saving.save} />}
      {problem !== undefined && problem.reason !== 'changed_meanwhile' && <ProblemNote problem={problem} />}
    </div>
  );
}

function Warning({ text }: { readonly text: string }) {
  return <p className="rounded-md bg-warn-soft p-3 text-sm text-warn">{text}</p>;
}

interface FooterProps {
  readonly draft: Draft;
  readonly saving: Saving;
  readonly onClose: () => void;
}

function EditorFooter({ draft, saving, onClose }: FooterProps) {
  const { common, editorWords } = useWords();
  const said = {
    checking: editorWords.checking,
    checked: draft.isDirty ? editorWords.unsaved : '',
    failed: editorWords.notChecked,
  }[draft.check];
  return (
    <>
      <output className="mr-auto text-muted text-sm">{said}</output>
      <Button onClick={onClose}>{common.close}</Button>
      <Button
        busy={saving.save.busy}
        disabled={!draft.isDirty}
        onClick={() => saving.save.run(undefined)}
        tone="primary"
      >
        {common.save}
      </Button>
    </>
  );
}
