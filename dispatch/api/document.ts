/** The OpenAPI document: what every operation may answer beside what its route says is added here. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiVariables } from './caller.ts';
import { problemSchema, problems } from './problem.ts';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

const info = {
  title: 'Switchboard',
  version: '1',
  description:
    'Numbers, what answers them, and the calls that came. Every list has `limit` and `after`; writes take an ' +
    '`Idempotency-Key`; configurations have an `ETag` and want `If-Match`; what cannot be done is answered with ' +
    '`application/problem+json` whose `reason` is one of: ' +
    Object.keys(problems).join(', '),
};

export function describe(app: OpenAPIHono<ApiVariables>): Document {
  app.openAPIRegistry.register('Problem', problemSchema);
  app.openAPIRegistry.registerComponent('securitySchemes', 'person', {
    type: 'http',
    scheme: 'bearer',
    description: 'Token of a sign-in at Supabase Auth.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, swb_…; what it may do is its scopes.',
  });
  const document = app.getOpenAPI31Document({ openapi: '3.1.0', info, servers: [{ url: '/api/v1' }] });
  for (const operations of Object.values(document.paths ?? {}))
    for (const operation of Object.values(operations))
      if (typeof operation === 'object' && 'responses' in operation)
        operation.responses.default = {
          description: 'It was not done.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        };
  return document;
}
