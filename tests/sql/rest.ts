/** The embedded Supabase as whoever has a token sees it: over HTTP. */
import { z } from 'zod';
import type { RunningSupabase } from '../../dev/stack/supabase.ts';

const signedUpSchema = z.object({ access_token: z.string(), user: z.object({ id: z.uuid() }) });

export interface Answer {
  readonly status: number;
  /** Null where none came. */
  readonly body: unknown;
}

/** As the bearer of that token; null: as nobody. */
export type Request = (token: string | null, method: string, path: string, body?: object) => Promise<Answer>;

export function requestsTo(supabase: Pick<RunningSupabase, 'url' | 'anonKey'>): Request {
  return async (token, method, path, body) => {
    const response = await fetch(supabase.url + path, {
      method,
      headers: {
        apikey: supabase.anonKey,
        'content-type': 'application/json',
        prefer: 'return=representation',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : z.unknown().parse(JSON.parse(text)) };
  };
}

export async function signUp(
  request: Request,
  email: string,
): Promise<{ readonly id: string; readonly token: string }> {
  const { body } = await request(null, 'POST', '/auth/v1/signup', { email, password: 'Secret-1234' });
  const { access_token: token, user } = signedUpSchema.parse(body);
  return { id: user.id, token };
}
