/** The people of a local run, who sign in to the pages with an address and a password as everybody does. */
import { z } from 'zod';
import type { SqlRunner } from './supabase-schema.ts';

export interface SeededPerson {
  readonly email: string;
  readonly what: string;
  /** The tenant they belong to, and as what; null: they run the platform. */
  readonly member: { readonly tenant: string; readonly role: 'viewer' | 'editor' | 'owner' } | null;
}

/** Of all of them: a local run listens on this machine alone and is thrown away when it ends. */
export const seededPassword = 'switchboard';

export const seededPeople = {
  admin: { email: 'owner@switchboard.test', what: 'runs the platform', member: null },
  harborOwner: {
    email: 'ada@harbor-pizza.test',
    what: 'owner of Harbor Pizza',
    member: { tenant: 'harbor-pizza', role: 'owner' },
  },
  harborEditor: {
    email: 'eva@harbor-pizza.test',
    what: 'editor of Harbor Pizza',
    member: { tenant: 'harbor-pizza', role: 'editor' },
  },
  harborViewer: {
    email: 'vito@harbor-pizza.test',
    what: 'viewer of Harbor Pizza',
    member: { tenant: 'harbor-pizza', role: 'viewer' },
  },
  bianchiOwner: {
    email: 'bruno@studio-bianchi.test',
    what: 'owner of Studio Bianchi',
    member: { tenant: 'studio-bianchi', role: 'owner' },
  },
} as const satisfies Record<string, SeededPerson>;

type Fetch = (request: Request) => Promise<Response> | Response;

/** Signs them up at Auth, as they would themselves, and says where they belong. */
export async function seedPeople(database: SqlRunner, fetch: Fetch) {
  for (const person of Object.values(seededPeople) as SeededPerson[]) {
    const userId = await signUp(person.email, fetch);
    if (person.member === null)
      await database.query('insert into public.platform_admins (user_id) values ($1::uuid)', [userId]);
    else
      await database.query(
        `insert into public.organization_members (organization_id, user_id, role)
         select id, $1::uuid, $2::public.member_role from public.organizations where slug = $3`,
        [userId, person.member.role, person.member.tenant],
      );
  }
}

const signedUpSchema = z.object({ user: z.object({ id: z.uuid() }) });

async function signUp(email: string, fetch: Fetch): Promise<string> {
  const answer = await fetch(
    new Request('http://127.0.0.1/auth/v1/signup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: seededPassword }),
    }),
  );
  const body: unknown = await answer.json();
  const signedUp = signedUpSchema.safeParse(body);
  if (signedUp.success) return signedUp.data.user.id;
  throw new Error(`${email} could not be signed up: ${answer.status} ${JSON.stringify(body)}`);
}
