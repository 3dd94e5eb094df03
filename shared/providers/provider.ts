/**
 * What can be said of a provider without talking to it: which services it offers, with which models, languages and options,
 * and under which name its key is stored. Data and schemas only, because dispatch checks configurations when they are saved
 * and must not load the media library; what talks is in agent/providers.
 */
import type { z } from 'zod';

export const kinds = ['stt', 'llm', 'tts', 'realtime'] as const;
export type Kind = (typeof kinds)[number];

export interface ModelSpec {
  /** Codes such as `en`, which stand for every region of the language; `any`: the provider does not say, or takes all. */
  readonly languages: 'any' | readonly string[];
  /** Whether text or sound comes while it is made, and not in one piece at the end. */
  readonly streaming: boolean;
  /** Of the sound taken or given; null for text. */
  readonly sampleRateHz: number | null;
  /** Which of the service's options this model takes; left out: all of them. */
  readonly options?: readonly string[];
}

export interface ServiceSpec<Options extends z.ZodType = z.ZodType> {
  /** Taken when a configuration names none; null: one must be named. */
  readonly defaultModel: string | null;
  readonly models: Readonly<Record<string, ModelSpec>>;
  /** What holds for a model that is not in the list; null: there are no others. */
  readonly otherModels: ModelSpec | null;
  /** Taken when a configuration names none; null: the service has no voices. */
  readonly defaultVoice: string | null;
  readonly options: Options;
}

export interface ProviderSpec {
  readonly name: string;
  readonly title: string;
  /** `optional`: servers of one's own often ask for none. */
  readonly key: 'needed' | 'optional';
  /** Variables in which this provider's libraries look for a key or an address. They are kept from the worker's shards. */
  readonly environment: readonly string[];
  /** Where it is reached; null: the configuration must say. */
  readonly address: string | null;
  /** The page that says what it costs. */
  readonly prices: string | null;
  readonly stt?: ServiceSpec;
  readonly llm?: ServiceSpec;
  readonly tts?: ServiceSpec;
  readonly realtime?: ServiceSpec;
}

/** Keeps the literal types, so that a factory knows the options of its own service. */
export function providerSpec<const Spec extends ProviderSpec>(spec: Spec): Spec {
  return spec;
}

/** Whether a model takes a language: `pt` stands for `pt-BR` and `pt-PT`. */
export function speaks({ languages }: ModelSpec, language: string): boolean {
  const [base] = language.split('-');
  return languages === 'any' || languages.some((known) => known === language || known === base);
}
