/** Webhooks: where an organisation wants to be told of its calls. A secret is shown once, when its webhook is added. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Database } from '../../../shared/db.ts';
import { readAddress } from '../../webhooks/endpoint-address.ts';
import { eventNames } from '../../webhooks/events.ts';
import { newSecret, sealSecret } from '../../webhooks/secret.ts';
import type { ApiOptions } from '../api.ts';
import { needs } from '../caller.ts';
import { organizationRefSchema, timestamp } from '../documents.ts';
import {
  body,
  created,
  done,
  idParams,
  json,
  organizationField,
  pageFields,
  pageSchema,
  readOne,
  readPage,
  slugOf,
} from '../listing.ts';
import { ApiProblem, found, missing } from '../problem.ts';
import { newResource } from '../resource.ts';

const urlSchema = z.string().trim().max(2000).openapi({ example: 'https://example.com/switchboard' });
const eventsSchema = z
  .array(z.enum(eventNames))
  .max(eventNames.length)
  .openapi({ description: 'Empty: everything.', example: ['call.ended', 'ticket.opened'] });

const webhookSchema = z
  .object({
    id: z.uuid(),
    url: z.string(),
    events: eventsSchema,
    active: z.boolean(),
    organization: organizationRefSchema.nullable(),
    waiting: z.int().openapi({ description: 'Deliveries that are owed to it.' }),
    createdAt: timestamp,
  })
  .openapi('Webhook');
export const webhooksList = { name: 'api_webhooks', item: webhookSchema };
/** What the platform's owner says of hosts on the inside. */
const allowedSchema = z.object({
  platform: z.looseObject({ owner: z.looseObject({ private_hosts: z.array(z.string()).catch([]) }).optional() }),
});

const tags = ['webhooks'];
const readAll = createRoute({
  method: 'get',
  path: '/webhooks',
  tags,
  summary: 'Webhooks (editors)',
  ...needs('webhooks:read'),
  request: { query: z.object({ ...pageFields, organization: organizationField }) },
  responses: json(pageSchema(webhookSchema), 'Newest first; never their secrets.'),
});
const read = createRoute({
  method: 'get',
  path: '/webhooks/{id}',
  tags,
  summary: 'A webhook',
  ...needs('webhooks:read'),
  request: { params: idParams },
  responses: json(webhookSchema, 'The webhook, never its secret.'),
});
const add = createRoute({
  method: 'post',
  path: '/webhooks',
  tags,
  summary: 'Add a webhook (editors)',
  ...needs('webhooks:write'),
  request: {
    body: body(z.strictObject({ organization: z.uuid(), url: urlSchema, events: eventsSchema.default([]) })),
  },
  responses: created(
    webhookSchema.extend({ secret: z.string().openapi({ example: 'whsec_…' }) }),
    'What its deliveries are signed with is shown this once.',
  ),
});
const change = createRoute({
  method: 'patch',
  path: '/webhooks/{id}',
  tags,
  summary: 'Change the address or the events of a webhook, or switch it off or on',
  ...needs('webhooks:write'),
  request: {
    params: idParams,
    body: body(
      z.strictObject({ url: urlSchema.optional(), events: eventsSchema.optional(), active: z.boolean().optional() }),
    ),
  },
  responses: json(webhookSchema, 'As it is now.'),
});
const remove = createRoute({
  method: 'delete',
  path: '/webhooks/{id}',
  tags,
  summary: 'Remove a webhook, with what is owed to it',
  ...needs('webhooks:write'),
  request: { params: idParams },
  responses: done,
});

export function webhooksApi({ keyRing }: Pick<ApiOptions, 'keyRing'>) {
  return newResource()
    .openapi(readAll, async (context) =>
      context.json(await readPage(context.get('database'), webhooksList, context.req.valid('query')), 200),
    )
    .openapi(read, async (context) =>
      context.json(await readOne(context.get('database'), webhooksList, context.req.valid('param').id), 200),
    )
    .openapi(add, async (context) => {
      if (keyRing === undefined)
        throw new ApiProblem('not_set_up', 'Webhooks can be added where dispatch has PROVIDER_KEYS_SECRET.');
      const database = context.get('database');
      const { organization, url: written, events } = context.req.valid('json');
      const slug = await slugOf(database, organization);
      const url = await addressOf(written, organization, database);
      const secret = newSecret();
      const args = { p_webhook: { organization, url, events }, p_sealed: sealSecret(keyRing, slug, secret) };
      const added = await database.row('api_add_webhook', args, webhookSchema);
      context.header('cache-control', 'no-store');
      return context.json({ ...added, secret }, 201);
    })
    .openapi(change, async (context) => {
      const database = context.get('database');
      const { id } = context.req.valid('param');
      const { url: written, ...others } = context.req.valid('json');
      const url = written === undefined ? {} : { url: await changedAddress(written, id, database) };
      const args = { p_id: id, p_changes: { ...others, ...url } };
      const changed = await database.row('api_change_webhook', args, webhookSchema.nullable());
      return context.json(found(changed, 'webhook'), 200);
    })
    .openapi(remove, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      if (!(await context.get('database').row('api_remove_webhook', args, z.boolean()))) throw missing('webhook');
      return context.body(null, 204);
    });
}

async function changedAddress(written: string, id: string, database: Database): Promise<string> {
  const { organization } = await readOne(database, webhooksList, id);
  return addressOf(written, organization?.id, database);
}

/** As it is stored. What a name leads to is looked at when it is connected to. @throws ApiProblem invalid */
async function addressOf(written: string, organization: string | undefined, database: Database): Promise<string> {
  const address = readAddress(written, []);
  if (address.outcome === 'usable') return address.url.href;
  const allowed = readAddress(written, organization === undefined ? [] : await privateHosts(organization, database));
  if (allowed.outcome === 'usable') return allowed.url.href;
  throw new ApiProblem('invalid', allowed.problem, [{ path: 'url', message: allowed.problem }]);
}

async function privateHosts(organization: string, database: Database): Promise<readonly string[]> {
  const args = { p_layer: 'organization', p_id: organization };
  const layers = await database.row('api_layers', args, allowedSchema.nullable());
  return layers?.platform.owner?.private_hosts ?? [];
}
