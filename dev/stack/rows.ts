/** The tables of a running stack, read and written past every policy: to prepare and to look, never to act. */
import { z } from 'zod';
import type { RunDatabase } from './stack.ts';

export type Row = Record<string, unknown>;
/** Column → value it must equal. */
export type Match = Readonly<Record<string, string>>;

const deadlineMs = 5_000;

export class Rows {
  readonly #database: RunDatabase;

  constructor(database: RunDatabase) {
    this.#database = database;
  }

  async read(table: string, match: Match = {}): Promise<Row[]> {
    return this.#ask('GET', table, match);
  }

  /** @throws when no row matches: a preparation that changes nothing prepares nothing */
  async change(table: string, match: Match, values: Row): Promise<void> {
    const changed = await this.#ask('PATCH', table, match, values);
    if (changed.length === 0) throw new Error(`no row of ${table} is ${JSON.stringify(match)}`);
  }

  async add(table: string, values: Row): Promise<void> {
    await askTable(this.#database, { method: 'POST', table, filter: {}, values });
  }

  /** Afterwards no row matches; there need not have been one. */
  async remove(table: string, match: Match): Promise<void> {
    await this.#ask('DELETE', table, match);
  }

  #ask(method: 'GET' | 'PATCH' | 'DELETE', table: string, match: Match, values?: Row): Promise<Row[]> {
    const filter = Object.fromEntries(Object.entries(match).map(([column, value]) => [column, `eq.${value}`]));
    return askTable(this.#database, { method, table, filter, values });
  }
}

interface TableRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  readonly table: string;
  /** PostgREST's: `{ room: 'eq.x' }`. */
  readonly filter: Readonly<Record<string, string>>;
  /** One row, or many that are added. */
  readonly values?: Row | readonly Row[] | undefined;
}

type Access = Pick<RunDatabase, 'url' | 'anonKey' | 'serviceToken'>;

/** @returns the rows read, changed, added or removed */
export async function askTable(access: Access, { method, table, filter, values }: TableRequest): Promise<Row[]> {
  const response = await fetch(`${access.url}/rest/v1/${table}?${new URLSearchParams({ select: '*', ...filter })}`, {
    method,
    headers: {
      apikey: access.anonKey,
      authorization: `Bearer ${access.serviceToken}`,
      'content-type': 'application/json',
      prefer: 'return=representation',
    },
    ...(values === undefined ? {} : { body: JSON.stringify(values) }),
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (!response.ok) throw new Error(`${method} ${table}: ${response.status} ${await response.text()}`);
  return z.array(z.record(z.string(), z.unknown())).parse(await response.json());
}
