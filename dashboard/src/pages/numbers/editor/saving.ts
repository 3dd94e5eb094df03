import { saveLayer } from '../../../api/configs.ts';
import { same } from '../../../api/json.ts';
import { changeNumber, type PhoneNumber } from '../../../api/numbers.ts';
import { type Action, messageAt, useAction } from '../../../parts/action.ts';
import { useToast } from '../../../parts/toast.tsx';
import { useWords } from '../../../words/speech.tsx';
import type { Draft } from './draft.ts';

export interface Saving {
  readonly save: Action<undefined>;
  readonly labelMessage: string | undefined;
}

/** The label is the number's own and has no versions; all else is its layer of the configuration. */
export function useSaving(number: PhoneNumber, draft: Draft, saved: () => void): Saving {
  const { editorWords } = useWords();
  const toast = useToast();
  const save = useAction(
    async (_input: undefined): Promise<void> => {
      const { newLabel: label, config, base } = draft;
      if (label !== undefined) await changeNumber(number.id, { label });
      if (!same(config, base.config)) await saveLayer(number.id, config, base.revision);
    },
    {
      stale: [['numbers'], ['effective', number.id], ['versions', number.id]],
      done: () => {
        toast(editorWords.saveDone);
        saved();
      },
    },
  );
  return { save, labelMessage: messageAt(save.problem, 'label') };
}
