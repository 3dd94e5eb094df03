/** What is wrong with a configuration, where, and who wrote it. */
import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { tenantConfigSchema } from './schema.ts';

/** Weakest first. */
export const layerNames = ['built-in', 'platform', 'organization', 'instance', 'number'] as const;
export type LayerName = (typeof layerNames)[number];
/** Path of a leaf to the layer that set it. */
export type Origins = ReadonlyMap<string, LayerName>;

export interface ConfigProblem {
  /** Dotted path of the field; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** The layer that wrote the field; null when no layer did. */
  readonly layer: LayerName | null;
}

export function problemsOf(error: z.ZodError, origins: Origins): ConfigProblem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message, layer: writerOf(path, origins) }];
    return issue.keys.map((key) => {
      const unknown = path === '' ? key : `${path}.${key}`;
      return { path: unknown, message: noSuchSetting(issue.path, key), layer: writerOf(unknown, origins) };
    });
  });
}

/** The layer of the leaf, or of the array that holds it, else of any leaf below the path. */
export function writerOf(path: string, origins: Origins): LayerName | null {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const exact = origins.get(at);
    if (exact !== undefined) return exact;
  }
  for (const [leaf, layer] of origins) if (leaf.startsWith(`${path}.`)) return layer;
  return null;
}

export function noSuchSetting(path: readonly PropertyKey[], key: string): string {
  const meant = nearest(key, keysAt(path) ?? []);
  return meant === undefined ? 'no such setting' : `no such setting: did you mean ${meant}?`;
}

/** The settings that there are below a path; undefined where the path leads into free data. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] | undefined {
  let schema: unknown = tenantConfigSchema;
  for (const step of path) schema = inner(unwrapped(schema), step);
  const { shape } = unwrapped(schema) as { shape?: object };
  return shape === undefined ? undefined : Object.keys(shape);
}

function inner(schema: unknown, step: PropertyKey): unknown {
  const { shape, element, valueType } = schema as {
    shape?: Record<PropertyKey, unknown>;
    element?: unknown;
    valueType?: unknown;
  };
  return shape?.[step] ?? element ?? valueType;
}

/** What stands behind defaults and the like. */
function unwrapped(schema: unknown): unknown {
  let at = schema as { unwrap?: () => unknown; element?: unknown } | undefined;
  // Arrays have an unwrap() too, to their element, which a path reaches by its own step.
  while (at !== undefined && at.element === undefined && typeof at.unwrap === 'function') at = at.unwrap() as typeof at;
  return at ?? {};
}
