import { createRoute, z } from '@hono/zod-openapi';
import { type Callers, callerSchema } from '../caller.ts';
import { json } from '../listing.ts';
import { newResource } from '../resource.ts';

const read = createRoute({
  method: 'get',
  path: '/me',
  tags: ['me'],
  summary: 'Who I am, and where I belong',
  responses: json(callerSchema, 'The person or the key.'),
});

const join = createRoute({
  method: 'post',
  path: '/me/invitations/accept',
  tags: ['me'],
  summary: 'Join the organisations that invited my address',
  responses: json(z.object({ joined: z.int() }), 'How many.'),
});

export function meApi(callers: Callers) {
  return newResource()
    .openapi(read, (context) => context.json(context.get('caller'), 200))
    .openapi(join, async (context) => {
      const joined = await context.get('database').row('api_accept_invitations', {}, z.int());
      if (joined > 0) callers.forget(context.get('credential'));
      return context.json({ joined }, 200);
    });
}
