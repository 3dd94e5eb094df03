import { hc } from 'hono/client';
import type { breakersApi } from '../../../dispatch/api/resources/breakers.ts';
import type { healthApi } from '../../../dispatch/api/resources/health.ts';
import type { workersApi } from '../../../dispatch/api/resources/workers.ts';
import { apiPath, read, sending } from './request.ts';

const breakers = hc<ReturnType<typeof breakersApi>>(apiPath, sending);
const health = hc<ReturnType<typeof healthApi>>(apiPath, sending);
const workers = hc<ReturnType<typeof workersApi>>(apiPath, sending);

export type Breaker = Awaited<ReturnType<typeof listBreakers>>['breakers'][number];
export type OlderConfig = Awaited<ReturnType<typeof readHealth>>['older'][number];
export type Workers = Awaited<ReturnType<typeof listWorkers>>;
export type Worker = Workers['workers'][number];
export type Pool = Workers['pools'][number];

export function listBreakers(organization?: string) {
  return read(breakers.breakers.$get({ query: { organization } }));
}

/** @param provider undefined: all of the organisation */
export function resetBreakers(organization: string, provider?: string) {
  return read(breakers.breakers.reset.$post({ json: { organization, provider } }));
}

export function listWorkers() {
  return read(workers.workers.$get());
}

export function readHealth(organization?: string) {
  return read(health.health.$get({ query: { organization } }));
}
