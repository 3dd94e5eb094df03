import type { ProbeResult } from '../api/probes.ts';
import { Badge } from '../parts/badge.tsx';
import { useWords } from '../words/speech.tsx';

export function ProbeResultView({ result: { problems, services } }: { readonly result: ProbeResult }) {
  const { probeWords: words } = useWords();
  const isWell = problems.length === 0 && services.every(({ outcome }) => outcome === 'works');
  return (
    <>
      <p className="font-medium">{isWell ? words.allWell : words.notAll}</p>
      <ul className="mt-1 space-y-1">
        {problems.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path !== '' && <code className="mr-1 text-xs">{path}</code>}
            {message}
          </li>
        ))}
        {services.map(({ path, provider, model, outcome, sentence }) => (
          <li className="flex flex-wrap items-baseline gap-x-2" key={path}>
            <Badge tone={outcome === 'works' ? 'good' : 'bad'}>{words.outcomes[outcome]}</Badge>
            <span dir="ltr">
              <code className="text-xs">{path}</code> {provider} {model}
            </span>
            <span className="text-muted">{sentence}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
