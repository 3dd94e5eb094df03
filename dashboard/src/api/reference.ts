/** The document that describes the API, as far as it is shown. */
import { isList, isObject, type JsonObject, type JsonValue } from './json.ts';
import { problemIn } from './problem.ts';
import { apiPath, send } from './request.ts';

export interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly required: boolean;
  readonly type: string;
  readonly description: string;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Undefined: nothing is sent. */
  readonly body: JsonValue | undefined;
  readonly responses: readonly { readonly status: string; readonly description: string; readonly schema: JsonValue }[];
}

export interface Reference {
  readonly description: string;
  readonly operations: readonly Operation[];
  readonly schemas: readonly (readonly [name: string, schema: JsonValue])[];
}

export const documentPath = `${apiPath}/openapi.json`;
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

export async function readReference(): Promise<Reference> {
  const answer = await send(documentPath);
  if (!answer.ok) throw await problemIn(answer);
  const document: unknown = await answer.json();
  return referenceIn(isObject(document) ? document : {});
}

function referenceIn(document: JsonObject): Reference {
  const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = isObject(item) ? item[method] : undefined;
      return isObject(operation) ? [operationIn(method, path, operation)] : [];
    }),
  );
  return {
    description: textAt(objectAt(document, 'info'), 'description'),
    operations,
    schemas: Object.entries(objectAt(objectAt(document, 'components'), 'schemas')),
  };
}

function operationIn(method: string, path: string, operation: JsonObject): Operation {
  const [tag] = listAt(operation, 'tags');
  return {
    method: method.toUpperCase(),
    path,
    tag: typeof tag === 'string' ? tag : '',
    summary: textAt(operation, 'summary'),
    description: textAt(operation, 'description'),
    scopes: listAt(operation, 'security')
      .filter(isObject)
      .flatMap((one) => listAt(one, 'key'))
      .map(String),
    parameters: listAt(operation, 'parameters').filter(isObject).map(parameterIn),
    body: schemaIn(operation.requestBody),
    responses: Object.entries(objectAt(operation, 'responses')).map(([status, response]) => ({
      status,
      description: isObject(response) ? textAt(response, 'description') : '',
      schema: schemaIn(response) ?? null,
    })),
  };
}

function parameterIn(parameter: JsonObject): Parameter {
  const { type, enum: values, format } = objectAt(parameter, 'schema');
  const choices = isList(values) ? values.map(String).join(' | ') : undefined;
  return {
    name: textAt(parameter, 'name'),
    place: textAt(parameter, 'in'),
    required: parameter.required === true,
    type: choices ?? [type, format].filter((part) => typeof part === 'string').join(' '),
    description: textAt(parameter, 'description') || textAt(objectAt(parameter, 'schema'), 'description'),
  };
}

/** Of whichever kind of content there is. */
function schemaIn(described: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(described)) return undefined;
  const [content] = Object.values(objectAt(described, 'content'));
  return isObject(content) ? content.schema : undefined;
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const inner = value[key];
  return isObject(inner) ? inner : {};
}

function listAt(value: JsonObject, key: string): readonly JsonValue[] {
  const inner = value[key];
  return isList(inner) ? inner : [];
}

function textAt(value: JsonObject, key: string): string {
  const inner = value[key];
  return typeof inner === 'string' ? inner : '';
}
