/** Two people changed the same number: shows what the other one did, and goes on from there. */
import { useQuery } from '@tanstack/react-query';
import { type Layer, readLayer } from '../../../api/configs.ts';
import { Differences } from '../../../config/differences.tsx';
import { differencesOf } from '../../../config/paths.ts';
import type { Action } from '../../../parts/action.ts';
import { Button } from '../../../parts/button.tsx';
import { Loaded } from '../../../parts/loaded.tsx';
import { useToast } from '../../../parts/toast.tsx';
import { useWords } from '../../../words/speech.tsx';
import type { Draft } from './draft.ts';

interface ConflictNoteProps {
  readonly id: string;
  readonly draft: Draft;
  readonly save: Action<undefined>;
}

export function ConflictNote({ id, draft, save }: ConflictNoteProps) {
  const { editorWords } = useWords();
  const toast = useToast();
  const theirs = useQuery({
    queryKey: ['layer', id, 'after', draft.base.revision],
    queryFn: () => readLayer(id),
    gcTime: 0,
  });
  const adopt = (base: Layer, mine: 'kept' | 'dropped') => {
    draft.adopt(base, mine);
    save.forget();
    toast(editorWords.rebased);
  };
  return (
    <div className="rounded-md border border-warn bg-warn-soft p-3 text-sm" role="alert">
      <p className="font-medium">{editorWords.conflictTitle}</p>
      <Loaded lines={2} query={theirs}>
        {({ config, revision }) => (
          <>
            <p>{editorWords.conflictText(String(revision), String(draft.base.revision))}</p>
            <p className="mt-2 font-medium">{editorWords.conflictChanged}</p>
            <Differences differences={differencesOf(draft.base.config, config)} nothing={editorWords.conflictNothing} />
            <div className="mt-3 flex flex-wrap gap-2">
              <Button onClick={() => adopt({ config, revision }, 'kept')} tone="primary">
                {editorWords.keepMine}
              </Button>
              <Button onClick={() => adopt({ config, revision }, 'dropped')}>{editorWords.dropMine}</Button>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}
