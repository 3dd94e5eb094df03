/** A problem in words: what it is, what the server saw, what to do. */
import type { Problem, ProblemReason } from '../api/problem.ts';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/speech.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

export function ProblemNote({ problem, onRetry }: { readonly problem: Problem; readonly onRetry?: () => void }) {
  const words = useWords();
  const { title, todo } = sentencesOf(problem.reason, words);
  return (
    <div className="flex gap-3 rounded-md border border-bad bg-bad-soft p-3 text-sm" role="alert">
      <span className="text-bad">
        <Icon name="warning" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {title} <span className="font-normal">{todo}</span>
        </p>
        {problem.detail !== '' && (
          <p className="mt-1 break-words text-muted" dir="auto">
            {problem.detail}
          </p>
        )}
        {onRetry !== undefined && (
          <Button className="mt-2" onClick={onRetry}>
            {words.common.retry}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The server may be newer than the pages and know more reasons. */
function sentencesOf(reason: ProblemReason, { problems }: Words) {
  return Object.hasOwn(problems, reason) ? problems[reason] : problems.fault;
}
