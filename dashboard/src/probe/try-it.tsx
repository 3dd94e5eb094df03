/** Has providers asked for the least they can be asked, and shows what each of them said. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Probe, readProbe } from '../api/probes.ts';
import { useAction } from '../parts/action.ts';
import { Button } from '../parts/button.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useWords } from '../words/speech.tsx';
import { ProbeResultView } from './probe-result.tsx';

const lookEveryMs = 700;

interface TryItProps {
  /** Asks for it. */
  readonly ask: () => Promise<{ readonly id: string }>;
  /** What is tried, for those who do not see where the button stands. */
  readonly label: string;
}

export function TryIt({ ask, label }: TryItProps) {
  const { probeWords: words } = useWords();
  const [asked, setAsked] = useState<string>();
  const begin = useAction(ask, { done: ({ id }) => setAsked(id) });
  const probe = useQuery({
    queryKey: ['probe', asked],
    queryFn: () => readProbe(asked ?? ''),
    enabled: asked !== undefined,
    refetchInterval: ({ state }) => (isOver(state.data) ? false : lookEveryMs),
  });
  const busy = begin.busy || (asked !== undefined && !isOver(probe.data) && probe.error === null);
  const start = () => {
    setAsked(undefined);
    begin.run(undefined);
  };
  return (
    <div className="space-y-2">
      <Button aria-label={label} busy={busy} onClick={start}>
        {words.tryIt}
      </Button>
      {begin.problem !== undefined && <ProblemNote problem={begin.problem} />}
      <output className="block text-sm">
        {busy && words.asking}
        {probe.data?.state === 'nobody_there' && words.nobodyThere}
        {probe.data?.result != null && <ProbeResultView result={probe.data.result} />}
      </output>
    </div>
  );
}

function isOver(probe: Probe | undefined): boolean {
  return probe?.state === 'finished' || probe?.state === 'nobody_there';
}
