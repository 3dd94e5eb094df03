/** Keys of providers, which are used for calls, and keys of programs that use this API. */
import { hc } from 'hono/client';
import type { apiKeysApi } from '../../../dispatch/api/resources/api-keys.ts';
import type { providerKeysApi } from '../../../dispatch/api/resources/provider-keys.ts';
import { apiPath, done, once, read, sending } from './request.ts';

const providerKeys = hc<ReturnType<typeof providerKeysApi>>(apiPath, sending);
const apiKeys = hc<ReturnType<typeof apiKeysApi>>(apiPath, sending);

export type ProviderKey = Awaited<ReturnType<typeof listProviderKeys>>['keys'][number];
type NewProviderKey = Parameters<(typeof providerKeys)['provider-keys']['$put']>[0]['json'];
export type ApiKey = Awaited<ReturnType<typeof listApiKeys>>['keys'][number];
type NewApiKey = Parameters<(typeof apiKeys)['api-keys']['$post']>[0]['json'];
export type MadeApiKey = Awaited<ReturnType<typeof addApiKey>>;
export type Scope = NewApiKey['scopes'][number];

export function listProviderKeys(organization?: string) {
  return read(providerKeys['provider-keys'].$get({ query: { organization } }));
}

export function putProviderKey(key: NewProviderKey) {
  return read(providerKeys['provider-keys'].$put({ json: key }));
}

export function removeProviderKey(id: string) {
  return done(providerKeys['provider-keys'][':id'].$delete({ param: { id } }));
}

export function listApiKeys(organization?: string) {
  return read(apiKeys['api-keys'].$get({ query: { organization } }));
}

export function addApiKey(key: NewApiKey) {
  return read(apiKeys['api-keys'].$post({ json: key }, once()));
}

export function removeApiKey(id: string) {
  return done(apiKeys['api-keys'][':id'].$delete({ param: { id } }));
}
