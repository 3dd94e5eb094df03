import { createRoute, z } from '@hono/zod-openapi';
import { needs } from '../caller.ts';
import { memberRoleSchema, timestamp } from '../documents.ts';
import { body, created, done, idParams, json } from '../listing.ts';
import { missing } from '../problem.ts';
import { newResource } from '../resource.ts';

const memberSchema = z
  .object({ id: z.uuid(), email: z.string().nullable(), role: memberRoleSchema, since: timestamp })
  .openapi('Member');
const invitationSchema = z
  .object({ id: z.uuid(), email: z.string(), role: memberRoleSchema, expiresAt: timestamp })
  .openapi('Invitation');
const membersSchema = z.object({ members: z.array(memberSchema), invitations: z.array(invitationSchema) });
const memberParams = z.object({ id: z.uuid(), member: z.uuid() });

const tags = ['members'];
const readAll = createRoute({
  method: 'get',
  path: '/organizations/{id}/members',
  tags,
  summary: 'The people of an organisation, and who is invited',
  ...needs('members:read'),
  request: { params: idParams },
  responses: json(membersSchema, 'Invitations are shown to owners.'),
});
const invite = createRoute({
  method: 'post',
  path: '/organizations/{id}/members',
  tags,
  summary: 'Invite somebody: they join when they sign in with that address',
  ...needs('members:write'),
  request: { params: idParams, body: body(z.strictObject({ email: z.email().max(254), role: memberRoleSchema })) },
  responses: created(invitationSchema, 'The invitation.'),
});
const change = createRoute({
  method: 'patch',
  path: '/organizations/{id}/members/{member}',
  tags,
  summary: 'Change what a member may do',
  ...needs('members:write'),
  request: { params: memberParams, body: body(z.strictObject({ role: memberRoleSchema })) },
  responses: done,
});
const remove = createRoute({
  method: 'delete',
  path: '/organizations/{id}/members/{member}',
  tags,
  summary: 'Remove a member, or take an invitation back',
  ...needs('members:write'),
  request: { params: memberParams },
  responses: done,
});

export function membersApi() {
  return newResource()
    .openapi(readAll, async (context) => {
      const args = { p_organization_id: context.req.valid('param').id };
      return context.json(await context.get('database').row('api_members', args, membersSchema), 200);
    })
    .openapi(invite, async (context) => {
      const { email, role } = context.req.valid('json');
      const args = { p_organization_id: context.req.valid('param').id, p_email: email, p_role: role };
      return context.json(await context.get('database').row('api_invite', args, invitationSchema), 201);
    })
    .openapi(change, async (context) => {
      const { id, member } = context.req.valid('param');
      const args = { p_organization_id: id, p_user_id: member, p_role: context.req.valid('json').role };
      if (!(await context.get('database').row('api_change_member', args, z.boolean()))) throw missing('member');
      return context.body(null, 204);
    })
    .openapi(remove, async (context) => {
      const { id, member } = context.req.valid('param');
      const args = { p_organization_id: id, p_id: member };
      if (!(await context.get('database').row('api_remove_member', args, z.boolean()))) throw missing('member');
      return context.body(null, 204);
    });
}
