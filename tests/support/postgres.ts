/**
 * Databases for tests: each test file clones the migrated and seeded template and drops its clone at the end. A file that
 * leaves a connection open, with or without a transaction on it, fails.
 */
import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { inject } from 'vitest';
import { templateName } from './postgres-cluster.ts';

/** For `describe.skipIf`: the reason was printed when the run began. */
export const noPostgres = inject('postgresUrl') === null;

export interface TestDatabase {
  readonly url: string;
  /** As superuser: to prepare and to look, not to act. */
  readonly sql: Sql;
  /** A pool of connections of its own; the test ends it. */
  connect(connections: number): Sql;
  /** Drops the database. @throws Error when connections that the test opened are still there */
  close(): Promise<void>;
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const cluster = inject('postgresUrl');
  if (cluster === null) throw new Error('no Postgres in this run: use describe.skipIf(noPostgres)');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(`${cluster}postgres`, { max: 1 });
  await admin.unsafe(`create database ${name} template ${templateName}`);
  const url = `${cluster}${name}`;
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  return {
    url,
    sql,
    connect: (connections) => postgres(url, { max: connections }),
    async close() {
      await sql.end();
      const left = await admin<{ query: string }[]>`select query from pg_stat_activity where datname = ${name}`;
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
      if (left.length > 0) throw new Error(`${left.length} connections were left open, last doing: ${left[0]?.query}`);
    },
  };
}
