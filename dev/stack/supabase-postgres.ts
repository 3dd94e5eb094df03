/**
 * A real Postgres of its own: a cluster in a folder of its own on a free loopback port, gone when it is closed. For what one
 * connection cannot show (PGlite has only one): many callers at the same moment.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { freePort } from './ports.ts';
import { machineEnv } from './surroundings.ts';
import { waitFor } from './wait.ts';

export interface PostgresCluster {
  /** Folder of initdb, pg_dump and the others. */
  readonly binaries: string;
  /** Address of one of its databases, as superuser. */
  url(database: string): string;
  close(): Promise<void>;
}

const debianFolder = '/usr/lib/postgresql';
const superuser = 'postgres';
const startDeadlineMs = 30_000;

/** The newest Postgres on this machine, or undefined: it is Debian's package `postgresql`, or anything on PATH. */
export function findPostgres(): string | undefined {
  const onPath = (machineEnv()['PATH'] ?? '').split(':');
  const versions = existsSync(debianFolder)
    ? readdirSync(debianFolder)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const folders = [...versions.map((version) => join(debianFolder, String(version), 'bin')), ...onPath];
  return folders.find((folder) => ['initdb', 'postgres', 'pg_dump'].every((name) => isExecutable(join(folder, name))));
}

/** @throws Error when the machine has no Postgres: ask `findPostgres` first where that is no fault */
export async function startPostgres(): Promise<PostgresCluster> {
  const binaries = findPostgres();
  if (binaries === undefined) throw new Error('no Postgres on this machine: apt-get install postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  // Postgres refuses to run as root, so root lends its folder to the user that the package made.
  const account = process.getuid?.() === 0 ? packageAccount() : undefined;
  if (account) chownSync(folder, account.uid, account.gid);

  execFileSync(
    join(binaries, 'initdb'),
    ['--pgdata', data, '--username', superuser, '--auth', 'trust', '--encoding', 'UTF8', '--no-locale', '--no-sync'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], ...account },
  );
  const server = spawn(
    join(binaries, 'postgres'),
    ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`]
      // Nothing here outlives the cluster, so nothing needs to reach the disk.
      .concat(['-c', 'fsync=off', '-c', 'max_connections=150', '-c', 'log_min_messages=panic']),
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], ...account },
  );
  const exited = once(server, 'exit');
  const cluster: PostgresCluster = {
    binaries,
    url: (database) => `postgres://${superuser}@127.0.0.1:${port}/${database}`,
    async close() {
      // Fast shutdown: does not wait for clients.
      server.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await waitFor(() => answers(cluster.url('postgres')), { what: 'Postgres to answer', deadlineMs: startDeadlineMs });
    return cluster;
  } catch (thrown) {
    await cluster.close();
    throw thrown;
  }
}

function packageAccount(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, superuser], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2 });
  try {
    await sql`select`;
    return true;
  } catch (thrown) {
    // 57P03: it listens and is still starting.
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ECONNREFUSED' || code === '57P03') return false;
    throw thrown;
  } finally {
    await sql.end();
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (thrown) {
    // Saying no is an exception here: not there, not a folder, not executable.
    if (thrown instanceof Error && 'code' in thrown) return false;
    throw thrown;
  }
}
