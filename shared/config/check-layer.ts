import { isObject, type JsonObject, type JsonValue, resultOf } from '../merge.ts';
import { type ConfigProblem, type LayerName, problemsOf } from './problem.ts';
import { writtenBy } from './resolve.ts';
import { tenantConfigSchema } from './schema.ts';

/**
 * Checks one layer by itself, when it is saved: types, ranges, unknown keys. What only shows when it lies over the others
 * (a destination that another layer lists) shows in resolveConfig.
 */
export function checkLayer(layer: LayerName, value: JsonValue): readonly ConfigProblem[] {
  if (!isObject(value)) return [{ path: '', message: 'a configuration is an object', layer }];
  const { value: written, origins } = resultOf(writtenBy(layer, value));
  const found: ConfigProblem[] = [];
  if (layer !== 'platform' && written.owner !== undefined)
    found.push({ path: 'owner', message: "only the platform's own configuration may set this", layer });
  const parsed = tenantConfigSchema.safeParse(written satisfies JsonObject);
  return parsed.success ? found : [...found, ...problemsOf(parsed.error, origins)];
}
