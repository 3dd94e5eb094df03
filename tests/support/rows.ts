/** The tables of a running stack, read and written past every policy: to prepare and to look, never to act. */
import { z } from 'zod';
import type { RunDatabase } from '../../dev/stack/stack.ts';

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
    return z.array(z.record(z.string(), z.unknown())).parse(await this.#ask('GET', table, match));
  }

  /** @throws when no row matches: a test that changes nothing proves nothing */
  async change(table: string, match: Match, values: Row): Promise<void> {
    const changed = z.array(z.unknown()).parse(await this.#ask('PATCH', table, match, values));
    if (changed.length === 0) throw new Error(`no row of ${table} is ${JSON.stringify(match)}`);
  }

  async #ask(method: 'GET' | 'PATCH', table: string, match: Match, values?: Row): Promise<unknown> {
    const { url, anonKey, serviceToken } = this.#database;
    const query = new URLSearchParams({ select: '*' });
    for (const [column, value] of Object.entries(match)) query.set(column, `eq.${value}`);
    const response = await fetch(`${url}/rest/v1/${table}?${query}`, {
      method,
      headers: {
        apikey: anonKey,
        authorization: `Bearer ${serviceToken}`,
        'content-type': 'application/json',
        prefer: 'return=representation',
      },
      ...(values === undefined ? {} : { body: JSON.stringify(values) }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (!response.ok) throw new Error(`${method} ${table}: ${response.status} ${await response.text()}`);
    return await response.json();
  }
}
