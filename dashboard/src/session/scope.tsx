/** Which organisation is looked at; it is remembered in this browser. */
import { type ReactNode, useMemo, useState } from 'react';
import type { Caller } from '../api/me.ts';
import { type ChosenOrganization, type Scope, ScopeContext } from './access.ts';

const rememberedAs = 'switchboard.organization';

export function ScopeProvider({ caller, children }: { readonly caller: Caller; readonly children: ReactNode }) {
  const [chosen, setChosen] = useState(remembered);
  const scope = useMemo((): Scope => {
    const organization = organizationFor(caller, chosen);
    const membership = caller.organizations.find(({ id }) => id === organization?.id);
    return {
      caller,
      organization,
      role: caller.isPlatformAdmin ? 'owner' : (membership?.role ?? 'viewer'),
      choose: (wanted) => {
        if (wanted === undefined) localStorage.removeItem(rememberedAs);
        else localStorage.setItem(rememberedAs, JSON.stringify(wanted));
        setChosen(wanted);
      },
    };
  }, [caller, chosen]);
  return <ScopeContext value={scope}>{children}</ScopeContext>;
}

/** A member looks at one of their own; whoever runs the platform at any, or at all. */
function organizationFor(caller: Caller, chosen: ChosenOrganization | undefined): ChosenOrganization | undefined {
  const own = caller.organizations.find(({ id }) => id === chosen?.id);
  if (own !== undefined) return own;
  return caller.isPlatformAdmin ? chosen : caller.organizations[0];
}

function remembered(): ChosenOrganization | undefined {
  try {
    const { id, name, slug } = JSON.parse(localStorage.getItem(rememberedAs) ?? '{}');
    return [id, name, slug].every((text) => typeof text === 'string') ? { id, name, slug } : undefined;
  } catch {
    return undefined;
  }
}
