/** The agents' functions over HTTP, in the shape of PostgREST, so that an agent's SUPABASE_URL may be dispatch itself. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import type { Functions } from './functions.ts';

export interface RpcOptions {
  /** What agents have as SUPABASE_AGENT_TOKEN. */
  readonly token: string;
  readonly functions: Functions;
  readonly log: Logger;
}

/** A record of a long call with all its turns. */
const longestBody = 8 * 1024 * 1024;

export function rpcRoute({ token, functions, log }: RpcOptions): Hono {
  const app = new Hono();
  app.post('/rest/v1/rpc/:name', bodyLimit({ maxSize: longestBody }), async (context) => {
    const bearer = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    if (bearer === undefined || !same(bearer, token))
      return context.json(problem('PGRST301', 'another token is wanted: that of SUPABASE_AGENT_TOKEN'), 401);
    const name = context.req.param('name');
    const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (run === undefined) return context.json(problem('PGRST202', `there is no function ${name}`), 404);
    try {
      const body = await context.req.text();
      return context.json(run(body === '' ? {} : JSON.parse(body)));
    } catch (thrown) {
      const error = coerceError(thrown);
      log.warn({ err: error, name }, 'an agent asked in a way that is not understood');
      const message = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
      return context.json(problem('22023', message), 400);
    }
  });
  return app;
}

function problem(code: string, message: string) {
  return { code, message, details: null, hint: null };
}

/** Takes as long for a near miss as for any other. */
function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
