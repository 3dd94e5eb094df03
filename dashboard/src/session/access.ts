/** Who looks, at what, and what they may do there. The API holds everybody to it; the pages only do not offer the rest. */
import { createContext, use } from 'react';
import type { Caller } from '../api/me.ts';
import type { Role } from '../api/organizations.ts';

export type Need = 'member' | 'editor' | 'owner' | 'admin';

export interface ChosenOrganization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
}

export interface Scope {
  readonly caller: Caller;
  /** Undefined: all of them, for those who run the platform. */
  readonly organization: ChosenOrganization | undefined;
  readonly role: Role;
  readonly choose: (organization: ChosenOrganization | undefined) => void;
}

const ranks: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };

export function may({ caller, role }: Scope, need: Need): boolean {
  if (caller.isPlatformAdmin) return true;
  switch (need) {
    case 'member':
      return true;
    case 'admin':
      return false;
    default:
      return ranks[role] >= ranks[need];
  }
}

export const ScopeContext = createContext<Scope | undefined>(undefined);

export function useScope(): Scope {
  const scope = use(ScopeContext);
  if (scope === undefined) throw new Error('a page was drawn for nobody');
  return scope;
}

export function useMay(need: Need): boolean {
  return may(useScope(), need);
}
