/** What the commands of whoever runs the platform get back from SQL. */
import { z } from 'zod';

export const putSchema = z.object({
  id: z.uuid(),
  created: z.boolean(),
  changed: z.boolean(),
  revision: z.coerce.number(),
});
export const currentSchema = z.object({ config: z.looseObject({}), revision: z.coerce.number() });
export const versionSchema = z.object({
  revision: z.coerce.number(),
  saved_at: z.coerce.date(),
  saved_by: z.string().nullable(),
  active: z.boolean(),
  config: z.looseObject({}),
});
export const restoredSchema = z.object({ restored: z.boolean(), revision: z.coerce.number().nullable() });
export const putKeySchema = z.object({ id: z.uuid(), created: z.boolean() });
export const sealedKeySchema = z.object({
  id: z.uuid(),
  tenant: z.string(),
  provider: z.string(),
  key_id: z.string(),
  ciphertext: z.string(),
});
export const resealedSchema = z.object({ resealed: z.boolean() });
