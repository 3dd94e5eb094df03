/** The databases that the embedded Supabase can stand on, each with the way to migrate it. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createPgliteConnection, type PgliteConnection } from '@supabase/lite/pglite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import postgres from 'postgres';
import { z } from 'zod';
import { repository } from './program.ts';
import { postgresRunner, type SqlRunner } from './supabase-schema.ts';

const lockSchema = z.object({
  packages: z.object({ 'node_modules/@electric-sql/pglite': z.object({ version: z.string() }) }),
});

/** What comes as text is JSON already: the library would make a JSON string of it once more. */
const asItIs = {
  serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  parse: (text: string): unknown => JSON.parse(text),
};
/** By the numbers that Postgres gives them. */
const types = { json: { to: 114, from: [114], ...asItIs }, jsonb: { to: 3802, from: [3802], ...asItIs } };

type Migrate = (runner: SqlRunner) => Promise<void>;

export function openPostgres(url: string) {
  return {
    connection: createPostgresConnection({ url, postgresOptions: { types } }),
    /** On a connection of its own: a pool takes no script with a transaction in it. */
    async migrate(work: Migrate): Promise<void> {
      const sql = postgres(url, { max: 1, onnotice: () => undefined });
      try {
        await work(postgresRunner(sql));
      } finally {
        await sql.end();
      }
    },
  };
}

/**
 * A PGlite in memory. Making an empty database is most of the boot (2.6 s of 4 s measured, loading a copy 0.8 s), so the
 * first one is kept, empty, for the next runs.
 */
export async function openPglite() {
  const blankFile = join(repository, '.switchboard', 'cache', `pglite-${pgliteVersion()}.tar`);
  const blank = existsSync(blankFile) ? { loadDataDir: new Blob([readFileSync(blankFile)]) } : {};
  const connection = await createPgliteConnection({ pgliteOptions: blank });
  await connection.driver.waitReady;
  if (!('loadDataDir' in blank)) await keepBlank(connection, blankFile);
  const runner: SqlRunner = {
    script: (text) => connection.driver.exec(text),
    query: async (text, values) => (await connection.driver.query<Record<string, unknown>>(text, values)).rows,
  };
  return { connection, migrate: (work: Migrate): Promise<void> => work(runner) };
}

/** Renamed into place, so that a run that starts meanwhile never reads half a file. */
async function keepBlank(connection: PgliteConnection, blankFile: string): Promise<void> {
  const copy = await connection.driver.dumpDataDir('none');
  mkdirSync(dirname(blankFile), { recursive: true });
  const unfinished = `${blankFile}.${process.pid}`;
  writeFileSync(unfinished, Buffer.from(await copy.arrayBuffer()));
  renameSync(unfinished, blankFile);
}

/** Names the copy: the files of one version fit no other. */
function pgliteVersion(): string {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')));
  return lock.packages['node_modules/@electric-sql/pglite'].version;
}
