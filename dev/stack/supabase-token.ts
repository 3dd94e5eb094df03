import { createHmac } from 'node:crypto';

export interface TokenClaims {
  /** The database role that the bearer becomes. */
  role: string;
  /** The signed-in user, for the role `authenticated`. */
  sub?: string;
  /** By which the database knows that a request came with an API key. */
  calls_for?: 'api_key';
  /** When it ends, in seconds since 1970; left out: in a week. */
  exp?: number;
}

const lifetimeSeconds = 7 * 24 * 3600;

/** A JWT (HS256) as Supabase Auth would give it, for roles that never sign in and for tests. */
export function signToken(jwtSecret: string, claims: TokenClaims): string {
  const issuedAt = Math.floor(Date.now() / 1000);
  const payload = { iss: 'switchboard', iat: issuedAt, exp: issuedAt + lifetimeSeconds, ...claims };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', jwtSecret).update(signed).digest('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
