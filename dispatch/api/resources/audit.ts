import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { jsonObject, organizationRefSchema, timestamp } from '../documents.ts';
import { json, organizationField, pageFields, pageSchema, readPage } from '../listing.ts';
import { newResource } from '../resource.ts';

const part = jsonObject.nullable();
const entrySchema = z
  .object({
    id: z.string(),
    at: timestamp,
    who: z.string(),
    action: z.string().openapi({ example: 'number.assigned' }),
    target: z.string(),
    organization: organizationRefSchema.nullable(),
    before: part,
    after: part,
  })
  .openapi('AuditEntry');
const list = { name: 'api_audit', item: entrySchema };

const readAll = createRoute({
  method: 'get',
  path: '/audit',
  tags: ['audit'],
  summary: 'Who changed what',
  ...needs('audit:read'),
  request: {
    query: z.object({
      ...pageFields,
      organization: organizationField,
      target: z.string().max(200).optional().openapi({ description: 'Id of what was changed.' }),
      action: z.string().max(120).optional().openapi({ description: 'How it begins: `number.`' }),
    }),
  },
  responses: json(pageSchema(entrySchema), 'Newest first; without secrets.'),
});

export function auditApi() {
  return newResource().openapi(readAll, async (context) =>
    context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200),
  );
}
