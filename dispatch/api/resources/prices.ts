/** What providers take, as whoever runs the platform knows it. */
import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { timestamp } from '../documents.ts';
import { body, done, idParams, json } from '../listing.ts';
import { missing } from '../problem.ts';
import { newResource } from '../resource.ts';

const fields = {
  kind: z.enum(['stt', 'llm', 'tts', 'realtime']),
  provider: z.string().trim().min(1).max(64),
  model: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .openapi({ description: 'As configurations name it; *: each model of the provider without a price of its own.' }),
  unit: z.enum([
    'input_tokens',
    'cached_input_tokens',
    'output_tokens',
    'input_audio_tokens',
    'output_audio_tokens',
    'characters',
    'audio_ms',
  ]),
  price: z
    .number()
    .min(0)
    .max(99_999_999)
    .openapi({ description: 'For a million tokens or characters, for a minute of sound.', example: 0.4 }),
};
const priceSchema = z.object({ id: z.uuid(), ...fields, changedAt: timestamp }).openapi('Price');
const pricesSchema = z.object({ prices: z.array(priceSchema) });

const tags = ['prices'];
const readAll = createRoute({
  method: 'get',
  path: '/prices',
  tags,
  summary: 'Prices of providers (platform admins; none for others)',
  ...needs('platform:read'),
  responses: json(pricesSchema, 'All of them.'),
});
const put = createRoute({
  method: 'put',
  path: '/prices',
  tags,
  summary: 'Say what something costs from now on (platform admins)',
  ...needs('platform:write'),
  request: { body: body(z.strictObject(fields)) },
  responses: json(priceSchema, 'Calls that end from now on have it.'),
});
const remove = createRoute({
  method: 'delete',
  path: '/prices/{id}',
  tags,
  summary: 'Remove a price (platform admins)',
  ...needs('platform:write'),
  request: { params: idParams },
  responses: done,
});

export function pricesApi() {
  return newResource()
    .openapi(readAll, async (context) =>
      context.json(await context.get('database').row('api_prices', {}, pricesSchema), 200),
    )
    .openapi(put, async (context) => {
      const args = { p_price: context.req.valid('json') };
      return context.json(await context.get('database').row('api_put_price', args, priceSchema), 200);
    })
    .openapi(remove, async (context) => {
      const removed = await context
        .get('database')
        .row('api_remove_price', { p_id: context.req.valid('param').id }, z.boolean());
      if (!removed) throw missing('price');
      return context.body(null, 204);
    });
}
