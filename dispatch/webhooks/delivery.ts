/** What is sent to an endpoint, as the database hands it out, and what may come of an attempt. */
import { z } from 'zod';
import { tenantKeySchema } from '../../shared/ids.ts';

/** `claim_webhook_deliveries` */
export const claimedSchema = z
  .object({
    id: z.uuid(),
    attempt: z.int(),
    event: z.string(),
    /** Signed and sent as it is. */
    body: z.string(),
    tenant: tenantKeySchema,
    url: z.string(),
    secret_key_id: z.string(),
    secret_ciphertext: z.string(),
    // Whoever writes nonsense here allows nothing.
    private_hosts: z.array(z.string()).catch([]),
  })
  .transform(({ secret_key_id: keyId, secret_ciphertext: ciphertext, private_hosts: privateHosts, ...delivery }) => ({
    ...delivery,
    sealedSecret: { keyId, ciphertext },
    privateHosts,
  }));
export type ClaimedDelivery = z.infer<typeof claimedSchema>;

/** `settle_webhook_delivery`; againAt null: it is delivered, or given up. */
export const settledSchema = z
  .object({ settled: z.boolean(), again_at: z.coerce.date().nullable() })
  .transform(({ settled, again_at: againAt }) => ({ settled, againAt }));
/** `release_webhook_delivery` */
export const releasedSchema = z.object({ released: z.boolean() });

export type DeliveryOutcome =
  | { readonly outcome: 'delivered'; readonly status: number }
  /** With a sentence for the tenant; status null: nobody answered. */
  | { readonly outcome: 'failed'; readonly status: number | null; readonly problem: string };
