/** The present shape of the database as one text: what the migrations add up to. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** @param binaries folder of pg_dump, of the same Postgres that serves `url` */
export function dumpSchema(binaries: string, url: string): string {
  const options = ['--schema-only', '--no-owner', '--schema=public', '--schema=private', '--dbname', url];
  const dump = execFileSync(join(binaries, 'pg_dump'), options, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return normalise(dump);
}

/** Settings, random guards and the versions of the tools differ from machine to machine and say nothing of the shape. */
function normalise(dump: string): string {
  const told = dump
    .split('\n')
    .filter(
      (line) =>
        !/^(SET |SELECT pg_catalog\.set_config|\\(un)?restrict |--$|-- (Dumped|PostgreSQL database dump))/.test(line),
    )
    .join('\n')
    .replaceAll(/; Owner: -$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return `-- What supabase/migrations add up to. Read this, not the history; \`npm run schema:dump\` writes it.\n\n${told}\n`;
}
