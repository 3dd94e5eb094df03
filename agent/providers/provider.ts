/**
 * What talks to a provider: for each service of its description (shared/providers) how one call's own object is built, and
 * the smallest real request that shows whether it would work. Shared code asks for these and never for a provider's name.
 */
import type { llm, stt, tts } from '@livekit/agents';
import type { z } from 'zod';
import type { Choice } from '../../shared/config/index.ts';
import type { Kind, ProviderSpec, ServiceSpec } from '../../shared/providers/provider.ts';
import type { CallRealtimeModel } from './realtime-model.ts';

export interface Services {
  stt: stt.STT;
  llm: llm.LLM;
  tts: tts.TTS;
  realtime: CallRealtimeModel;
}

/** A choice of the configuration, complete: what was left out is the provider's default. */
export interface Chosen<Options = unknown> {
  readonly provider: string;
  readonly model: string;
  /** Empty where the service has no voices. */
  readonly voice: string;
  /** Always given: plugins left alone look into the environment. */
  readonly baseUrl: string;
  readonly options: Options;
  /** Always given, for the same reason; empty only for a provider whose key is optional. */
  readonly apiKey: string;
  readonly language: string;
}

/** A service that finds out whether its key is good by a request that costs nothing, and warms its line by it. */
export interface Provable {
  /** @throws what the provider says */
  prove(signal: AbortSignal): Promise<void>;
}

export function isProvable(service: object): service is Provable {
  return 'prove' in service && typeof service.prove === 'function';
}

export type Probe =
  | { readonly outcome: 'works'; readonly tookMs: number }
  | {
      readonly outcome: 'bad_key' | 'unknown_model' | 'unsupported_language' | 'unreachable' | 'quota' | 'failed';
      /** For people: what was seen. */
      readonly sentence: string;
      readonly tookMs: number;
    };

export interface Factory<K extends Kind, Options = unknown> {
  /** One call's own: never shared between calls. */
  build(chosen: Chosen<Options>): Services[K];
  /** Never throws; is done within probeDeadlineMs. */
  probe(chosen: Chosen<Options>): Promise<Probe>;
}

export const probeDeadlineMs = 5_000;

export interface Provider {
  readonly spec: ProviderSpec;
  /** Undefined for a service that the provider does not offer. */
  service<K extends Kind>(kind: K): Service<K> | undefined;
}

export interface Service<K extends Kind> {
  build(choice: Choice, given: Given): Services[K];
  probe(choice: Choice, given: Given): Promise<Probe>;
}

/** What a choice is built with. */
export interface Given {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly language: string;
}

type Factories<Spec extends ProviderSpec> = {
  readonly [K in Kind as Spec[K] extends ServiceSpec ? K : never]: Spec[K] extends ServiceSpec<infer Options>
    ? Factory<K, z.output<Options>>
    : never;
};

/** Ties factories to their description, so that each only ever sees options that its own schema has checked. */
export function provider<Spec extends ProviderSpec>(spec: Spec, factories: Factories<Spec>): Provider {
  const byKind: Partial<Record<Kind, Factory<Kind>>> = factories;
  return {
    spec,
    service<K extends Kind>(kind: K): Service<K> | undefined {
      const factory = byKind[kind] as Factory<K> | undefined;
      const service = spec[kind];
      if (factory === undefined || service === undefined) return undefined;
      return {
        build: (choice, given) => factory.build(complete(service, choice, given)),
        probe: (choice, given) => factory.probe(complete(service, choice, given)),
      };
    },
  };
}

function complete(service: ServiceSpec, choice: Choice, given: Given): Chosen {
  const model = choice.model ?? service.defaultModel;
  if (model === null) throw new Error(`${choice.provider} has no default model`);
  const voice = choice.voice ?? service.defaultVoice ?? '';
  return { provider: choice.provider, model, voice, options: service.options.parse(choice.options), ...given };
}
