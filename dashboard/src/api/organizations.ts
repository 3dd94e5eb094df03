import { hc } from 'hono/client';
import type { membersApi } from '../../../dispatch/api/resources/members.ts';
import type { organizationsApi } from '../../../dispatch/api/resources/organizations.ts';
import { type Page, pageOf } from './page.ts';
import { apiPath, done, once, read, sending } from './request.ts';

const client = hc<ReturnType<typeof organizationsApi>>(apiPath, sending);
const people = hc<ReturnType<typeof membersApi>>(apiPath, sending);

export type Organization = Awaited<ReturnType<typeof listOrganizations>>['items'][number];
type NewOrganization = Parameters<typeof client.organizations.$post>[0]['json'];
export type OrganizationChange = Parameters<(typeof client.organizations)[':id']['$patch']>[0]['json'];
export type Members = Awaited<ReturnType<typeof listMembers>>;
export type Member = Members['members'][number];
export type Invitation = Members['invitations'][number];
export type Role = Member['role'];

export function listOrganizations(search?: string, page: Page = {}) {
  return read(client.organizations.$get({ query: { search, ...pageOf(page) } }));
}

export function addOrganization(organization: NewOrganization) {
  return read(client.organizations.$post({ json: organization }, once()));
}

export function changeOrganization(id: string, change: OrganizationChange) {
  return read(client.organizations[':id'].$patch({ param: { id }, json: change }));
}

export function listMembers(id: string) {
  return read(people.organizations[':id'].members.$get({ param: { id } }));
}

export function inviteMember(id: string, invitation: { readonly email: string; readonly role: Role }) {
  return read(people.organizations[':id'].members.$post({ param: { id }, json: invitation }, once()));
}

export function changeMember(id: string, member: string, role: Role) {
  return done(people.organizations[':id'].members[':member'].$patch({ param: { id, member }, json: { role } }));
}

/** Also takes an invitation back. */
export function removeMember(id: string, member: string) {
  return done(people.organizations[':id'].members[':member'].$delete({ param: { id, member } }));
}
