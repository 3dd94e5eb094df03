import { hc } from 'hono/client';
import type { meApi } from '../../../dispatch/api/resources/me.ts';
import { apiPath, read, sending } from './request.ts';

const client = hc<ReturnType<typeof meApi>>(apiPath, sending);

export type Caller = Awaited<ReturnType<typeof whoAmI>>;

export function whoAmI() {
  return read(client.me.$get());
}

/** Joins the organisations that invited this address. */
export function acceptInvitations() {
  return read(client.me.invitations.accept.$post());
}
