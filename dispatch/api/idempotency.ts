/** A write that comes with an Idempotency-Key is done once: who sends it again gets the answer they missed. */
import { z } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { type ApiVariables, hashOf } from './caller.ts';
import { ApiProblem } from './problem.ts';

const begunSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('new') }),
  z.object({ state: z.literal('pending') }),
  z.object({ state: z.literal('another') }),
  z.object({ state: z.literal('answered'), status: z.int(), body: z.json().nullable() }),
]);
const keySchema = z.string().min(1).max(255);

export const idempotent = createMiddleware<ApiVariables>(async (context, next) => {
  const header = context.req.header('idempotency-key');
  if (header === undefined || context.req.method === 'GET') return next();
  const key = keySchema.safeParse(header);
  if (!key.success) throw new ApiProblem('malformed', 'Idempotency-Key is 1 to 255 characters.');
  const database = context.get('database');
  const { method, path } = context.req;
  const fingerprint = hashOf(`${method} ${path}\n${await context.req.text()}`);
  const begun = await database.row('api_begin_request', { p_key: key.data, p_fingerprint: fingerprint }, begunSchema);
  if (begun.state === 'another') throw new ApiProblem('repeated_otherwise');
  if (begun.state === 'pending') throw new ApiProblem('being_answered');
  if (begun.state === 'answered') {
    context.header('idempotent-replay', 'true');
    return begun.body === null
      ? context.body(null, begun.status as 204)
      : context.json(begun.body, begun.status as 200);
  }
  await next();
  const { status } = context.res;
  const again = { p_key: key.data };
  // What the caller could not help may go better the next time; what holds a secret is not kept.
  const isKept = status < 500 && status !== 429 && context.res.headers.get('cache-control') !== 'no-store';
  const text = status === 204 ? '' : await context.res.clone().text();
  const answer = { ...again, p_status: status, p_body: text === '' ? null : JSON.parse(text) };
  await database.rows(isKept ? 'api_end_request' : 'api_drop_request', isKept ? answer : again, z.unknown());
});
