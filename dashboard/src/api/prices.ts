/** What providers take, as whoever runs the platform says. */
import { hc } from 'hono/client';
import type { pricesApi } from '../../../dispatch/api/resources/prices.ts';
import { apiPath, done, read, sending } from './request.ts';

const client = hc<ReturnType<typeof pricesApi>>(apiPath, sending);

export type Price = Awaited<ReturnType<typeof listPrices>>['prices'][number];
export type NewPrice = Parameters<typeof client.prices.$put>[0]['json'];

export function listPrices() {
  return read(client.prices.$get());
}

export function putPrice(price: NewPrice) {
  return read(client.prices.$put({ json: price }));
}

export function removePrice(id: string) {
  return done(client.prices[':id'].$delete({ param: { id } }));
}
