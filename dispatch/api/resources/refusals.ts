import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { numberRefSchema, organizationRefSchema, timestamp } from '../documents.ts';
import { json, organizationField, pageFields, pageSchema, readPage, timeField } from '../listing.ts';
import { newResource } from '../resource.ts';

const refusalSchema = z
  .object({
    id: z.string(),
    reason: z.string(),
    called: z.string(),
    caller: z.string().nullable(),
    number: numberRefSchema.nullable(),
    organization: organizationRefSchema.nullable(),
    call: z.uuid().nullable(),
    refusedAt: timestamp,
  })
  .openapi('Refusal');
const list = { name: 'api_refusals', item: refusalSchema };

const readAll = createRoute({
  method: 'get',
  path: '/refusals',
  tags: ['refusals'],
  summary: 'Calls that were turned away, each with its reason',
  ...needs('calls:read'),
  request: {
    query: z.object({
      ...pageFields,
      organization: organizationField,
      reason: z.string().max(64).optional(),
      from: timeField,
      to: timeField,
    }),
  },
  responses: json(pageSchema(refusalSchema), 'Newest first.'),
});

export function refusalsApi() {
  return newResource().openapi(readAll, async (context) =>
    context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200),
  );
}
