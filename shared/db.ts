/**
 * The only door to the database: named SQL functions, called with a role's own narrow token and parsed on return.
 *
 * Only functions, no tables: the roles of dispatch and agent have no table rights. An RPC is a POST, which supabase-js never
 * retries by itself (a select to a dead host is retried silently for 7 s), and each call has a deadline.
 */
import { createClient } from '@supabase/supabase-js';
import { WebSocket } from 'ws';
import { z } from 'zod';

export interface DatabaseOptions {
  readonly url: string;
  readonly anonKey: string;
  /** JWT whose role may execute the functions that are called. */
  readonly token: string;
  readonly deadlineMs: number;
  /** Sent with each call. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nobody answered, not in time, or not for now: trying again later can help. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/** The database answered with an error, or with something that is not the agreed shape: trying again does not help. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';
}

export interface Database {
  /** Calls a function that returns rows and checks each. @throws DatabaseAway, DatabaseFault */
  rows<Row>(functionName: string, args: Readonly<Record<string, unknown>>, row: z.ZodType<Row>): Promise<Row[]>;
  /** Calls a function that returns exactly one row. @throws DatabaseAway, DatabaseFault */
  row<Row>(functionName: string, args: Readonly<Record<string, unknown>>, row: z.ZodType<Row>): Promise<Row>;
}

export function openDatabase(options: DatabaseOptions): Database {
  const client = createClient(options.url, options.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    accessToken: async () => options.token,
    global: { headers: { ...options.headers } },
    // Node 20 has no WebSocket of its own and createClient throws without one, although no realtime channel is opened.
    realtime: { transport: WebSocket as never },
  });

  async function rows<Row>(name: string, args: Readonly<Record<string, unknown>>, row: z.ZodType<Row>): Promise<Row[]> {
    const { data, error, status } = await client.rpc(name, args).abortSignal(AbortSignal.timeout(options.deadlineMs));
    if (error !== null) throw toError(name, status, error);
    const parsed = z.array(row).safeParse(Array.isArray(data) ? data : [data]);
    if (!parsed.success) throw new DatabaseFault(`${name} returned another shape: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  }

  return {
    rows,
    async row(name, args, row) {
      return onlyRow(name, await rows(name, args, row));
    },
  };
}

/** @throws DatabaseFault when there is none, or more than one */
export function onlyRow<Row>(functionName: string, rows: readonly Row[]): Row {
  const [only] = rows;
  if (only === undefined || rows.length > 1)
    throw new DatabaseFault(`${functionName} returned ${rows.length} rows, wanted 1`);
  return only;
}

/**
 * SQLSTATE of what passes: no connection (08…) or one too many, a server that stops or starts, a wait for a lock or a statement
 * that was cut short, a deadlock. PostgREST answers most of them with 500, as it does what never gets better.
 */
const passing = /^(08...|40P01|53300|55P03|57014|57P0[123])$/;

/**
 * Status 0 is a failed or aborted fetch; 408, 429 and all from 502 on come from what stands before the database, which has numbers
 * of its own up to 544.
 */
function toError(name: string, status: number, error: { readonly message: string; readonly code: string }): Error {
  const unreached = status === 0 || status === 408 || status === 429 || status >= 502;
  const away = unreached || passing.test(error.code);
  const message = `${name}: ${error.message} (status ${status}${error.code ? `, code ${error.code}` : ''})`;
  return away ? new DatabaseAway(message, { cause: error }) : new DatabaseFault(message, { cause: error });
}
