/** Holds each caller to a rate, and each address to that of a few callers: strangers would have the database asked about them. */
import { createMiddleware } from 'hono/factory';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Networks } from '../../shared/networks.ts';
import { hashOf } from './caller.ts';
import { callerAddress } from './caller-address.ts';
import { ApiProblem } from './problem.ts';

/** A page that is open asks about once a second, a person who types a few times more. */
export const mostAMinute = 900;
const mostOfAnAddress = 3_000;

export function rateLimit(trustedProxies: Networks) {
  const callers = new RateLimiterMemory({ points: mostAMinute, duration: 60 });
  const addresses = new RateLimiterMemory({ points: mostOfAnAddress, duration: 60 });
  return createMiddleware(async (context, next) => {
    const authorization = context.req.header('authorization');
    const address = callerAddress(context, trustedProxies);
    try {
      await addresses.consume(address);
      const left = await callers.consume(authorization === undefined ? address : hashOf(authorization));
      context.header('ratelimit-limit', String(mostAMinute));
      context.header('ratelimit-remaining', String(left.remainingPoints));
      context.header('ratelimit-reset', String(secondsOf(left)));
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      context.header('retry-after', String(secondsOf(thrown)));
      throw new ApiProblem('too_many', `More than ${mostAMinute} requests in a minute.`);
    }
    await next();
  });
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.ceil(msBeforeNext / 1000);
}
