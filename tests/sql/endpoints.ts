/** Endpoints of tenants, and what is owed to them, as SQL has it. */
import type { Sql, TransactionSql } from 'postgres';
import { z } from 'zod';
import { claimedSchema, releasedSchema, settledSchema } from '../../dispatch/webhooks/delivery.ts';
import type { Database } from '../../shared/db.ts';
import type { TestDatabase } from '../support/postgres.ts';

export const harbor = '0a000000-0000-4000-8000-000000000001';
export const bianchi = '0b000000-0000-4000-8000-000000000001';

const payloadSchema = z.object({ type: z.string(), at: z.string(), data: z.record(z.string(), z.unknown()) });
export type Payload = z.infer<typeof payloadSchema>;

interface Wishes {
  readonly events?: readonly string[];
  readonly active?: boolean;
}

export async function addEndpoint(sql: Sql, organization: string, { events = [], active = true }: Wishes = {}) {
  const [row] = await sql`
    insert into webhook_endpoints (organization_id, url, events, active, secret_ciphertext)
    values (${organization}, 'https://hooks.test/in', ${events as string[]}, ${active}, 'sealed') returning id`;
  return z.uuid().parse(row?.['id']);
}

/** Everything that was ever owed to it, oldest first. */
export async function owedTo(sql: Sql, endpoint: string): Promise<Payload[]> {
  const rows = await sql`select payload from webhook_deliveries where endpoint_id = ${endpoint} order by created_at`;
  return rows.map((row) => payloadSchema.parse(row['payload']));
}

export async function eventsOwedTo(sql: Sql, endpoint: string): Promise<string[]> {
  return (await owedTo(sql, endpoint)).map(({ type }) => type);
}

/** So many deliveries that are due since so many seconds, the first one since longest. */
export async function owe(sql: Sql, endpoint: string, count: number): Promise<string[]> {
  const rows = await sql`
    insert into webhook_deliveries (organization_id, endpoint_id, event, payload, next_attempt_at, created_at)
    select organization_id, id, 'webhook.test', '{"type": "webhook.test", "at": "", "data": {}}', due, due
    from webhook_endpoints, lateral (
      select now() - make_interval(secs => ${count} - number) from generate_series(0, ${count} - 1) numbers (number)
    ) dues (due)
    where id = ${endpoint}
    returning id, next_attempt_at`;
  return rows
    .toSorted((one, other) => one['next_attempt_at'] - other['next_attempt_at'])
    .map((row) => z.uuid().parse(row['id']));
}

export function claim(dispatch: Database, limit = 100) {
  return dispatch.rows('claim_webhook_deliveries', { p_limit: limit }, claimedSchema);
}

type Claimed = Pick<z.infer<typeof claimedSchema>, 'id' | 'attempt'>;

export function settle(dispatch: Database, { id, attempt }: Claimed, status: number | null = 200) {
  const delivered = status === 200;
  const args = { p_id: id, p_attempt: attempt, p_delivered: delivered, p_status: status };
  const settled = { ...args, p_error: delivered ? null : `answered ${status}` };
  return dispatch.row('settle_webhook_delivery', settled, settledSchema);
}

export async function release(dispatch: Database, { id, attempt }: Claimed): Promise<boolean> {
  const args = { p_id: id, p_attempt: attempt };
  return (await dispatch.row('release_webhook_delivery', args, releasedSchema)).released;
}

/** What is begun in `work` on the other connection stays undecided meanwhile. Whoever waits for it fails after five seconds. */
export async function inOpenTransaction(
  { connect, sql }: Pick<TestDatabase, 'connect' | 'sql'>,
  work: (slow: TransactionSql) => Promise<void>,
): Promise<void> {
  const pool = connect(1);
  await sql`set statement_timeout = '5s'`;
  try {
    await pool.begin(work);
  } finally {
    await sql`reset statement_timeout`;
    await pool.end();
  }
}

/** What waits for its time is due now. */
export function letTimePass(sql: Sql): Promise<unknown> {
  return sql`update webhook_deliveries set next_attempt_at = now() - interval '1 second'
    where next_attempt_at is not null and claimed_until is null`;
}

/** Whoever claimed something has been silent for too long. */
export function letClaimsRunOut(sql: Sql): Promise<unknown> {
  return sql`update webhook_deliveries
    set next_attempt_at = now() - interval '1 second', claimed_until = now() - interval '1 second'
    where claimed_until is not null`;
}
