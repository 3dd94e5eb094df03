import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { timestamp } from '../documents.ts';
import { json } from '../listing.ts';
import { newResource } from '../resource.ts';

const workersSchema = z
  .object({
    workers: z.array(
      z.object({
        name: z.string(),
        pool: z.string(),
        version: z.string(),
        capacity: z.int(),
        calls: z.int(),
        load: z.number().openapi({ description: '0 idle, 1 full.' }),
        draining: z.boolean(),
        startedAt: timestamp,
        seenAt: timestamp,
      }),
    ),
    pools: z.array(z.object({ name: z.string(), maxConcurrentCalls: z.int().nullable(), liveCalls: z.int() })),
  })
  .openapi('Workers');

const readAll = createRoute({
  method: 'get',
  path: '/workers',
  tags: ['workers'],
  summary: 'Shards and pools (platform admins; empty for others)',
  ...needs('platform:read'),
  responses: json(workersSchema, 'As they last reported.'),
});

export function workersApi() {
  return newResource().openapi(readAll, async (context) =>
    context.json(await context.get('database').row('api_workers', {}, workersSchema), 200),
  );
}
