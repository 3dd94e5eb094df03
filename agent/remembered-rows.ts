/**
 * Rows that outlive the shard that read them: each shard tells the supervisor what it read and found to work, and a new shard
 * begins with it. So a shard that dies while the database is away is followed by one that can still answer. The supervisor
 * does not look into the rows; the provider keys in them stay sealed.
 */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type NumberRow, storedKeySchema } from '../shared/contracts.ts';
import { numberIdSchema, organizationIdSchema, tenantKeySchema } from '../shared/ids.ts';
import type { JsonObject } from '../shared/merge.ts';

/** A new shard reads all of them before its first call. */
const mostKeptMb = 8;

/** How a row travels. Not read by who passes it on: in `agent dev` the code of the shards is newer than the supervisor's. */
export const sentRowSchema = z.object({ called: z.string(), ageMs: z.number().nonnegative(), row: z.unknown() });
export type SentRow = z.infer<typeof sentRowSchema>;

export interface RememberedRow {
  /** As it was dialled. */
  readonly called: string;
  readonly ageMs: number;
  readonly row: NumberRow;
}

export class RememberedRows {
  readonly #rows: LRUCache<string, { readonly row: unknown; readonly learnedMs: number }>;

  constructor(mostMb = mostKeptMb) {
    this.#rows = new LRUCache({
      maxSize: Math.ceil(mostMb * 1024 * 1024),
      sizeCalculation: ({ row }) => textBytes(row),
    });
  }

  learn(called: string, row: unknown): void {
    this.#rows.set(called, { row, learnedMs: performance.now() });
  }

  all(): SentRow[] {
    const nowMs = performance.now();
    return [...this.#rows.entries()].map(([called, { row, learnedMs }]) => ({ called, row, ageMs: nowMs - learnedMs }));
  }
}

/** How long a row is as text. */
export function textBytes(row: unknown): number {
  return Math.max(1, JSON.stringify(row).length);
}

const layer = z.record(z.string(), z.json()).transform((value): JsonObject => value);
const rowSchema = z.object({
  numberId: numberIdSchema,
  organizationId: organizationIdSchema,
  tenant: tenantKeySchema,
  organizationName: z.string(),
  label: z.string(),
  active: z.boolean(),
  organizationActive: z.boolean(),
  layers: z.object({ platform: layer, organization: layer, instance: layer.nullable(), number: layer }),
  configRevision: z.number(),
  changedRevision: z.number(),
  providerKeys: z.array(
    z.object({
      provider: z.string(),
      keyId: z.string(),
      ciphertext: z.string(),
      owner: storedKeySchema.in.shape.owner,
    }),
  ),
}) satisfies z.ZodType<NumberRow>;

/** Rows that another version of this code sent are left out. */
export function readRemembered(sent: readonly SentRow[]): RememberedRow[] {
  return sent.flatMap(({ called, ageMs, row }) => {
    const parsed = rowSchema.safeParse(row);
    return parsed.success ? [{ called, ageMs, row: parsed.data }] : [];
  });
}
