/** Filters that stand in the address, so that a list can be sent to somebody and found again. */
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';

type Filters<Name extends string> = Readonly<Partial<Record<Name, string>>>;

export interface UrlFilters<Name extends string> {
  readonly filters: Filters<Name>;
  /** Empty: not filtered by it. */
  readonly set: (name: Name, value: string) => void;
  readonly clear: () => void;
  readonly isAny: boolean;
}

/** @param names made once */
export function useUrlFilters<Name extends string>(names: readonly Name[]): UrlFilters<Name> {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const filters = useMemo(() => {
    const now = new URLSearchParams(text);
    const found = names.flatMap((name) => {
      const value = now.get(name) ?? '';
      return value === '' ? [] : [[name, value] as const];
    });
    return Object.fromEntries(found) as Filters<Name>;
  }, [text, names]);
  const set = useCallback(
    (name: Name, value: string) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === '') next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  const clear = useCallback(() => setParams({}, { replace: true }), [setParams]);
  return { filters, set, clear, isAny: Object.keys(filters).length > 0 };
}
