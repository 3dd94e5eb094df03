import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { organizationRefSchema, timestamp } from '../documents.ts';
import { body, json, organizationField } from '../listing.ts';
import { newResource } from '../resource.ts';

const breakerSchema = z
  .object({
    organization: organizationRefSchema.nullable(),
    provider: z.string().nullable().openapi({ description: 'Null: the organisation as a whole.' }),
    state: z.enum(['closed', 'open', 'half_open']),
    openUntil: timestamp.nullable(),
    failures: z.int(),
    lastReason: z.string().nullable(),
    changedAt: timestamp,
  })
  .openapi('Breaker');
const breakersSchema = z.object({ breakers: z.array(breakerSchema) });

const tags = ['breakers'];
const readAll = createRoute({
  method: 'get',
  path: '/breakers',
  tags,
  summary: 'Which providers of which organisation keep failing',
  ...needs('breakers:read'),
  request: { query: z.object({ organization: organizationField }) },
  responses: json(breakersSchema, 'Open ones first.'),
});
const reset = createRoute({
  method: 'post',
  path: '/breakers/reset',
  tags,
  summary: 'Let calls in again: closes the breakers of an organisation, or that of one provider',
  ...needs('breakers:write'),
  request: { body: body(z.strictObject({ organization: z.uuid(), provider: z.string().max(32).optional() })) },
  responses: json(z.object({ reset: z.int() }), 'How many were not closed.'),
});

export function breakersApi() {
  return newResource()
    .openapi(readAll, async (context) => {
      const args = { p_query: context.req.valid('query') };
      return context.json(await context.get('database').row('api_breakers', args, breakersSchema), 200);
    })
    .openapi(reset, async (context) => {
      const { organization, provider = null } = context.req.valid('json');
      const args = { p_organization_id: organization, p_provider: provider };
      return context.json({ reset: await context.get('database').row('api_reset_breakers', args, z.int()) }, 200);
    });
}
