/** The registry: which providers there are, and one call's own set of services from them. */
import { inference } from '@livekit/agents';
import type { ConfigProblem, TenantConfig } from '../../shared/config.ts';
import { deepgram } from './deepgram.ts';
import { openai } from './openai.ts';
import type { BuildFor, Kind, Provider, Services } from './provider.ts';

const providers: readonly Provider[] = [deepgram, openai];
const byName = new Map(providers.map((provider) => [provider.name, provider]));
const kinds = ['stt', 'llm', 'tts'] as const satisfies readonly Kind[];

/** Provider name to key, of one organisation. */
export type ProviderKeys = ReadonlyMap<string, string>;

/** Names of the providers that a configuration uses, each once. */
export function providersOf(config: TenantConfig): ReadonlySet<string> {
  return new Set(kinds.map((kind) => config[kind].provider));
}

/** What the common schema cannot know: whether the provider exists, offers that service, and accepts those options. */
export function checkProviders(config: TenantConfig): readonly ConfigProblem[] {
  return kinds.flatMap((kind): ConfigProblem[] => {
    const name = config[kind].provider;
    const offered = byName.get(name)?.[kind];
    if (offered === undefined) {
      const able = providers.filter((provider) => provider[kind] !== undefined).map((provider) => provider.name);
      const message = `${name} offers no ${kind}; these do: ${able.join(', ')}`;
      return [{ path: `${kind}.provider`, message, layer: null }];
    }
    return offered.check(config[kind].options).map(({ path, message }) => ({
      path: path === '' ? `${kind}.options` : `${kind}.options.${path}`,
      message,
      layer: null,
    }));
  });
}

export interface CallServices extends Services {
  readonly vad: inference.VAD;
  close(): Promise<void>;
}

/**
 * Builds one call's own services. Never shared between calls: sessions listen on these very objects, so a shared one would
 * bill a tenant for another's words and close its calls on another's errors.
 *
 * @throws Error for a configuration that checkProviders() did not pass
 */
export function buildServices(config: TenantConfig, keys: ProviderKeys): CallServices {
  const services = {
    stt: offer(config, 'stt').build(config.stt, contextFor('stt')),
    llm: offer(config, 'llm').build(config.llm, contextFor('llm')),
    tts: offer(config, 'tts').build(config.tts, contextFor('tts')),
  };
  // Without any listener an `error` event is thrown, and these objects report late failures after the session let go.
  for (const kind of kinds) services[kind].on('error', () => undefined);
  // 15 s instead of 60 s of speech kept a call: 2 MB less.
  const vad = new inference.VAD({ maxBufferedSpeech: 15_000 });
  return {
    ...services,
    vad,
    async close() {
      await Promise.all([services.stt.close(), services.llm.aclose(), services.tts.close(), vad.close()]);
    },
  };

  function contextFor(kind: Kind): BuildFor {
    const apiKey = keys.get(config[kind].provider);
    if (apiKey === undefined) throw new Error(`no key was opened for ${config[kind].provider}`);
    return { apiKey, language: config.language };
  }
}

function offer<K extends Kind>(config: TenantConfig, kind: K): NonNullable<Provider[K]> {
  const offered = byName.get(config[kind].provider)?.[kind];
  if (offered === undefined) throw new Error(`${config[kind].provider} offers no ${kind}`);
  return offered;
}
