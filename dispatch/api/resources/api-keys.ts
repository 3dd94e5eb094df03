/** Keys of programs that call this API. A key is shown once, when it is made; only its hash is kept. */
import { randomBytes } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { apiKeyPrefix, hashOf, needs, type Scope, scopes } from '../caller.ts';
import { organizationRefSchema, timestamp } from '../documents.ts';
import { body, created, done, idParams, json, organizationField } from '../listing.ts';
import { missing } from '../problem.ts';
import { newResource } from '../resource.ts';

const apiKeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    lastFour: z.string(),
    scopes: z.array(z.string()),
    organization: organizationRefSchema.nullable().openapi({ description: 'Null: a key of the platform.' }),
    createdAt: timestamp,
    lastUsedAt: timestamp.nullable(),
    expiresAt: timestamp.nullable(),
  })
  .openapi('ApiKey');
const keysSchema = z.object({ keys: z.array(apiKeySchema) });
const scopeSchema = z.enum(scopes as [Scope, ...Scope[]]);

const tags = ['keys'];
const readAll = createRoute({
  method: 'get',
  path: '/api-keys',
  tags,
  summary: 'Which API keys there are',
  ...needs('keys:read'),
  request: { query: z.object({ organization: organizationField }) },
  responses: json(keysSchema, 'Never the keys.'),
});
const add = createRoute({
  method: 'post',
  path: '/api-keys',
  tags,
  summary: 'Make an API key (people only)',
  ...needs('keys:write'),
  request: {
    body: body(
      z.strictObject({
        organization: z.uuid().nullable().openapi({ description: 'Null: for the platform.' }),
        name: z.string().trim().min(1).max(120),
        scopes: z.array(scopeSchema).min(1).max(scopes.length),
        expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
      }),
    ),
  },
  responses: created(apiKeySchema.extend({ key: z.string() }), 'The key: it is shown this once.'),
});
const remove = createRoute({
  method: 'delete',
  path: '/api-keys/{id}',
  tags,
  summary: 'Take an API key back',
  ...needs('keys:write'),
  request: { params: idParams },
  responses: done,
});

const keyBytes = 30;

export function apiKeysApi() {
  return newResource()
    .openapi(readAll, async (context) => {
      const args = { p_query: context.req.valid('query') };
      return context.json(await context.get('database').row('api_api_keys', args, keysSchema), 200);
    })
    .openapi(add, async (context) => {
      const key = `${apiKeyPrefix}${randomBytes(keyBytes).toString('base64url')}`;
      const made = { ...context.req.valid('json'), hash: hashOf(key), lastFour: key.slice(-4) };
      const kept = await context.get('database').row('api_add_api_key', { p_key: made }, apiKeySchema);
      context.header('cache-control', 'no-store');
      return context.json({ ...kept, key }, 201);
    })
    .openapi(remove, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      if (!(await context.get('database').row('api_remove_api_key', args, z.boolean()))) throw missing('key');
      return context.body(null, 204);
    });
}
