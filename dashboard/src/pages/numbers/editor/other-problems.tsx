import type { FieldMessage } from '../../../api/configs.ts';
import { useWords } from '../../../words/speech.tsx';
import { withoutField } from './settings.ts';

/** What is wrong where no field stands: under the form, so that nothing is wrong in silence. */
export function OtherProblems({ messages }: { readonly messages: readonly FieldMessage[] }) {
  const { editorWords } = useWords();
  const others = withoutField(messages);
  if (others.length === 0) return null;
  return (
    <div className="mt-4 rounded-md border border-bad bg-bad-soft p-3 text-sm" role="alert">
      <p className="font-medium">{editorWords.otherProblems}</p>
      <ul className="mt-1 list-disc pl-5">
        {others.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path !== '' && <code className="mr-1">{path}</code>}
            {message}
          </li>
        ))}
      </ul>
    </div>
  );
}
