import { Badge, type BadgeTone } from '../parts/badge.tsx';
import { Spinner } from '../parts/button.tsx';
import { useWords } from '../words/speech.tsx';
import { type NewsState, useNews } from './news.tsx';

const tones: Record<NewsState, BadgeTone> = { connecting: 'neutral', streaming: 'good', polling: 'warn', away: 'bad' };

/** How fresh what is live is. */
export function NewsBadge() {
  const { shell } = useWords();
  const { state } = useNews();
  return (
    <output>
      <Badge tone={tones[state]}>
        {state === 'connecting' ? <Spinner /> : <span aria-hidden="true" className="size-2 rounded-full bg-current" />}
        {shell.news[state]}
      </Badge>
    </output>
  );
}
