/** What an agent says in the end, field by field, and which layer said it. */
import {
  type ConfigLayers,
  type ConfigProblem,
  checkLayer,
  type LayerName,
  resolveConfig,
} from '../../shared/config/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../shared/merge.ts';
import { forwardToItself } from '../forward-to-itself.ts';

export type WrittenLayer = Exclude<LayerName, 'built-in'>;

/** The layers of one agent up to the one that is looked at. */
export interface Layers extends ConfigLayers {
  readonly organizationName: string;
  readonly phoneNumber: string | null;
}

export interface EffectiveField {
  readonly path: string;
  readonly value: JsonValue;
  readonly layer: LayerName;
  /** What it would be if the looked-at layer said nothing; left out where that is the same. */
  readonly inherited?: JsonValue;
}

export type Effective =
  | { readonly outcome: 'usable'; readonly fields: readonly EffectiveField[] }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** Only the platform's owner is told what the owner allows. */
const hidden = 'owner';

export function effectiveOf(layers: Layers): Effective {
  const resolved = resolveConfig(layers, layers.organizationName);
  if (resolved.outcome !== 'usable') return resolved;
  const below = resolveConfig({ ...layers, number: {} }, layers.organizationName);
  const inherited = below.outcome === 'usable' ? new Map(leavesOf(below.config as unknown as JsonObject)) : new Map();
  const fields = leavesOf(resolved.config as unknown as JsonObject)
    .filter(([path]) => path.split('.')[0] !== hidden)
    .map(([path, value]): EffectiveField => {
      const layer = layerOf(path, resolved.origins);
      const before = inherited.get(path);
      return { path, value, layer, ...(layer === 'number' && before !== undefined ? { inherited: before } : {}) };
    });
  return { outcome: 'usable', fields };
}

/** By itself, then over what it lies over, as far as that is known. */
export function checkWritten(layer: WrittenLayer, config: JsonObject, layers: Layers): readonly ConfigProblem[] {
  const own = [
    ...checkLayer(layer, config),
    ...forwardToItself(config, layer === 'number' ? layers.phoneNumber : null),
  ];
  if (own.length > 0) return own;
  const resolved = resolveConfig({ ...layers, [layer]: config }, layers.organizationName);
  return resolved.outcome === 'invalid' ? resolved.problems : [];
}

function leavesOf(value: JsonObject, path = ''): [string, JsonValue][] {
  return Object.entries(value).flatMap(([key, inner]): [string, JsonValue][] => {
    const at = path === '' ? key : `${path}.${key}`;
    return isObject(inner) && Object.keys(inner).length > 0 ? leavesOf(inner, at) : [[at, inner]];
  });
}

/** A default that stands in a stronger default has no line of its own among the origins. */
function layerOf(path: string, origins: ReadonlyMap<string, LayerName>): LayerName {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const exact = origins.get(at);
    if (exact !== undefined) return exact;
  }
  return 'built-in';
}
