/** What a layer may not write, whatever the others say. */
import { isObject, type JsonObject } from '../merge.ts';
import { type ConfigProblem, keysAt, type LayerName, noSuchSetting } from './problem.ts';

export function checkOwnWords(layer: LayerName, value: JsonObject): ConfigProblem[] {
  return [...checkOwner(layer, value), ...checkCleared(layer, value, [])];
}

/** Clearing counts too: what the owner allows is not for others to touch. */
function checkOwner(layer: LayerName, value: JsonObject): ConfigProblem[] {
  if (layer === 'platform' || !Object.hasOwn(value, 'owner')) return [];
  return [{ path: 'owner', message: "only the platform's own configuration may set this", layer }];
}

/** `null` takes a key away before the schema sees it, so one that does not exist is looked for here. */
function checkCleared(layer: LayerName, value: JsonObject, path: readonly string[]): ConfigProblem[] {
  const known = keysAt(path);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (isObject(inner)) return checkCleared(layer, inner, here);
    if (inner !== null || known === undefined || known.includes(key)) return [];
    return [{ path: here.join('.'), message: noSuchSetting(path, key), layer }];
  });
}
