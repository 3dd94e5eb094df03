import type { Scope } from '../../api/keys.ts';
import { Checkbox } from '../../parts/checkbox.tsx';
import { useWords } from '../../words/speech.tsx';

type Resource = Scope extends `${infer Name}:${string}` ? Name : never;

/** Every one of them, or it does not compile. */
const resources: Record<Resource, true> = {
  numbers: true,
  config: true,
  calls: true,
  tickets: true,
  breakers: true,
  keys: true,
  webhooks: true,
  organizations: true,
  members: true,
  audit: true,
  platform: true,
};
const names = Object.keys(resources) as Resource[];

interface ScopeChoiceProps {
  readonly chosen: readonly Scope[];
  readonly error: string | undefined;
  readonly onChange: (scopes: readonly Scope[]) => void;
}

export function ScopeChoice({ chosen, error, onChange }: ScopeChoiceProps) {
  const { keyWords } = useWords();
  const put = (scope: Scope, isWanted: boolean) =>
    onChange(isWanted ? [...chosen, scope] : chosen.filter((other) => other !== scope));
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="px-1 font-medium text-sm">{keyWords.scopes}</legend>
      <ul>
        {names.map((name) => (
          <li className="grid grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-4 text-sm" key={name}>
            <span>{name}</span>
            {(['read', 'write'] as const).map((deed) => (
              <Checkbox
                checked={chosen.includes(`${name}:${deed}`)}
                key={deed}
                label={
                  <>
                    <span className="sr-only">{name} </span>
                    {keyWords[deed]}
                  </>
                }
                onChange={(isWanted) => put(`${name}:${deed}`, isWanted)}
              />
            ))}
          </li>
        ))}
      </ul>
      {error !== undefined && (
        <p className="mt-2 text-bad text-sm" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
