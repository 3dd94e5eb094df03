import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { organizationRefSchema, timestamp } from '../documents.ts';
import {
  body,
  created,
  idParams,
  json,
  organizationField,
  pageFields,
  pageSchema,
  readPage,
  wordField,
} from '../listing.ts';
import { found } from '../problem.ts';
import { newResource } from '../resource.ts';

const status = z.enum(['open', 'closed']);
const priority = z.enum(['low', 'normal', 'high']);
const title = z.string().trim().min(1).max(200);
const text = z.string().max(10_000);
const contact = z.string().max(200);

export const ticketSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['ticket', 'message']),
    status,
    priority,
    title: z.string(),
    body: z.string(),
    contact: z.string(),
    call: z.uuid().nullable(),
    caller: z.string().nullable(),
    organization: organizationRefSchema.nullable(),
    createdAt: timestamp,
    closedAt: timestamp.nullable(),
  })
  .openapi('Ticket');
const list = { name: 'api_tickets', item: ticketSchema };

const tags = ['tickets'];
const readAll = createRoute({
  method: 'get',
  path: '/tickets',
  tags,
  summary: 'What agents and people wrote down to be done',
  ...needs('tickets:read'),
  request: {
    query: z.object({ ...pageFields, organization: organizationField, status: status.optional(), search: wordField }),
  },
  responses: json(pageSchema(ticketSchema), 'Newest first.'),
});
const add = createRoute({
  method: 'post',
  path: '/tickets',
  tags,
  summary: 'Open a ticket by hand',
  ...needs('tickets:write'),
  request: {
    body: body(
      z.strictObject({
        organization: z.uuid(),
        call: z.uuid().optional(),
        title,
        body: text.optional(),
        contact: contact.optional(),
        priority: priority.optional(),
      }),
    ),
  },
  responses: created(ticketSchema, 'The ticket.'),
});
const change = createRoute({
  method: 'patch',
  path: '/tickets/{id}',
  tags,
  summary: 'Change a ticket, close it or open it again',
  ...needs('tickets:write'),
  request: {
    params: idParams,
    body: body(
      z.strictObject({
        status: status.optional(),
        title: title.optional(),
        body: text.optional(),
        contact: contact.optional(),
        priority: priority.optional(),
      }),
    ),
  },
  responses: json(ticketSchema, 'As it is now.'),
});

export function ticketsApi() {
  return newResource()
    .openapi(readAll, async (context) =>
      context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200),
    )
    .openapi(add, async (context) => {
      const args = { p_ticket: context.req.valid('json') };
      return context.json(await context.get('database').row('api_add_ticket', args, ticketSchema), 201);
    })
    .openapi(change, async (context) => {
      const args = { p_id: context.req.valid('param').id, p_changes: context.req.valid('json') };
      const changed = await context.get('database').row('api_change_ticket', args, ticketSchema.nullable());
      return context.json(found(changed, 'ticket'), 200);
    });
}
