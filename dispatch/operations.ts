/**
 * What whoever runs the platform sees and changes of its calls: the functions of `switchboard_operator` about breakers, calls
 * on the line, workers and pools. They name things as people do.
 */
import { z } from 'zod';
import type { Database } from '../shared/db.ts';
import type { PoolName, SessionId } from '../shared/ids.ts';

const breakerSchema = z
  .object({
    tenant: z.string(),
    /** Null: the organisation as a whole. */
    provider: z.string().nullable(),
    state: z.enum(['closed', 'open', 'half_open']),
    open_until: z.string().nullable(),
    failures: z.int(),
    last_reason: z.string().nullable(),
    changed_at: z.string(),
  })
  .transform((r) => ({
    tenant: r.tenant,
    provider: r.provider,
    state: r.state,
    openUntil: r.open_until,
    failures: r.failures,
    lastReason: r.last_reason,
    changedAt: r.changed_at,
  }));
export type BreakerRow = z.output<typeof breakerSchema>;

const callSchema = z
  .object({
    session_id: z.string(),
    tenant: z.string(),
    called_number: z.string(),
    caller_number: z.string(),
    state: z.enum(['pending', 'active']),
    worker: z.string().nullable(),
    room: z.string(),
    age_s: z.int(),
  })
  .transform((r) => ({
    session: r.session_id,
    tenant: r.tenant,
    called: r.called_number,
    caller: r.caller_number,
    state: r.state,
    worker: r.worker,
    room: r.room,
    ageS: r.age_s,
  }));
export type CallRow = z.output<typeof callSchema>;

const workerSchema = z
  .object({
    name: z.string(),
    pool: z.string(),
    version: z.string(),
    capacity: z.int(),
    calls: z.int(),
    /** 0 idle, 1 full. */
    load: z.number(),
    draining: z.boolean(),
    seen_s_ago: z.int(),
  })
  .transform(({ seen_s_ago: seenSAgo, ...worker }) => ({ ...worker, seenSAgo }));
export type WorkerRow = z.output<typeof workerSchema>;

const poolSchema = z
  .object({
    name: z.string(),
    /** Null: no limit. */
    max_concurrent_calls: z.int().nullable(),
    live_calls: z.int(),
    workers: z.int(),
    organizations: z.int(),
  })
  .transform((r) => ({
    name: r.name,
    maxConcurrentCalls: r.max_concurrent_calls,
    liveCalls: r.live_calls,
    workers: r.workers,
    organizations: r.organizations,
  }));
export type PoolRow = z.output<typeof poolSchema>;

export class Operations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Every breaker that ever had a failure to count. */
  breakers(tenant?: string): Promise<BreakerRow[]> {
    return this.#database.rows('operator_breakers', { p_tenant: tenant ?? null }, breakerSchema);
  }

  /** @param provider left out: all of the tenant's @returns how many were not closed */
  async resetBreakers(tenant: string, provider?: string): Promise<number> {
    const args = { p_tenant: tenant, p_provider: provider ?? null };
    return (await this.#database.row('reset_breakers', args, z.object({ reset: z.int() }))).reset;
  }

  /** On the line now, longest first. */
  calls(tenant?: string): Promise<CallRow[]> {
    return this.#database.rows('operator_calls', { p_tenant: tenant ?? null }, callSchema);
  }

  /** Its holder ends the call at its next renewal. False: there is no such call. */
  async endCall(session: SessionId): Promise<boolean> {
    const answer = z.object({ asked: z.boolean() });
    return (await this.#database.row('end_call', { p_session_id: session }, answer)).asked;
  }

  workers(): Promise<WorkerRow[]> {
    return this.#database.rows('operator_workers', {}, workerSchema);
  }

  pools(): Promise<PoolRow[]> {
    return this.#database.rows('operator_pools', {}, poolSchema);
  }

  /** @param most calls at once; null: no limit @returns whether it is a new one */
  async setPool(name: PoolName, most: number | null): Promise<boolean> {
    const answer = z.object({ created: z.boolean() });
    return (await this.#database.row('set_pool', { p_name: name, p_most: most }, answer)).created;
  }

  /** From the next call on. False: no such tenant, or no such pool. */
  async pinPool(tenant: string, pool: PoolName): Promise<boolean> {
    const answer = z.object({ pinned: z.boolean() });
    return (await this.#database.row('pin_pool', { p_tenant: tenant, p_pool: pool }, answer)).pinned;
  }
}
