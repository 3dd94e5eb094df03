/** Configurations: one layer each of the platform, an organisation, an agent and a number, with every version of it. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Database } from '../../../shared/db.ts';
import type { JsonObject } from '../../../shared/merge.ts';
import { needs } from '../caller.ts';
import { anyJson, jsonObject, organizationRefSchema, timestamp } from '../documents.ts';
import { checkWritten, effectiveOf, type Layers, type WrittenLayer } from '../effective.ts';
import { body, json, pageFields, pageSchema, readPage } from '../listing.ts';
import { ApiProblem, found, missing, wrongFields } from '../problem.ts';
import { newResource } from '../resource.ts';

const configSchema = jsonObject.openapi('Config', { description: 'See docs/tenant-config.schema.json.' });
const layerSchema = z
  .object({
    config: configSchema,
    revision: z.int().openapi({ description: 'Also the ETag.' }),
    organization: organizationRefSchema.nullable(),
  })
  .openapi('Layer');
const versionSchema = z
  .object({
    revision: z.int(),
    savedAt: timestamp,
    savedBy: z.string().nullable(),
    active: z.boolean(),
    config: configSchema,
  })
  .openapi('Version');
const layerName = z.enum(['built-in', 'platform', 'organization', 'instance', 'number']);
const problemFields = z.array(z.object({ path: z.string(), message: z.string(), layer: layerName.nullable() }));
const effectiveSchema = z
  .discriminatedUnion('outcome', [
    z.object({
      outcome: z.literal('usable'),
      fields: z.array(z.object({ path: z.string(), value: anyJson, layer: layerName, inherited: anyJson.optional() })),
    }),
    z.object({ outcome: z.literal('missing') }),
    z.object({ outcome: z.literal('invalid'), problems: problemFields }),
  ])
  .openapi('Effective');
const layersSchema = z
  .object({
    organizationName: z.string(),
    phoneNumber: z.string().nullable(),
    platform: jsonObject,
    organization: jsonObject,
    instance: jsonObject.nullable(),
    number: jsonObject,
  })
  .nullable();

const layerParam = z.enum(['platform', 'organizations', 'agents', 'numbers']);
const layerOfParam = {
  platform: 'platform',
  organizations: 'organization',
  agents: 'instance',
  numbers: 'number',
} as const satisfies Record<z.infer<typeof layerParam>, WrittenLayer>;
const params = z.object({
  of: layerParam,
  id: z.string().openapi({ description: 'Of the organisation, the agent or the number; of the platform: all.' }),
});

const tags = ['config'];
const read = createRoute({
  method: 'get',
  path: '/config/{of}/{id}',
  tags,
  summary: 'What is written on a layer',
  ...needs('config:read'),
  request: { params },
  responses: json(layerSchema, 'The layer, with its ETag.'),
});
const save = createRoute({
  method: 'put',
  path: '/config/{of}/{id}',
  tags,
  summary: 'Save a layer, over the version that was read (If-Match)',
  ...needs('config:write'),
  request: { params, body: body(configSchema), headers: z.object({ 'if-match': z.string().optional() }) },
  responses: json(z.object({ revision: z.int() }), 'The new version; calls from now on have it.'),
});
const check = createRoute({
  method: 'post',
  path: '/config/{of}/{id}/check',
  tags,
  summary: 'What saving this would say, and what it would come to',
  ...needs('config:read'),
  request: { params, body: body(configSchema) },
  responses: json(z.object({ problems: problemFields, effective: effectiveSchema }), 'Nothing is saved.'),
});
const effective = createRoute({
  method: 'get',
  path: '/config/{of}/{id}/effective',
  tags,
  summary: 'Every field as it is in the end, and which layer set it',
  ...needs('config:read'),
  request: { params },
  responses: json(effectiveSchema, 'Field by field.'),
});
const versions = createRoute({
  method: 'get',
  path: '/config/{of}/{id}/versions',
  tags,
  summary: 'Every version that was ever saved',
  ...needs('config:read'),
  request: { params, query: z.object(pageFields) },
  responses: json(pageSchema(versionSchema), 'Newest first.'),
});
const restore = createRoute({
  method: 'post',
  path: '/config/{of}/{id}/versions/{revision}/restore',
  tags,
  summary: 'Save an old version again, after today’s checks',
  ...needs('config:write'),
  request: { params: params.extend({ revision: z.coerce.number().int() }) },
  responses: json(z.object({ revision: z.int() }), 'The new version.'),
});

export function layersApi() {
  return newResource()
    .openapi(read, async (context) => {
      const layer = await layerOf(context.get('database'), addressOf(context.req.valid('param')));
      context.header('etag', etagOf(layer.revision));
      return context.json(layer, 200);
    })
    .openapi(save, async (context) => {
      const address = addressOf(context.req.valid('param'));
      const seen = revisionOf(context.req.valid('header')['if-match']);
      const config = context.req.valid('json');
      await demandValid(context.get('database'), address, config);
      const revision = await saveLayer(context.get('database'), address, { config, seen });
      context.header('etag', etagOf(revision));
      return context.json({ revision }, 200);
    })
    .openapi(check, async (context) => {
      const address = addressOf(context.req.valid('param'));
      const config = context.req.valid('json');
      const layers = await layersOf(context.get('database'), address);
      const problems = [...checkWritten(address.layer, config, layers)];
      return context.json({ problems, effective: shown(effectiveOf({ ...layers, [address.layer]: config })) }, 200);
    })
    .openapi(effective, async (context) => {
      const layers = await layersOf(context.get('database'), addressOf(context.req.valid('param')));
      return context.json(shown(effectiveOf(layers)), 200);
    })
    .openapi(versions, async (context) => {
      const args = argsOf(addressOf(context.req.valid('param')));
      const list = { name: 'api_versions', item: versionSchema, args };
      return context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200);
    })
    .openapi(restore, async (context) => {
      const { revision, ...param } = context.req.valid('param');
      const address = addressOf(param);
      const database = context.get('database');
      const list = { name: 'api_versions', item: versionSchema, args: argsOf(address) };
      const { items } = await readPage(database, list, {
        limit: 1,
        after: Buffer.from(`${revision + 1}`).toString('base64url'),
      });
      const [wanted] = items;
      if (wanted?.revision !== revision) throw missing('version');
      const { config } = wanted;
      await demandValid(database, address, config);
      const { revision: seen } = await layerOf(database, address);
      return context.json({ revision: await saveLayer(database, address, { config, seen }) }, 200);
    });
}

export interface Address {
  readonly layer: WrittenLayer;
  /** Null: the platform. */
  readonly id: string | null;
}

