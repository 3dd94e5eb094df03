import { useMemo } from 'react';
import type { Organization } from '../../api/organizations.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/table.tsx';
import { useFormat, useWords } from '../../words/speech.tsx';

export function useOrganizationColumns(edit: (organization: Organization) => void): readonly Column<Organization>[] {
  const { organizationWords: words, common } = useWords();
  const format = useFormat();
  return useMemo(
    (): Column<Organization>[] => [
      {
        key: 'name',
        title: words.name,
        cell: ({ name, slug }) => (
          <span>
            <span className="block font-medium" dir="auto">
              {name}
            </span>
            <span className="text-muted text-xs">{slug}</span>
          </span>
        ),
      },
      {
        key: 'status',
        title: words.status,
        cell: ({ status }) => (
          <Badge tone={status === 'active' ? 'good' : 'warn'}>
            {status === 'active' ? words.active : words.suspended}
          </Badge>
        ),
      },
      { key: 'numbers', title: words.numbers, side: 'right', cell: ({ numbers }) => format.count(numbers) },
      { key: 'live', title: words.live, side: 'right', cell: ({ liveCalls }) => format.count(liveCalls) },
      {
        key: 'limit',
        title: words.maxConcurrentCalls,
        side: 'right',
        cell: ({ maxConcurrentCalls }) =>
          maxConcurrentCalls === null ? common.unlimited : format.count(maxConcurrentCalls),
      },
      { key: 'pool', title: words.pool, cell: ({ pool }) => pool },
      { key: 'timezone', title: words.timezone, cell: ({ timezone }) => timezone },
      {
        key: 'actions',
        title: common.actions,
        cell: (organization) => (
          <Button aria-label={words.edit(organization.name)} onClick={() => edit(organization)}>
            {common.edit}
          </Button>
        ),
      },
    ],
    [words, common, format, edit],
  );
}
