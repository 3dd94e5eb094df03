import { isObject, type JsonObject, type JsonValue, resultOf } from '../merge.ts';
import { checkChoice } from '../providers/index.ts';
import { kinds } from '../providers/provider.ts';
import { checkOwnWords } from './layer-rules.ts';
import { type ConfigProblem, type LayerName, problemsOf } from './problem.ts';
import { writtenBy } from './resolve.ts';
import { choicesOf } from './rules.ts';
import { type TenantConfig, tenantConfigSchema } from './schema.ts';

/**
 * Checks one layer by itself, when it is saved: types, ranges, unknown keys. What only shows when it lies over the others
 * (a destination that another layer lists) shows in resolveConfig.
 */
export function checkLayer(layer: LayerName, value: JsonValue): readonly ConfigProblem[] {
  if (!isObject(value)) return [{ path: '', message: 'a configuration is an object', layer }];
  const { value: written, origins } = resultOf(writtenBy(layer, value));
  const found = checkOwnWords(layer, value);
  const parsed = tenantConfigSchema.safeParse(written satisfies JsonObject);
  if (!parsed.success) return [...found, ...problemsOf(parsed.error, origins)];
  return [...found, ...checkNamedChoices(layer, written, parsed.data)];
}

/** Only where the layer itself names the provider: else it is another layer that says whose model and options these are. */
function checkNamedChoices(layer: LayerName, written: JsonObject, config: TenantConfig): ConfigProblem[] {
  const language = written.language === undefined ? null : config.language;
  return kinds.flatMap((kind) => {
    const [first, ...fallbacks] = choicesOf(config, kind);
    const service = written[kind];
    const named = isObject(service) && service.provider !== undefined;
    return [...(named && first ? [first] : []), ...fallbacks].flatMap(({ path, choice }) =>
      checkChoice(kind, choice, language).map((found) => ({ ...found, path: `${path}.${found.path}`, layer })),
    );
  });
}
