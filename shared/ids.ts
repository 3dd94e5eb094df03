/**
 * Branded ids. A plain string becomes one only here, by parsing; whoever holds a `TenantKey` holds a checked one.
 *
 * Words: a *tenant key* is the slug of an organisation and travels in metadata and logs; a *session* is one call from
 * admission to settlement; a *number* is a row of `sip_numbers`, not the digits that were dialled.
 */
import { z } from 'zod';

/** 1 to 128 characters of `[A-Za-z0-9_-]`. */
export const tenantKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/, 'a tenant key is 1 to 128 characters of A-Z a-z 0-9 _ -')
  .brand<'TenantKey'>();
export const organizationIdSchema = z.uuid().brand<'OrganizationId'>();
export const numberIdSchema = z.uuid().brand<'NumberId'>();
export const sessionIdSchema = z.uuid().brand<'SessionId'>();
/** LiveKit's own limit on room names is 256 bytes; ours are `<prefix>_<called>_<random>`. */
export const roomNameSchema = z.string().min(1).max(256).brand<'RoomName'>();
/** Call-ID header of the INVITE: a stranger's text. */
export const sipCallIdSchema = z.string().min(1).max(512).brand<'SipCallId'>();
/** Name of a pool of workers; LiveKit calls it the agent name. */
export const poolNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a pool name is lower case letters, digits and dashes')
  .brand<'PoolName'>();

export type TenantKey = z.infer<typeof tenantKeySchema>;
export type OrganizationId = z.infer<typeof organizationIdSchema>;
export type NumberId = z.infer<typeof numberIdSchema>;
export type SessionId = z.infer<typeof sessionIdSchema>;
export type RoomName = z.infer<typeof roomNameSchema>;
export type SipCallId = z.infer<typeof sipCallIdSchema>;
export type PoolName = z.infer<typeof poolNameSchema>;
