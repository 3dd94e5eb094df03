/** The JSON Schema of one configuration layer, for editors and pages: what the zod schema says, with what providers add. */
import { z } from 'zod';
import { tenantConfigSchema } from '../../shared/config/index.ts';
import { providerSpecs } from '../../shared/providers/index.ts';
import { type Kind, kinds, type ServiceSpec } from '../../shared/providers/provider.ts';

export interface JsonSchema {
  readonly [word: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
}

/** Without what only a layer may do: to clear. */
export function tenantConfigJsonSchema(): JsonSchema {
  const made = z.toJSONSchema(tenantConfigSchema, { io: 'input' }) as JsonSchema;
  const { $defs: _free, ...schema } = simplified(made) as JsonSchema;
  const properties = { ...schema.properties };
  for (const kind of kinds) properties[kind] = withProviders(kind, properties[kind] ?? {});
  return { ...schema, properties };
}

export function layerJsonSchema(): JsonSchema {
  const { $schema, ...schema } = clearable(tenantConfigJsonSchema());
  return {
    $schema,
    $id: 'urn:switchboard:tenant-config',
    title: 'One layer of what an agent is',
    description:
      'Platform, organisation, agent instance and number each may have one; the later ones win. null goes back to the built-in value.',
    ...schema,
    type: 'object',
  };
}

/** The options that a service takes, as its provider's own schema says. */
export function optionsJsonSchema({ options }: ServiceSpec): JsonSchema {
  const { $schema: _same, ...schema } = simplified(z.toJSONSchema(options, { io: 'input' })) as JsonSchema;
  return schema;
}

/** Free data is written as a reference to a definition of any JSON, and a group has an empty group as its default. */
function simplified(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(simplified);
  if (typeof node !== 'object' || node === null) return node;
  if ('$ref' in node) return true;
  const kept = Object.entries(node).filter(([word]) => !(word === 'default' && 'properties' in node));
  return Object.fromEntries(
    kept.map(([word, inner]) => [word, word === 'default' || word === 'examples' ? inner : simplified(inner)]),
  );
}

function withProviders(kind: Kind, service: JsonSchema): JsonSchema {
  const { fallbacks, ...first } = service.properties ?? {};
  const rules = rulesOf(kind);
  const items = fallbacks?.items ?? {};
  const behind = { ...items, properties: withNames(kind, items.properties ?? {}), allOf: rules };
  return {
    ...service,
    properties: { ...withNames(kind, first), fallbacks: { ...fallbacks, items: behind } },
    allOf: rules,
  };
}

function withNames(kind: Kind, choice: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  const { pattern: _any, ...provider } = choice['provider'] ?? {};
  return { ...choice, provider: { ...provider, enum: offering(kind).map(({ name }) => name) } };
}

/** Who names the provider is held to its options; else it is another layer that says whose options these are. */
function rulesOf(kind: Kind): JsonSchema[] {
  return offering(kind).map(({ name, service }) => ({
    if: { properties: { provider: { const: name } }, required: ['provider'] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { properties: { options: clearable(optionsJsonSchema(service)) } },
  }));
}

export function offering(kind: Kind): { name: string; title: string; service: ServiceSpec }[] {
  return providerSpecs.flatMap(({ name, title, [kind]: service }) =>
    service === undefined ? [] : [{ name, title, service }],
  );
}

/** In a layer every setting may be null. In the elements of a list it may not: lists are replaced whole. */
function clearable(schema: JsonSchema): JsonSchema {
  if (schema.properties === undefined) return orNull(schema);
  const properties = Object.entries(schema.properties).map(([key, inner]) => [key, clearable(inner)] as const);
  return orNull({ ...schema, properties: Object.fromEntries(properties) });
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: words, const: only, ...rest } = schema;
  if (type === undefined) return schema;
  const known = only === undefined ? words : [only];
  const some = Array.isArray(known) ? { enum: [...known, null] } : {};
  return { ...rest, type: [type, 'null'].flat(), ...some };
}
