/** Reading and writing below a dotted path, without changing what is there. */
import { isObject, type JsonObject, type JsonValue, same } from '../api/json.ts';

export function valueAt(config: JsonObject, path: string): JsonValue | undefined {
  return path
    .split('.')
    .reduce<JsonValue | undefined>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), config);
}

export function withValue(config: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return config;
  if (rest.length === 0) return { ...config, [key]: value };
  const inner = config[key];
  return { ...config, [key]: withValue(isObject(inner) ? inner : {}, rest, value) };
}

/** What is empty then goes too: an object without keys would say something. */
export function withoutValue(config: JsonObject, path: readonly string[]): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(config, key)) return config;
  const { [key]: inner, ...others } = config;
  if (rest.length === 0 || !isObject(inner)) return rest.length === 0 ? others : config;
  const left = withoutValue(inner, rest);
  return Object.keys(left).length === 0 ? others : { ...config, [key]: left };
}

export interface Difference {
  readonly path: readonly string[];
  /** Undefined: not written. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** Leaf by leaf, in the order of paths; a list is one leaf, for lists are replaced whole. */
export function differencesOf(before: JsonObject, after: JsonObject): Difference[] {
  const [left, right] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((name) => ({ name, was: left.get(name), is: right.get(name) }))
    .filter(({ was, is }) => !same(was?.value, is?.value))
    .map(({ was, is }) => ({ path: (was ?? is)?.path ?? [], before: was?.value, after: is?.value }));
}

/** What was changed from `base` to `mine`, done to `theirs`. */
export function rebased(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  return differencesOf(base, mine).reduce(
    (config, { path, after }) => (after === undefined ? withoutValue(config, path) : withValue(config, path, after)),
    theirs,
  );
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

function leavesOf(value: JsonObject, path: readonly string[] = []): Map<string, Leaf> {
  const leaves = Object.entries(value).flatMap(([key, inner]): [string, Leaf][] => {
    const at = [...path, key];
    if (isObject(inner) && Object.keys(inner).length > 0) return [...leavesOf(inner, at)];
    return [[at.join('.'), { path: at, value: inner }]];
  });
  return new Map(leaves);
}
