/**
 * What an agent is: one schema for what tenants and owners write, in the layers platform < organisation < agent instance <
 * number override. Keys are snake_case with their unit, as people see them in the table editor.
 *
 * Three outcomes are kept apart: a usable configuration, none at all (`config_missing`), and one that does not pass its
 * checks (`config_invalid`, with every problem and the layer that wrote it).
 */
import { z } from 'zod';
import { type JsonObject, type Layer, mergeLayers } from './merge.ts';

const providerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a provider name is lower case letters, digits and dashes');
const language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'a language is a code such as en, it or pt-BR');
const timezone = z.string().refine(isTimeZone, 'not a time zone name such as Europe/Rome');

/** One speech or language service. What `options` may hold is the provider's own business, checked by its own schema. */
const providerChoice = z.strictObject({
  provider: providerName,
  model: z.string().min(1).max(100),
  /** Another address that speaks the same protocol; left out: the provider's own. */
  base_url: z.url({ protocol: /^(https?|wss?)$/ }).optional(),
  options: z.record(z.string(), z.json()).default({}),
});

export const tenantConfigSchema = z.strictObject({
  business: z.strictObject({
    name: z.string().min(1).max(120),
    description: z.string().max(2000).optional(),
    timezone: timezone.default('UTC'),
  }),
  /** What the agent hears and speaks. */
  language,
  greeting: z.strictObject({ text: z.string().min(1).max(600), interruptible: z.boolean().default(true) }),
  /** The system prompt. */
  instructions: z.string().min(1).max(20_000),
  /** Said when a provider fails in mid-call and the agent cannot go on. */
  apology: z.string().min(1).max(300),
  stt: providerChoice,
  llm: providerChoice,
  tts: providerChoice.extend({ voice: z.string().min(1).max(100) }),
  turn: z.strictObject({
    /** Shortest quiet after which the caller's turn may be over. */
    min_endpointing_ms: z.int().min(100).max(5000),
    /** Longest quiet that is still waited for. */
    max_endpointing_ms: z.int().min(200).max(10_000),
    /** A caller who says nothing for this long is hung up on; time in which the agent speaks does not count. */
    caller_silent_s: z.int().min(10).max(3600),
    max_duration_s: z.int().min(30).max(14_400),
  }),
  /** Menu, opening hours, address, anything: given to the agent as data beside its instructions. */
  custom_context: z.record(z.string(), z.json()).default({}),
});

export type TenantConfig = z.infer<typeof tenantConfigSchema>;

/** Weakest first. */
export const layerNames = ['built-in', 'platform', 'organization', 'instance', 'number'] as const;
export type LayerName = (typeof layerNames)[number];

/** What holds when nobody says otherwise. A business without a greeting or a prompt is not configured, so neither is here. */
const builtIn: JsonObject = {
  language: 'en',
  apology: 'I am sorry, something went wrong on our side. Please call again in a moment.',
  stt: { provider: 'deepgram', model: 'nova-3' },
  llm: { provider: 'openai', model: 'gpt-4.1-mini' },
  tts: { provider: 'openai', model: 'gpt-4o-mini-tts', voice: 'alloy' },
  turn: { min_endpointing_ms: 400, max_endpointing_ms: 2500, caller_silent_s: 120, max_duration_s: 3600 },
};

export interface ConfigProblem {
  /** Dotted path of the field; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** The layer that wrote the field; null when no layer did. */
  readonly layer: LayerName | null;
}

export type ConfigOutcome =
  | { readonly outcome: 'usable'; readonly config: TenantConfig; readonly origins: ReadonlyMap<string, LayerName> }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** The written layers of one number; null: nobody wrote that layer. */
export interface ConfigLayers {
  readonly platform: JsonObject;
  readonly organization: JsonObject;
  readonly instance: JsonObject | null;
  readonly number: JsonObject;
}

/** Merges the layers of one number and checks the result. The configuration that comes out is frozen: a call keeps it. */
export function resolveConfig(written: ConfigLayers): ConfigOutcome {
  if (written.instance === null) return { outcome: 'missing' };
  const layers: Layer<LayerName>[] = [
    { name: 'built-in', value: builtIn },
    { name: 'platform', value: written.platform },
    { name: 'organization', value: written.organization },
    { name: 'instance', value: written.instance },
    { name: 'number', value: written.number },
  ];
  const { value, origins } = mergeLayers(layers);
  const parsed = tenantConfigSchema.safeParse(value);
  if (!parsed.success)
    return { outcome: 'invalid', problems: parsed.error.issues.flatMap((i) => toProblems(i, origins)) };
  return { outcome: 'usable', config: deepFreeze(parsed.data), origins };
}

function toProblems(issue: z.core.$ZodIssue, origins: ReadonlyMap<string, LayerName>): ConfigProblem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message, layer: writerOf(path, origins) }];
  return issue.keys.map((key) => {
    const unknown = path === '' ? key : `${path}.${key}`;
    return { path: unknown, message: 'no such setting', layer: writerOf(unknown, origins) };
  });
}

/** The layer of the leaf, else of any leaf below the path: an object is blamed on who wrote into it. */
function writerOf(path: string, origins: ReadonlyMap<string, LayerName>): LayerName | null {
  const exact = origins.get(path);
  if (exact !== undefined) return exact;
  for (const [leaf, layer] of origins) if (leaf.startsWith(`${path}.`)) return layer;
  return null;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
