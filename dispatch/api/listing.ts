/** Lists that are read page by page: each says from where the next one goes on. */
import { z } from '@hono/zod-openapi';
import type { Database } from '../../shared/db.ts';
import { type TenantKey, tenantKeySchema } from '../../shared/ids.ts';
import { ApiProblem } from './problem.ts';

export const pageFields = {
  limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ description: 'Most items of a page.' }),
  after: z.string().max(1000).optional().openapi({ description: '`next` of the page before.' }),
};
export const organizationField = z.uuid().optional().openapi({ description: 'Only what is of this organisation.' });
export const wordField = z.string().trim().min(1).max(200).optional();
export const flagField = z
  .enum(['true', 'false'])
  .transform((word) => word === 'true')
  .optional();
export const timeField = z.iso.datetime({ offset: true }).optional();

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().openapi({ description: 'For `after`; null: this was the last page.' }),
  });
}

interface PageQuery {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** Asks a list function of the database for a page. */
export async function readPage<Item>(
  database: Database,
  list: { readonly name: string; readonly item: z.ZodType<Item>; readonly args?: Readonly<Record<string, unknown>> },
  { after, ...query }: PageQuery,
): Promise<{ items: Item[]; next: string | null }> {
  const from = after === undefined ? {} : { after: cursorOf(after) };
  const row = z.object({ item: list.item, cursor: z.string() });
  const rows = await database.rows(list.name, { ...list.args, p_query: { ...query, ...from } }, row);
  const shown = rows.slice(0, query.limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    items: shown.map(({ item }) => item),
    next: last === undefined ? null : Buffer.from(last.cursor).toString('base64url'),
  };
}

/** One item of a list function, by its id. @throws ApiProblem not_found */
export async function readOne<Item>(
  database: Database,
  list: { readonly name: string; readonly item: z.ZodType<Item> },
  id: string,
): Promise<Item> {
  const { items } = await readPage(database, { ...list, args: {} }, { limit: 1, id } as PageQuery);
  const [only] = items;
  if (only === undefined) throw new ApiProblem('not_found');
  return only;
}

const slugList = { name: 'api_organizations', item: z.object({ slug: tenantKeySchema }) };

/** Tenant key of an organisation. @throws ApiProblem not_found */
export async function slugOf(database: Database, organization: string): Promise<TenantKey> {
  return (await readOne(database, slugList, organization)).slug;
}

function cursorOf(after: string): string {
  return Buffer.from(after, 'base64url').toString();
}

export const idParams = z.object({ id: z.uuid() });

export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { 200: { description, content: { 'application/json': { schema } } } } as const;
}

export function created<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { 201: { description, content: { 'application/json': { schema } } } } as const;
}

export const done = { 204: { description: 'Done.' } } as const;

export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}
