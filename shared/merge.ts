/**
 * Lays configuration layers over each other and remembers which layer set each leaf.
 *
 * Objects merge key by key; arrays and scalars replace; `null` clears what lower layers said. A layer that writes an object
 * where a lower one wrote a scalar (or the reverse) replaces it whole. Inputs are never changed.
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
  /** Path of a leaf, such as `tts.voice`, to the layer that set it. Keys with dots are not used in configurations. */
  readonly origins: ReadonlyMap<string, Name>;
}

interface Leaf<Name extends string> {
  readonly kind: 'leaf';
  readonly value: JsonValue;
  readonly origin: Name;
}
interface Branch<Name extends string> {
  readonly kind: 'branch';
  readonly children: ReadonlyMap<string, Node<Name>>;
  readonly origin: Name;
}
type Node<Name extends string> = Leaf<Name> | Branch<Name>;

/** Merges from the weakest layer to the strongest. */
export function mergeLayers<Name extends string>(layers: readonly Layer<Name>[]): Merged<Name> {
  let root: ReadonlyMap<string, Node<Name>> = new Map();
  for (const layer of layers) root = overlay(root, layer.value, layer.name);
  const origins = new Map<string, Name>();
  return { value: toJson(root, '', origins), origins };
}

function overlay<Name extends string>(
  below: ReadonlyMap<string, Node<Name>>,
  above: JsonObject,
  origin: Name,
): ReadonlyMap<string, Node<Name>> {
  const result = new Map(below);
  for (const [key, value] of Object.entries(above)) {
    if (value === null) result.delete(key);
    else result.set(key, toNode(result.get(key), value, origin));
  }
  return result;
}

function toNode<Name extends string>(below: Node<Name> | undefined, value: JsonValue, origin: Name): Node<Name> {
  if (!isObject(value)) return { kind: 'leaf', value, origin };
  const base = below?.kind === 'branch' ? below.children : new Map<string, Node<Name>>();
  return { kind: 'branch', children: overlay(base, value, origin), origin };
}

function toJson<Name extends string>(
  children: ReadonlyMap<string, Node<Name>>,
  prefix: string,
  origins: Map<string, Name>,
): JsonObject {
  const entries: [string, JsonValue][] = [];
  for (const [key, node] of children) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (node.kind === 'leaf' || node.children.size === 0) origins.set(path, node.origin);
    entries.push([key, node.kind === 'leaf' ? node.value : toJson(node.children, path, origins)]);
  }
  // fromEntries defines own properties, so a key named __proto__ stays data.
  return Object.fromEntries(entries);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
