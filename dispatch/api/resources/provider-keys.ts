/** Keys of speech and language providers: they can be written and used, and never read. */
import { createRoute, z } from '@hono/zod-openapi';
import { platformOwner, sealProviderKey } from '../../../shared/provider-keys.ts';
import type { ApiOptions } from '../api.ts';
import { needs } from '../caller.ts';
import { organizationRefSchema, timestamp } from '../documents.ts';
import { body, done, idParams, json, organizationField, slugOf } from '../listing.ts';
import { ApiProblem, missing } from '../problem.ts';
import { newResource } from '../resource.ts';

const providerKeySchema = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    lastFour: z.string(),
    organization: organizationRefSchema.nullable().openapi({ description: 'Null: a key of the platform.' }),
    createdAt: timestamp,
  })
  .openapi('ProviderKey');
const keysSchema = z.object({ keys: z.array(providerKeySchema) });

const tags = ['keys'];
const readAll = createRoute({
  method: 'get',
  path: '/provider-keys',
  tags,
  summary: 'Which provider keys there are',
  ...needs('keys:read'),
  request: { query: z.object({ organization: organizationField }) },
  responses: json(keysSchema, 'Never the keys.'),
});
const put = createRoute({
  method: 'put',
  path: '/provider-keys',
  tags,
  summary: 'Store a provider key in the place of the one before',
  ...needs('keys:write'),
  request: {
    body: body(
      z.strictObject({
        organization: z.uuid().nullable().openapi({ description: 'Null: for the platform.' }),
        provider: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower case letters, digits and dashes'),
        key: z.string().trim().min(1).max(2048).regex(/^\S+$/, 'a key has no spaces'),
      }),
    ),
  },
  responses: json(z.object({ id: z.uuid(), lastFour: z.string() }), 'It is sealed; calls from now on use it.'),
});
const remove = createRoute({
  method: 'delete',
  path: '/provider-keys/{id}',
  tags,
  summary: 'Remove a provider key',
  ...needs('keys:write'),
  request: { params: idParams },
  responses: done,
});

export function providerKeysApi({ keyRing }: Pick<ApiOptions, 'keyRing'>) {
  return newResource()
    .openapi(readAll, async (context) => {
      const args = { p_query: context.req.valid('query') };
      return context.json(await context.get('database').row('api_provider_keys', args, keysSchema), 200);
    })
    .openapi(put, async (context) => {
      if (keyRing === undefined)
        throw new ApiProblem('not_set_up', 'Provider keys can be stored where dispatch has PROVIDER_KEYS_SECRET.');
      const { organization, provider, key } = context.req.valid('json');
      const database = context.get('database');
      const tenant = organization === null ? platformOwner : await slugOf(database, organization);
      const lastFour = key.slice(-4);
      const sealed = { ...sealProviderKey(keyRing, { tenant, provider }, key), lastFour };
      const args = { p_organization_id: organization, p_provider: provider, p_sealed: sealed };
      return context.json({ id: await database.row('api_put_provider_key', args, z.uuid()), lastFour }, 200);
    })
    .openapi(remove, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      if (!(await context.get('database').row('api_remove_provider_key', args, z.boolean()))) throw missing('key');
      return context.body(null, 204);
    });
}
