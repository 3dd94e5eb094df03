/** One setting of the configuration: what is written, where the present value comes from, what is wrong with it. */
import { createContext, type ReactNode, use } from 'react';
import type { LayerName } from '../../../api/configs.ts';
import type { JsonValue } from '../../../api/json.ts';
import { valueAt } from '../../../config/paths.ts';
import { useWords } from '../../../words/speech.tsx';
import type { Draft } from './draft.ts';
import { isAbout } from './settings.ts';

interface Editing {
  readonly draft: Draft;
  readonly canWrite: boolean;
}
const EditingContext = createContext<Editing | undefined>(undefined);

export function EditingProvider({ editing, children }: { readonly editing: Editing; readonly children: ReactNode }) {
  return <EditingContext value={editing}>{children}</EditingContext>;
}

export function useEditing(): Editing {
  const editing = use(EditingContext);
  if (editing === undefined) throw new Error('a setting was drawn outside of its editor');
  return editing;
}

export interface Setting {
  readonly path: string;
  /** Undefined: not written on this number. */
  readonly written: JsonValue | undefined;
  /** What holds if nothing is written here; undefined: not known. */
  readonly inherited: JsonValue | undefined;
  readonly layer: LayerName | undefined;
  readonly message: string | undefined;
  readonly canWrite: boolean;
  readonly set: (value: JsonValue) => void;
  readonly reset: () => void;
}

export function useSetting(path: string): Setting {
  const { draft, canWrite } = useEditing();
  const written = valueAt(draft.config, path);
  const present = draft.present.at(path);
  // What is reset a moment ago is still said to be from here.
  const below = present.layer === 'number' ? undefined : present.layer;
  const found = draft.messages.filter((message) => isAbout(message, path));
  return {
    path,
    written,
    inherited: draft.present.inheritedAt(path),
    layer: written === undefined ? below : 'number',
    message: found.length === 0 ? undefined : [...new Set(found.map(({ message }) => message))].join('; '),
    canWrite,
    set: (value) => draft.set(path, value),
    reset: () => draft.reset(path),
  };
}

export function Origin({ setting, label }: { readonly setting: Setting; readonly label: string }) {
  const { editorWords } = useWords();
  const { layer, written, canWrite, reset } = setting;
  return (
    <span className="text-muted text-xs">
      {layer === undefined ? editorWords.fromUnknown : editorWords.from[layer]}
      {written !== undefined && canWrite && (
        <button
          aria-label={editorWords.resetLabel(label)}
          className="ml-2 text-accent underline underline-offset-2"
          onClick={reset}
          type="button"
        >
          {editorWords.reset}
        </button>
      )}
    </span>
  );
}

/** What a choice comes to now. */
export function usePresent(path: string): string {
  const { written, inherited } = useSetting(path);
  return textOf(written ?? inherited);
}

export function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
