/** Everybody who may come to the database: people of two businesses, people of none, and the services. */
import { type Actor, agentRole, dispatchRole, operatorRole } from '../roles.ts';

export const harbor = '0a000000-0000-4000-8000-000000000001';
export const bianchi = '0b000000-0000-4000-8000-000000000001';

/** To whom a row belongs. */
export type Holder = 'Harbor Pizza' | 'Studio Bianchi' | 'the platform';

/** Null: the platform's rows name no organisation. */
export const organizationOf: Readonly<Record<Holder, string | null>> = {
  'Harbor Pizza': harbor,
  'Studio Bianchi': bianchi,
  'the platform': null,
};

export type Rank = 'viewer' | 'editor' | 'owner';

/** What somebody is: it decides what policies let them do. */
export type Standing =
  | { readonly is: 'outside' }
  | { readonly is: 'nobody' }
  | { readonly is: 'member'; readonly of: Holder; readonly rank: Rank }
  | { readonly is: 'platform' };

export interface Player {
  /** Begins a sentence. */
  readonly who: string;
  readonly actor: Actor;
  readonly standing: Standing;
}

function person(digit: number): Actor & { readonly userId: string } {
  return { role: 'authenticated', userId: `0c000000-0000-4000-8000-00000000000${digit}` };
}

function member(digit: number, of: Holder, rank: Rank) {
  return { who: `the ${rank} of ${of}`, actor: person(digit), standing: { is: 'member', of, rank } } as const;
}

export const members = [
  member(1, 'Harbor Pizza', 'owner'),
  member(2, 'Harbor Pizza', 'editor'),
  member(3, 'Harbor Pizza', 'viewer'),
  member(4, 'Studio Bianchi', 'owner'),
] as const;
export const [ownerOfHarbor, editorOfHarbor, viewerOfHarbor, ownerOfBianchi] = members;
export const stranger = { who: 'a stranger who is signed in', actor: person(5), standing: { is: 'nobody' } } as const;
export const admin = { who: 'a platform admin', actor: person(6), standing: { is: 'platform' } } as const;

const outside = { is: 'outside' } as const;

export const cast: readonly Player[] = [
  { who: 'somebody who is not signed in', actor: { role: 'anon' }, standing: outside },
  stranger,
  ...members,
  admin,
  { who: 'the agent role', actor: agentRole, standing: outside },
  { who: 'the dispatch role', actor: dispatchRole, standing: outside },
  { who: 'the operator role', actor: operatorRole, standing: outside },
];
