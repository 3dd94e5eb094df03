/** What a configuration is made of, as it goes over the line. */
import type { JsonObject, JsonValue } from '../../../shared/merge.ts';

export type { JsonObject, JsonValue };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was read with `answer.json()`: nothing else can be in it, which hono's types cannot know. */
export function jsonIn(document: unknown): JsonValue {
  return document as JsonValue;
}

/** An object that was read so; of what is none, an empty one. */
export function objectIn(document: unknown): JsonObject {
  return isObject(document) ? document : {};
}

export function isList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Keys in any order: the database does not keep theirs. */
export function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (isList(left) && isList(right))
    return left.length === right.length && left.every((item, at) => same(item, right[at]));
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]));
}
