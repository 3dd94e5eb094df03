/** `npm run schema:dump`: writes supabase/schema.sql from the migrations, with a Postgres that lives only for that. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { repository } from './program.ts';
import { dumpSchema } from './supabase-dump.ts';
import { startPostgres } from './supabase-postgres.ts';
import { applySchema, postgresRunner } from './supabase-schema.ts';

const cluster = await startPostgres();
try {
  const url = cluster.url('postgres');
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await applySchema(postgresRunner(sql));
  await sql.end();
  writeFileSync(join(repository, 'supabase', 'schema.sql'), dumpSchema(cluster.binaries, url));
} finally {
  await cluster.close();
}
