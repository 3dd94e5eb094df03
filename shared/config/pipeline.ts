/** Who hears, thinks and speaks: one provider a service with others behind it, or one that does all three at once. */
import { z } from 'zod';

const provider = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a provider name is lower case letters, digits and dashes');
const name = z.string().min(1).max(100).nullable().default(null);
const address = z
  .url({ protocol: /^(https?|wss?)$/ })
  .max(2000)
  .nullable()
  .default(null)
  .meta({
    description: "Another address that speaks the same protocol; null: what `providers` says, else the provider's own.",
    examples: ['https://speech.example.com/v1'],
  });

/** @param model and options: examples */
const choice = (model: string, options: Record<string, unknown>) => ({
  model: name.meta({ description: "Model; null: the provider's default one.", examples: [model] }),
  base_url: address,
  options: z
    .record(z.string(), z.json())
    .default({})
    .meta({ description: "What else this provider's service can be told.", examples: [options] }),
});
const spoken = (model: string, voice: string, options: Record<string, unknown>) => ({
  ...choice(model, options),
  voice: name.meta({ description: "Voice; null: the provider's default one.", examples: [voice] }),
});

/** @param first provider that holds when nobody says otherwise */
function service<Shape extends z.ZodRawShape>(shape: Shape, first: string, what: string) {
  const named = provider.meta({ description: `Provider that ${what}.`, examples: [first] });
  return z.strictObject({
    provider: named.default(first).meta({ description: `Provider that ${what}.`, examples: [first] }),
    ...shape,
    fallbacks: z
      .array(z.strictObject({ provider: named, ...shape }))
      .max(4)
      .default([])
      .meta({
        description: 'Who takes over when the first one fails, in this order, each with the settings of a first one.',
        examples: [[{ provider: first }]],
      }),
  });
}

export const pipelineFields = {
  mode: z
    .enum(['pipeline', 'realtime'])
    .default('pipeline')
    .meta({
      description: '`pipeline`: stt, llm and tts work in turn. `realtime`: one model hears and speaks.',
      examples: ['realtime'],
    }),
  stt: service(choice('nova-3', { smart_format: false }), 'deepgram', 'turns what the caller says into text').prefault(
    {},
  ),
  llm: service(choice('gpt-4.1', { temperature: 0.4 }), 'openai', 'decides what to say and do').prefault({}),
  tts: service(spoken('tts-1', 'coral', { speed: 1.1 }), 'openai', 'speaks').prefault({}),
  realtime: service(
    spoken('gpt-realtime', 'marin', { speed: 1.1 }),
    'openai',
    'hears and speaks in one, in the mode realtime',
  ).prefault({}),
  providers: z
    .record(provider, z.strictObject({ base_url: address }))
    .default({})
    .meta({
      description: 'Where providers are reached, by name; used wherever that provider is chosen without an address.',
      examples: [{ 'openai-compatible': { base_url: 'https://llm.example.com/v1' } }],
    }),
};

/** One provider's part in a call, as written. */
export interface Choice {
  readonly provider: string;
  readonly model: string | null;
  readonly base_url: string | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly voice?: string | null;
}
