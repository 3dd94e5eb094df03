/** Members choose among their own organisations; whoever runs the platform searches all of them. */
import { useQuery } from '@tanstack/react-query';
import { Popover } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { listOrganizations } from '../api/organizations.ts';
import { classNames } from '../parts/class-names.ts';
import { TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useSettled } from '../parts/settled.ts';
import { type ChosenOrganization, useScope } from '../session/access.ts';
import { useWords } from '../words/speech.tsx';

export function OrganizationSwitcher() {
  const { shell, common } = useWords();
  const { caller, organization, choose } = useScope();
  const [isOpen, setOpen] = useState(false);
  const name = organization?.name ?? (caller.isPlatformAdmin ? shell.allOrganizations : common.none);
  if (!caller.isPlatformAdmin && caller.organizations.length < 2)
    return (
      <p className="truncate rounded-md bg-sunken px-2.5 py-1.5 text-sm" dir="auto">
        {name}
      </p>
    );
  const take = (chosen: ChosenOrganization | undefined) => {
    choose(chosen);
    setOpen(false);
  };
  return (
    <Popover.Root onOpenChange={setOpen} open={isOpen}>
      <Popover.Trigger className="flex min-h-9 w-full items-center gap-2 rounded-md border border-edge bg-surface px-2.5 text-left text-sm hover:bg-sunken">
        <span className="sr-only">{shell.switchOrganization}: </span>
        <span className="min-w-0 flex-1 truncate" dir="auto">
          {name}
        </span>
        <Icon name="chevron" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          aria-label={shell.switchOrganization}
          className="z-60 w-72 max-w-[92vw] rounded-md border border-line bg-surface p-2 shadow-lg"
          collisionPadding={8}
          sideOffset={4}
        >
          {caller.isPlatformAdmin ? (
            <EveryOrganization onTake={take} />
          ) : (
            <Choices onTake={take} organizations={caller.organizations} />
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface TakeProps {
  readonly onTake: (organization: ChosenOrganization | undefined) => void;
}

function EveryOrganization({ onTake }: TakeProps) {
  const { shell } = useWords();
  const [search, setSearch] = useState('');
  const settled = useSettled(search.trim(), 250);
  const found = useQuery({
    queryKey: ['organizations', 'found', settled],
    queryFn: () => listOrganizations(settled === '' ? undefined : settled, { limit: 20 }),
  });
  return (
    <>
      <TextField label={shell.searchOrganizations} onChange={setSearch} type="search" value={search} />
      <div className="mt-2 max-h-72 overflow-y-auto">
        <Choice isChosen={useScope().organization === undefined} onTake={() => onTake(undefined)}>
          {shell.allOrganizations}
        </Choice>
        <Loaded lines={3} query={found}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="p-2 text-muted text-sm">{shell.noOrganizationFound}</p>
            ) : (
              <Choices onTake={onTake} organizations={items} />
            )
          }
        </Loaded>
      </div>
    </>
  );
}

function Choices({ organizations, onTake }: TakeProps & { readonly organizations: readonly ChosenOrganization[] }) {
  const { organization } = useScope();
  return (
    <ul>
      {organizations.map(({ id, name, slug }) => (
        <li key={id}>
          <Choice isChosen={organization?.id === id} onTake={() => onTake({ id, name, slug })}>
            {name} <span className="text-muted text-xs">{slug}</span>
          </Choice>
        </li>
      ))}
    </ul>
  );
}

interface ChoiceProps {
  readonly isChosen: boolean;
  readonly onTake: () => void;
  readonly children: ReactNode;
}

function Choice({ isChosen, onTake, children }: ChoiceProps) {
  return (
    <button
      aria-pressed={isChosen}
      className={classNames(
        'w-full rounded px-2 py-1.5 text-left text-sm hover:bg-sunken',
        isChosen && 'bg-accent-soft',
      )}
      dir="auto"
      onClick={onTake}
      type="button"
    >
      {children}
    </button>
  );
}
