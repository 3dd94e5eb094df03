import { hc } from 'hono/client';
import type { auditApi } from '../../../dispatch/api/resources/audit.ts';
import { type JsonObject, objectIn } from './json.ts';
import { type Page, pageOf } from './page.ts';
import { apiPath, read, sending } from './request.ts';

const client = hc<ReturnType<typeof auditApi>>(apiPath, sending);

export type AuditEntry = Awaited<ReturnType<typeof listAudit>>['items'][number];
/** A part of what was changed; null: it was not there. */
type Part = JsonObject | null;

interface AuditFilter {
  readonly organization?: string | undefined;
  readonly target?: string | undefined;
  /** How the action begins, as `number.` */
  readonly action?: string | undefined;
}

export async function listAudit(filter: AuditFilter, page: Page = {}) {
  const { items, next } = await read(client.audit.$get({ query: { ...filter, ...pageOf(page) } }));
  return {
    items: items.map(({ before, after, ...entry }) => ({ ...entry, before: partIn(before), after: partIn(after) })),
    next,
  };
}

function partIn(part: unknown): Part {
  return part === null ? null : objectIn(part);
}
