/** Supabase Auth, through the same address as the pages. It keeps the sign-in of this browser and renews its token. */
import { GoTrueClient } from '@supabase/auth-js';

export const auth = new GoTrueClient({
  url: `${window.location.origin}/auth/v1`,
  storageKey: 'switchboard.session',
  detectSessionInUrl: false,
});

let askedFor = false;

/**
 * One that is good for a while, or undefined: nobody is signed in.
 *
 * @throws AuthError when an old one could not be renewed; without it the API would take them for nobody, and the pages too
 */
export async function currentToken(): Promise<string | undefined> {
  const { data, error } = await auth.getSession();
  if (error !== null) throw error;
  return data.session?.access_token;
}

/** Because somebody wants to leave. Of this browser alone; also when Auth cannot be reached. */
export async function signOut(): Promise<void> {
  askedFor = true;
  await auth.signOut({ scope: 'local' });
}

/** Because the token is not taken any more. */
export async function dropSession(): Promise<void> {
  await auth.signOut({ scope: 'local' });
}

/** Whether the sign-out that was just heard of was asked for; tells it once. */
export function wasAskedFor(): boolean {
  const was = askedFor;
  askedFor = false;
  return was;
}
