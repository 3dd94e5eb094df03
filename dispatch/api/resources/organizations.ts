import { createRoute, z } from '@hono/zod-openapi';
import { timezone } from '../../../shared/config/fields.ts';
import { tenantKeySchema } from '../../../shared/ids.ts';
import { needs } from '../caller.ts';
import { timestamp } from '../documents.ts';
import { body, created, idParams, json, pageFields, pageSchema, readOne, readPage, wordField } from '../listing.ts';
import { found } from '../problem.ts';
import { newResource } from '../resource.ts';

const limit = z.int().min(0).nullable();

const organizationSchema = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    status: z.enum(['active', 'suspended']),
    timezone: z.string(),
    pool: z.string(),
    maxConcurrentCalls: limit,
    maxCallsPerSecond: limit,
    maxCallMinutes: limit,
    monthlySpendLimit: z.number().nullable(),
    monthlyMinutesLimit: limit,
    numbers: z.int(),
    liveCalls: z.int(),
    createdAt: timestamp,
  })
  .openapi('Organization');
const list = { name: 'api_organizations', item: organizationSchema };

const name = z.string().trim().min(1).max(120);
const positive = z.int().min(1).nullable();

const tags = ['organizations'];
const readAll = createRoute({
  method: 'get',
  path: '/organizations',
  tags,
  summary: 'Organisations',
  ...needs('organizations:read'),
  request: { query: z.object({ ...pageFields, search: wordField }) },
  responses: json(pageSchema(organizationSchema), 'By tenant key.'),
});
const read = createRoute({
  method: 'get',
  path: '/organizations/{id}',
  tags,
  summary: 'An organisation',
  ...needs('organizations:read'),
  request: { params: idParams },
  responses: json(organizationSchema, 'The organisation.'),
});
const add = createRoute({
  method: 'post',
  path: '/organizations',
  tags,
  summary: 'Add an organisation (platform admins)',
  ...needs('platform:write'),
  request: {
    body: body(z.strictObject({ slug: tenantKeySchema, name: name.optional(), timezone: timezone.optional() })),
  },
  responses: created(organizationSchema, 'The organisation.'),
});
const change = createRoute({
  method: 'patch',
  path: '/organizations/{id}',
  tags,
  summary: 'Change an organisation; limits, pool and status: platform admins',
  ...needs('organizations:write'),
  request: {
    params: idParams,
    body: body(
      z.strictObject({
        name: name.optional(),
        timezone: timezone.optional(),
        status: z.enum(['active', 'suspended']).optional(),
        pool: z.string().optional(),
        maxConcurrentCalls: limit.optional(),
        maxCallsPerSecond: positive.optional(),
        maxCallMinutes: positive.optional(),
        monthlySpendLimit: z.number().min(0).nullable().optional(),
        monthlyMinutesLimit: limit.optional(),
      }),
    ),
  },
  responses: json(organizationSchema, 'As it is now.'),
});

export function organizationsApi() {
  return newResource()
    .openapi(readAll, async (context) =>
      context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200),
    )
    .openapi(read, async (context) =>
      context.json(await readOne(context.get('database'), list, context.req.valid('param').id), 200),
    )
    .openapi(add, async (context) => {
      const args = { p_organization: context.req.valid('json') };
      return context.json(await context.get('database').row('api_add_organization', args, organizationSchema), 201);
    })
    .openapi(change, async (context) => {
      const args = { p_id: context.req.valid('param').id, p_changes: context.req.valid('json') };
      const changed = await context.get('database').row('api_change_organization', args, organizationSchema.nullable());
      return context.json(found(changed, 'organisation'), 200);
    });
}
