import { createRoute, z } from '@hono/zod-openapi';
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
} from '../listing.ts';
import { found, missing } from '../problem.ts';
import { newResource } from '../resource.ts';

const agentSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    isDefault: z.boolean().openapi({ description: 'Answers the numbers of the organisation that name no agent.' }),
    organization: organizationRefSchema.nullable(),
    numbers: z.int(),
    revision: z.int(),
    createdAt: timestamp,
  })
  .openapi('Agent');
const list = { name: 'api_agents', item: agentSchema };
const name = z.string().trim().min(1).max(120);

const tags = ['agents'];
const readAll = createRoute({
  method: 'get',
  path: '/agents',
  tags,
  summary: 'Voice agents',
  ...needs('config:read'),
  request: { query: z.object({ ...pageFields, organization: organizationField }) },
  responses: json(pageSchema(agentSchema), 'Voice agents.'),
});
const read = createRoute({
  method: 'get',
  path: '/agents/{id}',
  tags,
  summary: 'A voice agent',
  ...needs('config:read'),
  request: { params: idParams },
  responses: json(agentSchema, 'The agent.'),
});
const add = createRoute({
  method: 'post',
  path: '/agents',
  tags,
  summary: 'Add a voice agent',
  ...needs('config:write'),
  request: { body: body(z.strictObject({ organization: z.uuid(), name })) },
  responses: created(agentSchema, 'The agent.'),
});
const change = createRoute({
  method: 'patch',
  path: '/agents/{id}',
  tags,
  summary: 'Rename a voice agent, or make it the default one',
  ...needs('config:write'),
  request: {
    params: idParams,
    body: body(z.strictObject({ name: name.optional(), isDefault: z.literal(true).optional() })),
  },
  responses: json(agentSchema, 'As it is now.'),
});
const remove = createRoute({
  method: 'delete',
  path: '/agents/{id}',
  tags,
  summary: 'Remove a voice agent that answers no number of its own',
  ...needs('config:write'),
  request: { params: idParams },
  responses: done,
});

export function agentsApi() {
  return newResource()
    .openapi(readAll, async (context) =>
      context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200),
    )
    .openapi(read, async (context) =>
      context.json(await readOne(context.get('database'), list, context.req.valid('param').id), 200),
    )
    .openapi(add, async (context) => {
      const { organization, name } = context.req.valid('json');
      const args = { p_organization_id: organization, p_name: name };
      return context.json(await context.get('database').row('api_add_agent', args, agentSchema), 201);
    })
    .openapi(change, async (context) => {
      const args = { p_id: context.req.valid('param').id, p_changes: context.req.valid('json') };
      const changed = await context.get('database').row('api_change_agent', args, agentSchema.nullable());
      return context.json(found(changed, 'agent'), 200);
    })
    .openapi(remove, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      if (!(await context.get('database').row('api_remove_agent', args, z.boolean()))) throw missing('agent');
      return context.body(null, 204);
    });
}
