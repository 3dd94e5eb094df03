/** What the supervisor and a shard say to each other over the IPC channel. */
import { z } from 'zod';
import { configNewsSchema } from './config-poller.ts';
import { sentRowSchema } from './remembered-rows.ts';

const orderSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    name: z.string(),
    /** Under this name it holds its calls in SQL: no two shards that ever ran share one. */
    worker: z.string(),
    environment: z.record(z.string(), z.string()),
    /** What earlier shards knew of numbers. */
    remembered: z.array(sentRowSchema),
  }),
  /** What changed in configurations; sent twice a second while the database answers. */
  z.object({ kind: z.literal('changed'), news: configNewsSchema }),
  /** Ask providers for the least they can be asked: a row of `take_probe`. */
  z.object({ kind: z.literal('probe'), written: z.unknown() }),
  /** Take no more calls, let those that run end, then exit. */
  z.object({ kind: z.literal('drain') }),
  /** Go now: the calls go on elsewhere. */
  z.object({ kind: z.literal('leave') }),
]);
export type ShardOrder = z.infer<typeof orderSchema>;
export type StartOrder = Extract<ShardOrder, { kind: 'start' }>;

export function parseOrder(message: unknown): ShardOrder {
  return orderSchema.parse(message);
}

const noticeSchema = z.discriminatedUnion('kind', [
  /** Registered with LiveKit, for the first time or again. */
  z.object({ kind: z.literal('ready') }),
  /** Something broke: calls go on, but replace me. */
  z.object({ kind: z.literal('tainted') }),
  /** A number was read and its configuration works. */
  z.object({ kind: z.literal('learned'), called: z.string(), row: z.unknown() }),
]);
export type ShardNotice = z.infer<typeof noticeSchema>;

export function parseNotice(message: unknown): ShardNotice {
  return noticeSchema.parse(message);
}
