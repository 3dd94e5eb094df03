/** Something that changes something: whether it is under way, and how it failed. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { type Problem, problemOf } from '../api/problem.ts';

export interface Action<Input> {
  readonly run: (input: Input) => void;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  /** The problem is not shown any more. */
  readonly forget: () => void;
}

interface After<Input, Output> {
  /** What is not as it was any more. */
  readonly stale?: readonly QueryKey[];
  readonly done?: (output: Output, input: Input) => void;
}

export function useAction<Input, Output>(
  act: (input: Input) => Promise<Output>,
  { stale = [], done }: After<Input, Output> = {},
): Action<Input> {
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: act,
    onSuccess: (output: Output, input: Input) => {
      for (const queryKey of stale) void queries.invalidateQueries({ queryKey });
      done?.(output, input);
    },
  });
  return {
    run: (input) => mutation.mutate(input),
    busy: mutation.isPending,
    problem: mutation.error === null ? undefined : problemOf(mutation.error),
    forget: mutation.reset,
  };
}

/** What the server said of one field of what was sent. */
export function messageAt(problem: Problem | undefined, path: string): string | undefined {
  return problem?.fields.find((field) => field.path === path)?.message;
}

/** For what is done at once and cannot fail, where an action is wanted. */
export function instantly(run: () => void): Action<undefined> {
  return { run, busy: false, problem: undefined, forget: () => undefined };
}
