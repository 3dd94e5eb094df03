/** The registry: which providers there are, and one call's own services from them. */
import { choicesOf, type PlacedChoice, type TenantConfig } from '../../shared/config/index.ts';
import type { Kind } from '../../shared/providers/provider.ts';
import { deepgram } from './deepgram.ts';
import { elevenlabs } from './elevenlabs.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { Given, Provider, Service, Services } from './provider.ts';
import { soniox } from './soniox.ts';

export const providers: readonly Provider[] = [deepgram, openai, openaiCompatible, soniox, elevenlabs];
const byName = new Map(providers.map((provider) => [provider.spec.name, provider]));

/** Provider name to key, opened for one call. A provider whose key is optional may be missing. */
export type ProviderKeys = ReadonlyMap<string, string>;

/** @throws Error for a provider or service that resolveConfig() did not pass */
export function serviceOf<K extends Kind>(kind: K, provider: string): Service<K> {
  const service = byName.get(provider)?.service(kind);
  if (service === undefined) throw new Error(`${provider} offers no ${kind}`);
  return service;
}

/** Key, address and language for one choice. @throws Error when a needed key was not opened */
export function givenFor({ choice }: PlacedChoice, config: TenantConfig, keys: ProviderKeys): Given {
  const spec = byName.get(choice.provider)?.spec;
  const apiKey = keys.get(choice.provider) ?? (spec?.key === 'optional' ? '' : undefined);
  if (apiKey === undefined) throw new Error(`no key was opened for ${choice.provider}`);
  const address = choice.base_url ?? config.providers[choice.provider]?.base_url ?? spec?.address;
  if (address == null) throw new Error(`nobody says where ${choice.provider} is reached`);
  return { apiKey, baseUrl: address.replace(/\/+$/, ''), language: config.language };
}

export interface BuiltService<K extends Kind> {
  readonly placed: PlacedChoice;
  readonly model: string;
  readonly service: Services[K];
}

/** The services of one kind that a call may use: the first one first, then those behind it. */
export function buildEach<K extends Kind>(kind: K, config: TenantConfig, keys: ProviderKeys): BuiltService<K>[] {
  return choicesOf(config, kind).map((placed) => ({
    placed,
    model: placed.choice.model ?? byName.get(placed.choice.provider)?.spec[kind]?.defaultModel ?? '',
    service: serviceOf(kind, placed.choice.provider).build(placed.choice, givenFor(placed, config, keys)),
  }));
}
