/** Whether what a business declares for its agent can become tools. */
import { Ajv } from 'ajv';
import { isObject, type JsonObject, type JsonValue } from '../merge.ts';
import type { TenantConfig } from './schema.ts';
import type { Action } from './tools.ts';

/** What an agent's own tools are called. */
export const toolNames = [
  'end_call',
  'transfer_call',
  'create_ticket',
  'take_message',
  'collect_digits',
  'switch_language',
  'business_hours',
] as const;

/** They belong to the connection, or are ours. */
const reservedHeaders =
  /^(host|connection|content-.*|transfer-encoding|upgrade|te|trailer|expect|accept.*|x-switchboard-.*)$/i;

export function checkActions({ tools, backend }: TenantConfig): { path: string; message: string }[] {
  const ofActions = tools.actions.flatMap((action, at) =>
    problemsOf(action).map(({ field, message }) => ({ path: `tools.actions.${at}.${field}`, message })),
  );
  const ofHeaders = Object.keys(backend.secret_headers)
    .filter((header) => reservedHeaders.test(header))
    .map((header) => ({ path: `backend.secret_headers.${header}`, message: 'this header is not free to be set' }));
  const wants = tools.actions.length > 0 || backend.caller_lookup.path !== null;
  const missing = wants && backend.url === null;
  const ofUrl = missing ? [{ path: 'backend.url', message: 'actions need the address of the backend' }] : [];
  return [...ofUrl, ...ofActions, ...ofHeaders];
}

function problemsOf(action: Action): { field: string; message: string }[] {
  const taken = (toolNames as readonly string[]).includes(action.name);
  return [
    ...(taken ? [{ field: 'name', message: `${action.name} is a tool of every agent: take another name` }] : []),
    ...schemaProblems(action.parameters).map((message) => ({ field: 'parameters', message })),
    ...pathProblems(action).map((message) => ({ field: 'path', message })),
  ];
}

function schemaProblems(schema: JsonObject): string[] {
  if (schema['type'] !== 'object') return ['the schema of the parameters has the type object'];
  const words = new Set(keywordsIn(schema));
  // A pattern can be made to try for ever, and would hold up every call of the machine.
  const refused = ['pattern', 'patternProperties', '$dynamicRef', '$async'].filter((word) => words.has(word));
  if (refused.length > 0) return [`${refused.join(', ')} cannot be used: say it in the description`];
  try {
    new Ajv({ strict: false, logger: false }).compile(schema);
    return [];
  } catch (thrown) {
    return [`this is no JSON Schema: ${thrown instanceof Error ? thrown.message : String(thrown)}`];
  }
}

/** The keys of every schema in a schema; names of properties are not among them. */
function keywordsIn(schema: JsonValue): string[] {
  if (Array.isArray(schema)) return schema.flatMap((item: JsonValue) => keywordsIn(item));
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (['enum', 'const', 'default', 'examples'].includes(key)) return [key];
    const named = ['properties', '$defs', 'definitions', 'dependentSchemas'].includes(key) && isObject(value);
    return [key, ...(named ? Object.values(value).flatMap(keywordsIn) : keywordsIn(value))];
  });
}

/** A part of the path that may be left out has no request. */
function pathProblems({ path, parameters }: Action): string[] {
  const required = Array.isArray(parameters['required']) ? parameters['required'] : [];
  const parts = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  return parts
    .filter((name) => !required.includes(name))
    .map((name) => `{${name}} has to be one of the required parameters`);
}
