/**
 * Brings a database to the present schema: what a hosted project brings along, then each migration once, in order, with the
 * bookkeeping of the Supabase CLI. The embedded Supabase and the tests share it, so both run what production runs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { repository } from './program.ts';

/** The two things that every Postgres driver can do. */
export interface SqlRunner {
  /** Runs a script of many statements. */
  script(text: string): Promise<unknown>;
  query(text: string, values: unknown[]): Promise<readonly Record<string, unknown>[]>;
}

export function postgresRunner(sql: Sql): SqlRunner {
  return {
    script: (text) => sql.unsafe(text),
    query: (text, values) => sql.unsafe(text, values as string[]),
  };
}

/** What `applySchema` found: `new` has no data yet and wants a seed. */
export type SchemaOutcome = 'new' | 'existing';

const migrationsFolder = join(repository, 'supabase', 'migrations');
const migrationName = /^(\d{14})_(\w+)\.sql$/;

/** @throws Error naming the migration that failed; that migration leaves nothing behind */
export async function applySchema(database: SqlRunner): Promise<SchemaOutcome> {
  await database.script(readFileSync(join(repository, 'dev', 'stack', 'supabase-prelude.sql'), 'utf8'));
  const rows = await database.query('select version from supabase_migrations.schema_migrations', []);
  const applied = new Set(rows.map((row) => row['version']));
  for (const { version, name, text } of readMigrations()) {
    if (applied.has(version)) continue;
    try {
      await database.script(`begin;\n${text}\n${bookkeeping(version, name)}\ncommit;`);
    } catch (cause) {
      await database.script('rollback');
      throw new Error(`migration ${version}_${name} failed`, { cause });
    }
  }
  return applied.size === 0 ? 'new' : 'existing';
}

export function applySeed(database: SqlRunner): Promise<unknown> {
  return database.script(readFileSync(join(repository, 'supabase', 'seed.sql'), 'utf8'));
}

function readMigrations(): { version: string; name: string; text: string }[] {
  return readdirSync(migrationsFolder)
    .sort()
    .map((file) => {
      const [, version, name] = migrationName.exec(file) ?? [];
      if (version === undefined || name === undefined)
        throw new Error(`${file} is not called <14 digits>_<name>.sql, so its place in the order is unknown`);
      return { version, name, text: readFileSync(join(migrationsFolder, file), 'utf8') };
    });
}

/** Both values come from a file name that matched `migrationName`: digits and word characters only. */
function bookkeeping(version: string, name: string): string {
  return `insert into supabase_migrations.schema_migrations (version, name) values ('${version}', '${name}');`;
}
