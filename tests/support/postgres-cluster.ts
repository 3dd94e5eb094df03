/** Before the SQL tests: one Postgres with the template that every test file clones. After them: gone. */
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { findPostgres, startPostgres } from '../../dev/stack/supabase-postgres.ts';
import { applySchema, applySeed, postgresRunner } from '../../dev/stack/supabase-schema.ts';
import { addStandingWorker } from '../../dev/stack/supabase-world.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the cluster without a database, or null when the machine has no Postgres. */
    postgresUrl: string | null;
  }
}

export const templateName = 'switchboard_template';

export default async function startCluster(project: TestProject): Promise<() => Promise<void>> {
  if (findPostgres() === undefined) {
    process.stderr.write(
      'skipped: the tests on a real Postgres, because this machine has none (apt-get install postgresql)\n',
    );
    project.provide('postgresUrl', null);
    return async () => undefined;
  }
  const cluster = await startPostgres();
  try {
    await makeTemplate(cluster.url('postgres'), cluster.url(templateName));
  } catch (thrown) {
    await cluster.close();
    throw thrown;
  }
  project.provide('postgresUrl', cluster.url(''));
  return () => cluster.close();
}

async function makeTemplate(adminUrl: string, templateUrl: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1 });
  await admin.unsafe(`create database ${templateName}`);
  await admin.end();
  const template = postgres(templateUrl, { max: 1, onnotice: () => undefined });
  const runner = postgresRunner(template);
  await applySchema(runner);
  await applySeed(runner);
  await addStandingWorker(runner);
  await template.end();
}
