/**
 * Merges the layers of one number and checks the result. Three outcomes are kept apart: a usable configuration, none at all
 * (`config_missing`), and one that does not pass its checks (`config_invalid`, with every problem and who wrote it).
 */
import { combine, isObject, type JsonObject, type Patch, patchOf, resultOf } from '../merge.ts';
import { builtIn } from './built-in.ts';
import { checkOwnWords } from './layer-rules.ts';
import { type ConfigProblem, type LayerName, type Origins, problemsOf, writerOf } from './problem.ts';
import { checkRules } from './rules.ts';
import { type TenantConfig, tenantConfigSchema } from './schema.ts';

export type ConfigOutcome =
  | { readonly outcome: 'usable'; readonly config: TenantConfig; readonly origins: Origins }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** The written layers of one number. */
export interface ConfigLayers {
  readonly platform: JsonObject;
  readonly organization: JsonObject;
  /** Null: no agent answers this number. */
  readonly instance: JsonObject | null;
  readonly number: JsonObject;
}

/** The configuration that comes out is frozen: a call keeps it. @param organizationName what a business is called by default */
export function resolveConfig(layers: ConfigLayers, organizationName = ''): ConfigOutcome {
  const { platform, organization, instance, number } = layers;
  if (instance === null) return { outcome: 'missing' };
  const written = [
    ['platform', platform],
    ['organization', organization],
    ['instance', instance],
    ['number', number],
  ] as const;
  const found = written.flatMap(([name, layer]) => checkOwnWords(name, layer));
  const patch = written.map(([name, layer]) => writtenBy(name, layer)).reduce(combine);
  const { value, origins } = overBuiltIn(patch, organizationName);
  const parsed = tenantConfigSchema.safeParse(value);
  if (!parsed.success) return { outcome: 'invalid', problems: [...found, ...problemsOf(parsed.error, origins)] };
  const config = parsed.data;
  const problems = checkRules(config, origins).map((rule) => ({ ...rule, layer: writerOf(rule.path, origins) }));
  if (found.length + problems.length > 0) return { outcome: 'invalid', problems: [...found, ...problems] };
  return { outcome: 'usable', config: deepFreeze(config), origins };
}

const choices = ['stt', 'llm', 'tts', 'realtime'] as const;
const ofTheProvider = { model: null, voice: null, base_url: null, options: null };

/**
 * A layer that names a provider, or goes back to the built-in one with null, starts that choice afresh. Model, voice and
 * options of weaker layers belonged to another provider; so did the address, to which this one's key would be sent.
 */
export function writtenBy(name: LayerName, layer: JsonObject): Patch<LayerName> {
  const afresh = choices.flatMap((kind) => {
    const choice = layer[kind];
    return isObject(choice) && choice.provider !== undefined ? [[kind, { ...ofTheProvider, ...choice }] as const] : [];
  });
  return patchOf({ name, value: { ...layer, ...Object.fromEntries(afresh) } });
}

/** Clearing goes back to the built-in value, so what was written is merged by itself first. */
function overBuiltIn(written: Patch<LayerName>, organizationName: string) {
  const { language } = resultOf(written).value;
  const base = builtIn(typeof language === 'string' ? language : 'en', organizationName);
  return resultOf(combine(patchOf<LayerName>({ name: 'built-in', value: base }), withoutCleared(written)));
}

function withoutCleared(patch: Patch<LayerName>): Patch<LayerName> {
  const kept = [...patch].flatMap(([key, node]): [string, typeof node][] => {
    if (node.kind === 'cleared') return [];
    if (node.kind === 'leaf') return [[key, node]];
    return [[key, { ...node, children: withoutCleared(node.children), fresh: false }]];
  });
  return new Map(kept);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
