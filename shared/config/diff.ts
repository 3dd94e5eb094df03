/** What is different between two versions of a layer. */
import { isObject, type JsonObject, type JsonValue } from '../merge.ts';

export interface ConfigDifference {
  /** Dotted path of a leaf; a list is one leaf, for lists are replaced whole. */
  readonly path: string;
  /** Undefined: not written. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** Leaf by leaf, in the order of paths; empty when both say the same. */
export function diffConfigs(before: JsonObject, after: JsonObject): ConfigDifference[] {
  const [left, right] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((path) => ({ path, before: left.get(path), after: right.get(path) }))
    .filter(({ before: was, after: is }) => !same(was, is));
}

function leavesOf(value: JsonObject, prefix = '', leaves = new Map<string, JsonValue>()): Map<string, JsonValue> {
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isObject(inner) && Object.keys(inner).length > 0) leavesOf(inner, path, leaves);
    else leaves.set(path, inner);
  }
  return leaves;
}

/** The database does not keep the order of keys. */
function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((element, at) => same(element, right[at]));
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]));
}
