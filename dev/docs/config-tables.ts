/** The tables of docs/configuration.md: every setting, and what each provider takes. */
import { providerSpecs } from '../../shared/providers/index.ts';
import { kinds, type ModelSpec, type ServiceSpec } from '../../shared/providers/provider.ts';
import { type JsonSchema, offering, optionsJsonSchema, tenantConfigJsonSchema } from './config-schema.ts';

export interface Setting {
  /** `tts.voice`, `tools.actions[].name`, `providers.<name>.base_url`. */
  readonly path: string;
  readonly schema: JsonSchema;
  /** Without a default because whoever writes the element of a list has to say it. */
  readonly required: boolean;
}

/** One for each leaf; a group that is described as one, such as a week, counts as a leaf. */
export function settingsOf(schema: JsonSchema, prefix = ''): Setting[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, inner]): Setting[] => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (inner.properties !== undefined && inner.description === undefined) return settingsOf(inner, path);
    return [{ path, schema: inner, required: required.includes(key) }, ...elementsOf(inner, path)];
  });
}

/** The elements of a fallback list have the settings that its first choice has, so they are not told again. */
function elementsOf({ items, additionalProperties }: JsonSchema, path: string): Setting[] {
  const named = typeof additionalProperties === 'object' ? settingsOf(additionalProperties, `${path}.<name>`) : [];
  return path.endsWith('.fallbacks') || items === undefined ? named : settingsOf(items, `${path}[]`);
}

/** Of every service that a provider offers. */
export function optionsOfServices(): (Setting & { service: string })[] {
  return kinds.flatMap((kind) =>
    offering(kind).flatMap(({ name, service }) =>
      settingsOf(optionsJsonSchema(service)).map((setting) => ({ ...setting, service: `${name} ${kind}` })),
    ),
  );
}

export function settingsTable(): string {
  return table(settingsOf(tenantConfigJsonSchema()));
}

export function providersText(): string {
  return providerSpecs
    .map(({ name, title, address, key, prices, ...services }) => {
      const offered = kinds.flatMap((kind) => {
        const service = services[kind];
        return service === undefined ? [] : [`\n### ${name}: ${kind}\n\n${serviceText(service)}`];
      });
      const reached = address === null ? 'The configuration says where it is reached' : `Reached at ${address}`;
      const wanted = key === 'needed' ? `a key named \`${name}\` is needed` : `a key named \`${name}\` is optional`;
      const cost = prices === null ? '' : ` Prices: ${prices}.`;
      return `## ${title}\n\n\`${name}\`. ${reached}; ${wanted}.${cost}\n${offered.join('')}`;
    })
    .join('\n');
}

function serviceText(service: ServiceSpec): string {
  const { defaultModel, defaultVoice, models, otherModels } = service;
  const rows = Object.entries(models).map(([name, model]) =>
    modelRow(name === defaultModel ? `**${name}**` : name, model),
  );
  const others = otherModels === null ? [] : [modelRow('any other', otherModels)];
  const options = settingsOf(optionsJsonSchema(service));
  return [
    ['| model | languages | comes while it is made |', '|---|---|---|', ...rows, ...others, ''].join('\n'),
    defaultVoice === null ? '' : `Voice, when none is named: \`${defaultVoice}\`.\n`,
    options.length === 0 ? 'No options.\n' : table(options),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function modelRow(name: string, { languages, streaming }: ModelSpec): string {
  return `| ${name} | ${languages === 'any' ? 'any' : languages.join(' ')} | ${streaming ? 'yes' : 'no'} |`;
}

function table(settings: readonly Setting[]): string {
  const rows = settings.map(({ path, schema, required }) => {
    const byDefault =
      schema.default === undefined ? (required ? 'required' : "the provider's own") : code(schema.default);
    const cells = [`\`${path}\``, meaning(schema), byDefault, code(schema.examples?.[0])];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| setting | meaning | default | example |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function meaning({ description = '', enum: words, minimum, maximum }: JsonSchema): string {
  const choices = Array.isArray(words) && !description.includes('`') ? ` One of ${words.map(code).join(', ')}.` : '';
  const range = typeof minimum === 'number' && typeof maximum === 'number' ? ` ${minimum} to ${maximum}.` : '';
  return escaped(`${description}${choices}${range}`);
}

function code(value: unknown): string {
  if (value === undefined) return '–';
  return `\`${escaped(JSON.stringify(value))}\``;
}

/** A bar would end the cell. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
