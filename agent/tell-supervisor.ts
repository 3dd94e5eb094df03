import process from 'node:process';
import type { ShardNotice } from './shard-orders.ts';

/**
 * Says something to the supervisor that started this process, if there is one still.
 *
 * A shard that lost its supervisor has calls to go on with. Left without a callback, Node makes of a closed channel an
 * exception that nobody catches; told of it, a shard would report the exception the same way, until it ends with all its
 * calls. The callback swallows on purpose: there is nobody to hear.
 */
export function tell(notice: ShardNotice): void {
  if (process.connected) process.send?.(notice, undefined, undefined, () => undefined);
}
