/** What was told to webhooks, or is to be, and telling it again. */
import { createRoute, z } from '@hono/zod-openapi';
import { eventNames } from '../../webhooks/events.ts';
import { needs } from '../caller.ts';
import { jsonObject, timestamp } from '../documents.ts';
import { created, idParams, json, pageFields, pageSchema, readOne, readPage } from '../listing.ts';
import { found } from '../problem.ts';
import { newResource } from '../resource.ts';
import { webhooksList } from './webhooks.ts';

const deliverySchema = z
  .object({
    id: z.uuid().openapi({ description: 'The `webhook-id` of the request, the same at each attempt.' }),
    webhook: z.uuid(),
    event: z.string(),
    state: z.enum(['waiting', 'delivered', 'given_up']),
    attempts: z.int(),
    status: z.int().nullable().openapi({ description: 'What the endpoint answered last; null: nothing.' }),
    error: z.string().nullable().openapi({ description: 'What came of the last attempt; null: it went well.' }),
    payload: jsonObject,
    createdAt: timestamp,
    attemptedAt: timestamp.nullable(),
    nextAttemptAt: timestamp.nullable(),
    deliveredAt: timestamp.nullable(),
  })
  .openapi('WebhookDelivery');

const tags = ['webhooks'];
const test = createRoute({
  method: 'post',
  path: '/webhooks/{id}/test',
  tags,
  summary: 'Send webhook.test',
  ...needs('webhooks:write'),
  request: { params: idParams },
  responses: created(deliverySchema, 'It is sent within a second or two.'),
});
const readDeliveries = createRoute({
  method: 'get',
  path: '/webhooks/{id}/deliveries',
  tags,
  summary: 'What was told to a webhook, or is to be',
  ...needs('webhooks:read'),
  request: {
    params: idParams,
    query: z.object({
      ...pageFields,
      event: z.enum(eventNames).optional(),
      state: deliverySchema.shape.state.optional(),
    }),
  },
  responses: json(pageSchema(deliverySchema), 'Newest first; 30 days after they ended they are removed.'),
});
const replay = createRoute({
  method: 'post',
  path: '/webhook-deliveries/{id}/replay',
  tags,
  summary: 'Send a delivery again: same id, same payload',
  ...needs('webhooks:write'),
  request: { params: idParams },
  responses: json(deliverySchema, 'It is sent within a second or two.'),
});

export function webhookDeliveriesApi() {
  return newResource()
    .openapi(test, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      const owed = await context.get('database').row('api_test_webhook', args, deliverySchema.nullable());
      return context.json(found(owed, 'webhook'), 201);
    })
    .openapi(readDeliveries, async (context) => {
      const database = context.get('database');
      const { id } = context.req.valid('param');
      await readOne(database, webhooksList, id);
      const deliveries = { name: 'api_webhook_deliveries', item: deliverySchema, args: { p_webhook_id: id } };
      return context.json(await readPage(database, deliveries, context.req.valid('query')), 200);
    })
    .openapi(replay, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      const owed = await context.get('database').row('api_replay_delivery', args, deliverySchema.nullable());
      return context.json(found(owed, 'delivery'), 200);
    });
}
