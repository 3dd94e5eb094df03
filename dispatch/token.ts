/** Mints the narrow database tokens: a JWT whose role may execute a handful of functions and nothing else. */
import { createHmac } from 'node:crypto';

/** Role of each token. That of the API is an ordinary one: whose key a request came with says what it may do. */
export const tokenRoles = {
  agent: 'switchboard_agent',
  dispatch: 'switchboard_dispatch',
  operator: 'switchboard_operator',
  api: 'authenticated',
} as const;
export type TokenRole = keyof typeof tokenRoles;

export function isTokenRole(word: string | undefined): word is TokenRole {
  return word !== undefined && Object.hasOwn(tokenRoles, word);
}

/** By which the database knows that an API key comes with the request (private.calling_key). */
const markOf = (role: TokenRole) => (role === 'api' ? { calls_for: 'api_key' } : {});

/** @param secret the JWT secret of the Supabase project @returns HS256 JWT without expiry: it is revoked by the role's grants */
export function mintToken(role: TokenRole, secret: string, nowMs: number): string {
  const header = encode({ alg: 'HS256', typ: 'JWT' });
  const claims = encode({ iss: 'switchboard', role: tokenRoles[role], ...markOf(role), iat: Math.floor(nowMs / 1000) });
  const signature = createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url');
  return `${header}.${claims}.${signature}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
