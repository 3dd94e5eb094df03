/**
 * The embedded Supabase as a process of its own: PostgREST and Auth of @supabase/lite over PGlite, or over a real Postgres.
 * Reads its options from the file that its one argument names; logs one line when it listens.
 */
import { readFileSync } from 'node:fs';
import { serve } from '@hono/node-server';
import { App } from '@supabase/lite';
import { bulkhead } from 'cockatiel';
import { pino } from 'pino';
import { z } from 'zod';
import { untilStopSignal } from '../../shared/lifecycle.ts';
import { openPglite, openPostgres } from './supabase-connection.ts';
import { seedPeople } from './supabase-people.ts';
import { applySchema, applySeed } from './supabase-schema.ts';
import { seedWorld, worldSchema } from './supabase-world.ts';

export const optionsSchema = z.strictObject({
  jwtSecret: z.string().min(32),
  anonKey: z.string().min(1),
  /** Null: a PGlite in memory. */
  postgresUrl: z.url().nullable(),
  /** Whether there are people who can sign in. */
  people: z.boolean(),
  world: worldSchema,
});
export type SupabaseMainOptions = z.infer<typeof optionsSchema>;

const log = pino({ name: 'supabase' });
const startedAt = performance.now();
const options = optionsSchema.parse(JSON.parse(readFileSync(z.string().parse(process.argv[2]), 'utf8')));
const { connection, migrate } = options.postgresUrl === null ? await openPglite() : openPostgres(options.postgresUrl);

/**
 * At the first request the connection would grant everything on every table to anon and authenticated, which undoes the
 * grants of the migrations. Roles and grants are the migrations' business here, so it is told that this was done.
 * tests/sql proves on the embedded Supabase that a stranger still reads nothing.
 */
Object.assign(connection, { ensureRlsContext: async () => true });

const app = new App({
  connection,
  auth: { enabled: true, jwt_secret: options.jwtSecret, publishable_key: options.anonKey },
  options: { server: { disableStudio: true } },
});
await app.ensureSystemSchema();
await migrate(async (runner) => {
  if ((await applySchema(runner)) !== 'new') return;
  await applySeed(runner);
  await seedWorld(runner, options.world);
  if (options.people) await seedPeople(runner, (request) => app.fetch(withKey(request)));
});

function withKey(request: Request): Request {
  request.headers.set('apikey', options.anonKey);
  return request;
}

/** PGlite has one connection: what waits for it would be answered in its turn, also when nobody is there to hear it any more. */
const inTurn = bulkhead(options.postgresUrl === null ? 1 : Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** After a minute away some hundred questions wait, all given up but the last ones: a real PostgREST lets go of them too. */
function answer(request: Request): Promise<Response> {
  // Asked for at once: the signal of a request that was closed before is never set.
  const { signal } = request;
  return inTurn.execute(async () => (signal.aborted ? new Response(null, { status: 503 }) : app.fetch(request)));
}

const server = serve({ fetch: answer, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  log.info({ url: `http://127.0.0.1:${port}`, bootMs: Math.round(performance.now() - startedAt) }, 'supabase listens'),
);
await untilStopSignal();
server.close();
await connection.close();
