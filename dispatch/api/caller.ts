/** Who calls the API, and the database as far as they may go in it. */
import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { LRUCache } from 'lru-cache';
import { type Database, openDatabase } from '../../shared/db.ts';
import { ApiProblem, problemOf } from './problem.ts';

export const resourceNames = [
  'numbers',
  'config',
  'calls',
  'tickets',
  'breakers',
  'keys',
  'webhooks',
  'organizations',
  'members',
  'audit',
  'platform',
] as const;
type Resource = (typeof resourceNames)[number];
/** What a key may be used for. People may whatever their role allows. */
export type Scope = `${Resource}:read` | `${Resource}:write`;
export const scopes = resourceNames.flatMap((name): Scope[] => [`${name}:read`, `${name}:write`]);

const membershipSchema = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  timezone: z.string(),
  status: z.enum(['active', 'suspended']),
  role: z.enum(['viewer', 'editor', 'owner']),
});
const common = { id: z.uuid(), isPlatformAdmin: z.boolean(), organizations: z.array(membershipSchema) };
export const callerSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('person'), email: z.string().nullable(), ...common }),
    z.object({ kind: z.literal('key'), name: z.string(), scopes: z.array(z.string()), ...common }),
  ])
  .openapi('Caller');
export type Caller = z.infer<typeof callerSchema>;

export interface ApiVariables {
  readonly Variables: { database: Database; caller: Caller; credential: string };
}

export interface CallerOptions {
  readonly supabaseUrl: string;
  readonly anonKey: string;
  /** For requests that come with a key; empty: keys are not accepted. */
  readonly apiToken: string;
  readonly deadlineMs: number;
}

export const apiKeyPrefix = 'swb_';
/** A key that is taken back is nobody's in the database at once; only what it was called is remembered for so long. */
const rememberedMs = 10_000;
const mostRemembered = 5_000;

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export class Callers {
  readonly #options: CallerOptions;
  readonly #databases = new LRUCache<string, Database>({ max: mostRemembered });
  readonly #known = new LRUCache<string, Caller>({ max: mostRemembered, ttl: rememberedMs });

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** Lets in who is known, with what they may do. */
  readonly gate = createMiddleware<ApiVariables>(async (context, next) => {
    const bearer = bearerOf(context.req.header('authorization'));
    if (bearer === undefined) throw new ApiProblem('not_signed_in');
    const credential = hashOf(bearer);
    const database = this.#databaseFor(bearer, credential);
    context.set('credential', credential);
    context.set('database', database);
    context.set('caller', await this.#callerOf(database, credential));
    await next();
  });

  async #callerOf(database: Database, credential: string): Promise<Caller> {
    const known = this.#known.get(credential);
    if (known !== undefined) return known;
    const caller = await whoAsks(database);
    this.#known.set(credential, caller);
    return caller;
  }

  /** Memberships changed: who asks next is looked up anew. */
  forget(credential: string): void {
    this.#known.delete(credential);
  }

  #databaseFor(bearer: string, credential: string): Database {
    const open = this.#databases.get(credential) ?? this.#open(bearer, credential);
    this.#databases.set(credential, open);
    return open;
  }

  #open(bearer: string, credential: string): Database {
    const { supabaseUrl: url, anonKey, apiToken, deadlineMs } = this.#options;
    if (!bearer.startsWith(apiKeyPrefix)) return openDatabase({ url, anonKey, token: bearer, deadlineMs });
    if (apiToken === '')
      throw new ApiProblem('not_set_up', 'API keys are accepted where dispatch has SUPABASE_API_TOKEN.');
    return openDatabase({ url, anonKey, token: apiToken, deadlineMs, headers: { 'x-switchboard-key': credential } });
  }
}

async function whoAsks(database: Database): Promise<Caller> {
  try {
    const caller = await database.row('api_caller', {}, callerSchema.nullable());
    if (caller !== null) return caller;
  } catch (thrown) {
    // The token of somebody who is not signed in, such as the publishable key, may not even ask.
    if (problemOf(thrown)?.code !== 'forbidden') throw thrown;
  }
  throw new ApiProblem('not_signed_in', 'This token or key is not known, or not valid any more.');
}

function bearerOf(header: string | undefined): string | undefined {
  const [, bearer] = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(header ?? '') ?? [];
  return bearer;
}

/** What a route needs, as the documentation tells it and as it is held to. */
export function needs(scope: Scope) {
  const allow = createMiddleware<ApiVariables>(async (context, next) => {
    const caller = context.get('caller');
    if (caller.kind === 'key' && !caller.scopes.includes(scope))
      throw new ApiProblem('forbidden', `This key may not do this: it lacks the scope ${scope}.`);
    await next();
  });
  return { security: [{ person: [] }, { key: [scope] }], middleware: [allow] };
}