function addressOf({ of, id }: z.infer<typeof params>): Address {
  const layer = layerOfParam[of];
  if (layer === 'platform') return { layer, id: null };
  const parsed = z.uuid().safeParse(id);
  if (!parsed.success) throw new ApiProblem('malformed', `${JSON.stringify(id)} is no id.`);
  return { layer, id: parsed.data };
}

function argsOf({ layer, id }: Address) {
  return { p_layer: layer, p_id: id };
}

async function layerOf(database: Database, address: Address) {
  return found(await database.row('api_layer', argsOf(address), layerSchema.nullable()), 'configuration');
}

async function layersOf(database: Database, address: Address): Promise<Layers> {
  return found(await database.row('api_layers', argsOf(address), layersSchema), 'configuration');
}

/** @throws ApiProblem invalid, with every field */
export async function demandValid(database: Database, address: Address, config: JsonObject): Promise<void> {
  const problems = checkWritten(address.layer, config, await layersOf(database, address));
  if (problems.length > 0) throw wrongFields('invalid', problems);
}

const savedSchema = z.object({
  outcome: z.enum(['saved', 'changed_meanwhile', 'forbidden', 'missing']),
  revision: z.int().nullable(),
});

async function saveLayer(
  database: Database,
  address: Address,
  { config, seen }: { readonly config: JsonObject; readonly seen: number },
): Promise<number> {
  const args = { ...argsOf(address), p_config: config, p_revision: seen };
  const { outcome, revision } = await database.row('api_save_layer', args, savedSchema);
  switch (outcome) {
    case 'saved':
      return found(revision, 'configuration');
    case 'changed_meanwhile':
      throw new ApiProblem('changed_meanwhile', `Version ${revision} was saved meanwhile; you changed ${seen}.`);
    case 'forbidden':
      throw new ApiProblem('forbidden');
    case 'missing':
      throw missing('configuration');
  }
}

function etagOf(revision: number): string {
  return `"${revision}"`;
}

function revisionOf(ifMatch: string | undefined): number {
  const [, revision] = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch ?? '') ?? [];
  if (revision === undefined) throw new ApiProblem('version_wanted');
  return Number(revision);
}

/** As plain arrays, which is what a document is made of. */
function shown(effective: ReturnType<typeof effectiveOf>): z.infer<typeof effectiveSchema> {
  return effectiveSchema.parse(effective);
}
