/** What several resources name the same way. */
import { z } from '@hono/zod-openapi';
import type { JsonObject, JsonValue } from '../../shared/merge.ts';

export const organizationRefSchema = z
  .object({ id: z.uuid(), slug: z.string(), name: z.string() })
  .openapi('OrganizationRef');
export const numberRefSchema = z
  .object({ id: z.uuid(), phoneNumber: z.string(), label: z.string() })
  .openapi('NumberRef');
export const memberRoleSchema = z.enum(['viewer', 'editor', 'owner']);
export const timestamp = z.string().openapi({ format: 'date-time' });

/** By reference to itself, as zod has it, no document can be made of it. */
export const anyJson = z
  .custom<JsonValue>((value) => z.json().safeParse(value).success)
  .openapi({ type: ['string', 'number', 'boolean', 'object', 'array', 'null'] });
export const jsonObject = z
  .custom<JsonObject>((value) => z.record(z.string(), z.json()).safeParse(value).success, 'an object is wanted')
  .openapi({ type: 'object', additionalProperties: true });
