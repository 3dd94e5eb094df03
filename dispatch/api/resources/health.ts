import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { numberRefSchema, organizationRefSchema, timestamp } from '../documents.ts';
import { json, organizationField } from '../listing.ts';
import { newResource } from '../resource.ts';

const olderSchema = z.object({
  older: z.array(
    z.object({
      number: numberRefSchema.nullable(),
      organization: organizationRefSchema.nullable(),
      source: z.enum(['stale', 'last_good']).openapi({
        description:
          'last_good: what is written does not pass its checks; stale: what was known of it while the database was away.',
      }),
      call: z.uuid().openapi({ description: 'Its newest call.' }),
      calls: z.int().openapi({ description: 'That had it within a day.' }),
      lastAt: timestamp,
    }),
  ),
});
const healthSchema = olderSchema
  .extend({ database: z.object({ answerMs: z.int().openapi({ description: 'To the question for all this.' }) }) })
  .openapi('Health');

const read = createRoute({
  method: 'get',
  path: '/health',
  tags: ['health'],
  summary: 'Whether the database answers, and which numbers are answered with an older configuration',
  ...needs('calls:read'),
  request: { query: z.object({ organization: organizationField }) },
  responses: json(healthSchema, 'As seen by the replica that was asked.'),
});

export function healthApi() {
  return newResource().openapi(read, async (context) => {
    const askedMs = performance.now();
    const args = { p_query: context.req.valid('query') };
    const { older } = await context.get('database').row('api_health', args, olderSchema);
    return context.json({ older, database: { answerMs: Math.round(performance.now() - askedMs) } }, 200);
  });
}
