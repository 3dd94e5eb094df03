/** Whose a row is: a column where the rows of all organisations stand together, and none where it would always say the same. */
import { useMemo } from 'react';
import type { Column } from '../parts/table.tsx';
import { useWords } from '../words/speech.tsx';
import { useScope } from './access.ts';

interface Owned {
  readonly organization: { readonly name: string } | null;
}

/** @param nobody said of rows that are no organisation's; left out: a dash */
export function useOrganizationColumn<Row extends Owned>(nobody?: string): readonly Column<Row>[] {
  const { common } = useWords();
  const showsAll = useScope().organization === undefined;
  return useMemo((): readonly Column<Row>[] => {
    if (!showsAll) return [];
    const cell = ({ organization }: Row) => <span dir="auto">{organization?.name ?? nobody ?? common.nothing}</span>;
    return [{ key: 'organization', title: common.organization, cell }];
  }, [common, showsAll, nobody]);
}
