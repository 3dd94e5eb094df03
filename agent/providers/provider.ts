/**
 * What a provider is: a file that declares, for each kind of service it offers, which options a tenant may set, how the
 * service is built for one call, and what is special about it. Shared code asks for these and never for a provider's name.
 */
import type { llm, stt, tts } from '@livekit/agents';
import type { z } from 'zod';
import type { TenantConfig } from '../../shared/config.ts';

export type Kind = 'stt' | 'llm' | 'tts';
export type Choice<K extends Kind> = TenantConfig[K];

export interface Services {
  stt: stt.STT;
  llm: llm.LLM;
  tts: tts.TTS;
}

/** What a factory gets beside the tenant's choice. The key is always given: plugins left alone look into the environment. */
export interface BuildFor {
  readonly apiKey: string;
  readonly language: string;
}

export interface Service<K extends Kind> {
  /** Messages of what is wrong with the options; empty when nothing is. */
  check(options: unknown): readonly { readonly path: string; readonly message: string }[];
  build(choice: Choice<K>, context: BuildFor): Services[K];
}

export interface Provider {
  readonly name: string;
  readonly stt?: Service<'stt'>;
  readonly llm?: Service<'llm'>;
  readonly tts?: Service<'tts'>;
}

/** Ties a service's option schema to its factory, so that the factory only ever sees checked options. */
export function service<K extends Kind, Options>(
  schema: z.ZodType<Options>,
  build: (choice: Choice<K>, options: Options, context: BuildFor) => Services[K],
): Service<K> {
  return {
    check(options) {
      const parsed = schema.safeParse(options);
      if (parsed.success) return [];
      return parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    },
    build: (choice, context) => build(choice, schema.parse(choice.options), context),
  };
}
