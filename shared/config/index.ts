export { checkLayer } from './check-layer.ts';
export type { Choice } from './pipeline.ts';
export { type ConfigProblem, type LayerName, layerNames, type Origins, writerOf } from './problem.ts';
export { type ConfigLayers, type ConfigOutcome, resolveConfig } from './resolve.ts';
export { addressWriter, choicesOf, kindsOf, type PlacedChoice } from './rules.ts';
export { type TenantConfig, tenantConfigSchema } from './schema.ts';
