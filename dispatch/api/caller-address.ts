/** From where a request comes, past the proxies that are ours: what others write about that is not believed. */
import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Networks } from '../../shared/networks.ts';

/** IPv4 as a socket that listens on both tells it. */
const mapped = /^::ffff:(?=\d+\.)/i;

export function callerAddress(context: Context, trustedProxies: Networks): string {
  const peer = (getConnInfo(context).remote.address ?? 'unknown').replace(mapped, '');
  if (!trustedProxies.has(peer)) return peer;
  // Each proxy adds the one it heard from to the end.
  const hops = (context.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim().replace(mapped, ''));
  const known = hops.filter((hop) => isIP(hop) !== 0);
  return known.findLast((hop) => !trustedProxies.has(hop)) ?? known[0] ?? peer;
}
