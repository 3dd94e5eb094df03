/**
 * Lays configuration layers over each other and remembers which layer set each leaf.
 *
 * Objects merge key by key; arrays and scalars replace; `null` clears what weaker layers said. A layer that writes an object
 * where a weaker one wrote a scalar (or the reverse) replaces it whole. Inputs are never changed.
 *
 * What a layer does is kept as a patch, not as a value, and patches combine associatively: a patch remembers what it cleared,
 * so two layers may be combined before anybody knows what stands below them.
 */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export interface Layer<Name extends string> {
  readonly name: Name;
  readonly value: JsonObject;
}

export interface Merged<Name extends string> {
  readonly value: JsonObject;
  /** Path of a leaf, such as `tts.voice`, to the layer that set it. */
  readonly origins: ReadonlyMap<string, Name>;
}

type Node<Name extends string> =
  | { readonly kind: 'leaf'; readonly value: JsonValue; readonly origin: Name }
  | { readonly kind: 'cleared' }
  | {
      readonly kind: 'branch';
      readonly children: Patch<Name>;
      readonly origin: Name;
      /** Nothing of what stands below may show through: a layer of this patch cleared or replaced it first. */
      readonly fresh: boolean;
    };

/** What one or more layers do to those below. */
export type Patch<Name extends string> = ReadonlyMap<string, Node<Name>>;

/** Merges from the weakest layer to the strongest. */
export function mergeLayers<Name extends string>(layers: readonly Layer<Name>[]): Merged<Name> {
  return resultOf(layers.map(patchOf).reduce(combine, new Map()));
}

export function patchOf<Name extends string>({ name, value }: Layer<Name>): Patch<Name> {
  return new Map(Object.entries(value).map(([key, inner]) => [key, nodeOf(inner, name)]));
}

/** The patch that does what `below` does and then what `above` does. */
export function combine<Name extends string>(below: Patch<Name>, above: Patch<Name>): Patch<Name> {
  const result = new Map(below);
  for (const [key, node] of above) result.set(key, overlay(result.get(key), node));
  return result;
}

/** What is there when nothing stands below. */
export function resultOf<Name extends string>(patch: Patch<Name>): Merged<Name> {
  const origins = new Map<string, Name>();
  return { value: toJson(patch, '', origins), origins };
}

function nodeOf<Name extends string>(value: JsonValue, origin: Name): Node<Name> {
  if (value === null) return { kind: 'cleared' };
  if (!isObject(value)) return { kind: 'leaf', value, origin };
  return { kind: 'branch', children: patchOf({ name: origin, value }), origin, fresh: false };
}

function overlay<Name extends string>(below: Node<Name> | undefined, above: Node<Name>): Node<Name> {
  if (above.kind !== 'branch' || above.fresh || below === undefined) return above;
  if (below.kind !== 'branch') return { ...above, fresh: true };
  return { ...above, children: combine(below.children, above.children), fresh: below.fresh };
}

function toJson<Name extends string>(patch: Patch<Name>, prefix: string, origins: Map<string, Name>): JsonObject {
  const entries: [string, JsonValue][] = [];
  for (const [key, node] of patch) {
    if (node.kind === 'cleared') continue;
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const value = node.kind === 'leaf' ? node.value : toJson(node.children, path, origins);
    if (node.kind === 'leaf' || Object.keys(value as JsonObject).length === 0) origins.set(path, node.origin);
    entries.push([key, value]);
  }
  // fromEntries defines own properties, so a key named __proto__ stays data.
  return Object.fromEntries(entries);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
