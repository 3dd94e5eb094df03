/**
 * Trying providers without a call: the least they can be asked, with the keys that a call would have. An agent of the tenant's
 * pool does it, as it would in a call; it is asked for here and read when it is done.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { layerNames } from '../../../shared/config/index.ts';
import { needs } from '../caller.ts';
import { jsonObject, timestamp } from '../documents.ts';
import { body, idParams, json } from '../listing.ts';
import { found } from '../problem.ts';
import { newResource } from '../resource.ts';
import { demandValid } from './layers.ts';

const asked = z.object({ id: z.uuid() });
const resultSchema = z.object({
  problems: z.array(z.object({ path: z.string(), message: z.string(), layer: z.enum(layerNames).nullable() })),
  services: z.array(
    z.object({
      path: z.string().openapi({ description: 'Where it is chosen.', example: 'stt.fallbacks.0' }),
      provider: z.string(),
      model: z.string(),
      outcome: z.enum([
        'works',
        'bad_key',
        'no_key',
        'unknown_model',
        'unsupported_language',
        'unreachable',
        'quota',
        'failed',
      ]),
      sentence: z.string().openapi({ description: 'For people.', example: 'works, in 212 ms' }),
      tookMs: z.number(),
    }),
  ),
});
const probeSchema = z
  .object({
    id: z.uuid(),
    askedAt: timestamp,
    state: z
      .enum(['waiting', 'running', 'finished', 'nobody_there'])
      .openapi({ description: 'nobody_there: no agent of this pool did it within 45 s.' }),
    result: resultSchema.nullable(),
  })
  .openapi('Probe');

const accepted = { 202: { description: 'Asked for.', content: { 'application/json': { schema: asked } } } } as const;
const tags = ['probes'];
const number = createRoute({
  method: 'post',
  path: '/numbers/{id}/probe',
  tags,
  summary: 'Try the providers of a number, as it is saved or as it would be',
  ...needs('config:write'),
  request: {
    params: idParams,
    body: body(
      z.strictObject({
        config: jsonObject.optional().openapi({ description: 'In the place of what is saved of the number.' }),
      }),
    ),
  },
  responses: accepted,
});
const key = createRoute({
  method: 'post',
  path: '/provider-keys/{id}/probe',
  tags,
  summary: 'Try a provider key',
  ...needs('keys:write'),
  request: { params: idParams },
  responses: accepted,
});
const read = createRoute({
  method: 'get',
  path: '/probes/{id}',
  tags,
  summary: 'How far it is, and what came of it; for an hour',
  ...needs('config:read'),
  request: { params: idParams },
  responses: json(probeSchema, 'The probe.'),
});

export function probesApi() {
  return newResource()
    .openapi(number, async (context) => {
      const { id } = context.req.valid('param');
      const { config } = context.req.valid('json');
      const database = context.get('database');
      if (config !== undefined) await demandValid(database, { layer: 'number', id }, config);
      const args = { p_id: id, p_draft: config ?? null };
      const probe = await database.row('api_probe_number', args, z.uuid().nullable());
      return context.json({ id: found(probe, 'number of an organisation') }, 202);
    })
    .openapi(key, async (context) => {
      const { id } = context.req.valid('param');
      const probe = await context.get('database').row('api_probe_key', { p_id: id }, z.uuid().nullable());
      return context.json({ id: found(probe, 'provider key') }, 202);
    })
    .openapi(read, async (context) => {
      const { id } = context.req.valid('param');
      const probe = await context.get('database').row('api_probe', { p_id: id }, probeSchema.nullable());
      return context.json(found(probe, 'probe'), 200);
    });
}
