/** What the supervisor and a shard say to each other over the IPC channel. */
import { z } from 'zod';

const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), name: z.string(), environment: z.record(z.string(), z.string()) }),
  /** Take no more calls, let those that run end, then exit. */
  z.object({ kind: z.literal('drain') }),
]);
export type ShardOrder = z.infer<typeof orderSchema>;

export function parseOrder(message: unknown): ShardOrder {
  return orderSchema.parse(message);
}

const noticeSchema = z.object({ kind: z.enum(['ready', 'tainted']) });
/** `ready`: registered with LiveKit, for the first time or again. `tainted`: calls go on, but replace me. */
export type ShardNotice = z.infer<typeof noticeSchema>;

export function parseNotice(message: unknown): ShardNotice {
  return noticeSchema.parse(message);
}
