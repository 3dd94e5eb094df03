/** What somebody wants asked of providers: a row of `take_probe`. */
import { z } from 'zod';
import { jsonObjectSchema, storedKeySchema } from '../shared/contracts.ts';
import { tenantKeySchema } from '../shared/ids.ts';

const numberSubject = z.object({
  id: z.uuid(),
  called: z.string(),
  /** Laid over the number in the place of what is saved; null: as it is saved. */
  draft: jsonObjectSchema.nullable(),
  tenant: tenantKeySchema,
});
const keySubject = z.object({
  id: z.uuid(),
  called: z.null(),
  /** Null: the platform. */
  tenant: tenantKeySchema.nullable(),
  provider_key: storedKeySchema,
  platform_config: jsonObjectSchema,
  /** Empty for the platform's own key. */
  organization_config: jsonObjectSchema,
});

export const probeOrderSchema = z.union([
  numberSubject.transform(({ id, called, draft, tenant }) => ({ about: 'number' as const, id, called, draft, tenant })),
  keySubject.transform(({ id, tenant, ...row }) => ({
    about: 'key' as const,
    id,
    tenant,
    key: row.provider_key,
    layers: { platform: row.platform_config, organization: row.organization_config },
  })),
]);
export type ProbeOrder = z.infer<typeof probeOrderSchema>;
export type NumberProbe = Extract<ProbeOrder, { about: 'number' }>;
export type KeyProbe = Extract<ProbeOrder, { about: 'key' }>;
