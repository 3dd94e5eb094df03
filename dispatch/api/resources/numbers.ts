import { createRoute, z } from '@hono/zod-openapi';
import { parseDialled } from '../../../shared/phone.ts';
import { needs } from '../caller.ts';
import { organizationRefSchema, timestamp } from '../documents.ts';
import {
  body,
  created,
  done,
  flagField,
  idParams,
  json,
  organizationField,
  pageFields,
  pageSchema,
  readOne,
  readPage,
  wordField,
} from '../listing.ts';
import { found, missing } from '../problem.ts';
import { newResource } from '../resource.ts';

export const numberSchema = z
  .object({
    id: z.uuid(),
    phoneNumber: z.string(),
    label: z.string(),
    active: z.boolean(),
    maxConcurrentCalls: z.int(),
    organization: organizationRefSchema.nullable(),
    agent: z
      .object({ id: z.uuid(), name: z.string(), own: z.boolean() })
      .nullable()
      .openapi({ description: 'Who answers; own: named by the number, else the default one of the organisation.' }),
    language: z
      .string()
      .nullable()
      .openapi({ description: 'That the agent speaks; null: nobody’s number.', example: 'it' }),
    liveCalls: z.int(),
    assignedAt: timestamp,
    revision: z.int(),
  })
  .openapi('Number');
const list = { name: 'api_numbers', item: numberSchema };

const label = z.string().max(120);
const maxConcurrentCalls = z.int().min(0).max(10_000);
const phoneNumber = z
  .string()
  .trim()
  .transform((text, context) => {
    if (text === '*') return text;
    const dialled = parseDialled(text);
    if (dialled.kind !== 'malformed') return dialled.number;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no number in E.164, and no extension` });
    return z.NEVER;
  });

const tags = ['numbers'];
const readAll = createRoute({
  method: 'get',
  path: '/numbers',
  tags,
  summary: 'Phone numbers with their live calls',
  ...needs('numbers:read'),
  request: {
    query: z.object({ ...pageFields, organization: organizationField, assigned: flagField, search: wordField }),
  },
  responses: json(pageSchema(numberSchema), 'In the order of their digits.'),
});
const read = createRoute({
  method: 'get',
  path: '/numbers/{id}',
  tags,
  summary: 'A phone number',
  ...needs('numbers:read'),
  request: { params: idParams },
  responses: json(numberSchema, 'The number.'),
});
const addedSchema = z.object({
  phoneNumber: z.string(),
  outcome: z.enum(['added', 'exists']),
  number: numberSchema.nullable(),
});
const add = createRoute({
  method: 'post',
  path: '/numbers',
  tags,
  summary: 'Add one number or many (platform admins)',
  ...needs('platform:write'),
  request: {
    body: body(
      z.strictObject({
        numbers: z
          .array(
            z.strictObject({
              phoneNumber,
              organization: z.uuid().optional(),
              agent: z.uuid().optional(),
              label: label.optional(),
              maxConcurrentCalls: maxConcurrentCalls.optional(),
            }),
          )
          .min(1)
          .max(1000),
      }),
    ),
  },
  responses: created(z.object({ numbers: z.array(addedSchema) }), 'What became of each, in order.'),
});
const change = createRoute({
  method: 'patch',
  path: '/numbers/{id}',
  tags,
  summary: 'Change a number; organization, agent and maxConcurrentCalls: platform admins',
  ...needs('numbers:write'),
  request: {
    params: idParams,
    body: body(
      z.strictObject({
        label: label.optional(),
        active: z.boolean().optional(),
        organization: z.uuid().nullable().optional(),
        agent: z.uuid().nullable().optional(),
        maxConcurrentCalls: maxConcurrentCalls.optional(),
      }),
    ),
  },
  responses: json(numberSchema, 'As it is now.'),
});
const remove = createRoute({
  method: 'delete',
  path: '/numbers/{id}',
  tags,
  summary: 'Remove a number that has no live call (platform admins)',
  ...needs('platform:write'),
  request: { params: idParams },
  responses: done,
});

export function numbersApi() {
  return newResource()
    .openapi(readAll, async (context) =>
      context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200),
    )
    .openapi(read, async (context) =>
      context.json(await readOne(context.get('database'), list, context.req.valid('param').id), 200),
    )
    .openapi(add, async (context) => {
      const row = z
        .object({ phone_number: z.string(), outcome: z.enum(['added', 'exists']), number: numberSchema.nullable() })
        .transform(({ phone_number, ...rest }) => ({ phoneNumber: phone_number, ...rest }));
      const args = { p_numbers: context.req.valid('json').numbers };
      return context.json({ numbers: await context.get('database').rows('api_add_numbers', args, row) }, 201);
    })
    .openapi(change, async (context) => {
      const args = { p_id: context.req.valid('param').id, p_changes: context.req.valid('json') };
      const changed = await context.get('database').row('api_change_number', args, numberSchema.nullable());
      return context.json(found(changed, 'number'), 200);
    })
    .openapi(remove, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      if (!(await context.get('database').row('api_remove_number', args, z.boolean()))) throw missing('number');
      return context.body(null, 204);
    });
}
