/** What was said so far: each turn is kept half a second after it is over. */
import { useQuery } from '@tanstack/react-query';
import { useWords } from '../../../words/speech.tsx';
import { Transcript } from '../../calls/transcript.tsx';
import { type Newest, turnsAfter } from './record.ts';

const lookEveryMs = 1_000;

export function LiveTranscript({ numberId, before }: { readonly numberId: string; readonly before: Newest }) {
  const { testCallWords: words } = useWords();
  const turns = useQuery({
    queryKey: ['test-call-turns', numberId, before],
    queryFn: () => turnsAfter(numberId, before),
    gcTime: 0,
    refetchInterval: lookEveryMs,
  });
  return (
    <section aria-label={words.transcript} aria-live="polite" className="mt-4">
      <Transcript empty={words.nothingSaidYet} turns={turns.data ?? []} />
    </section>
  );
}
