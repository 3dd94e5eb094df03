import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, isExecutable } from './binaries.mjs';
import { CannotDo, run, say } from './progress.mjs';

/**
 * What is not to be had from npm. `needed` says in which set-up the thing must be there; where it is only useful,
 * `without` says what its absence changes.
 */
const PROGRAMS = [
  {
    debian: 'redis-server',
    present: (env) => findOnPath('redis-server', env),
    neededFor: [],
    without: 'trunk and dispatch rule are not provisioned through the SIP API of LiveKit in local runs',
  },
  {
    debian: 'espeak-ng',
    present: (env) => findOnPath('espeak-ng', env),
    neededFor: ['test'],
    without: 'callers and agents of local runs hum instead of speaking words',
  },
  {
    debian: 'sip-tester',
    present: (env) => findOnPath('sipp', env),
    neededFor: ['test'],
    without: 'SIP test scenarios cannot run',
    usedFor: ['test'],
  },
  {
    debian: 'chromium',
    present: (env) => findOnPath('chromium', env),
    neededFor: [],
    without: 'the pages are not tried in a browser',
    usedFor: ['test'],
  },
  {
    debian: 'postgresql',
    present: (env) => findOnPath('initdb', env) || debianPostgres(),
    neededFor: ['test'],
    without: 'SQL tests cannot run',
    usedFor: ['test'],
  },
];

/** Installs the missing ones where this user may; says what is lost, or what to do, where not. */
export async function debianPackages(purpose, env) {
  const used = PROGRAMS.filter((program) => !program.usedFor || program.usedFor.includes(purpose));
  if (used.some((program) => !program.present(env))) await installMissing(used, env);
  const missing = used.filter((program) => !program.present(env));
  const needed = missing.filter((program) => program.neededFor.includes(purpose));
  if (needed.length > 0)
    throw new CannotDo(`Install ${names(needed)}, for example with: sudo apt-get install ${names(needed)}`);
  for (const { debian, without } of missing) say(`${debian} is not installed: ${without}`);
}

async function installMissing(programs, env) {
  const missing = programs.filter((program) => !program.present(env));
  if (process.getuid?.() !== 0 || !findOnPath('apt-get', env)) return;
  keepPostgresIdle();
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-y', '-o', 'DPkg::Lock::Timeout=300'];
  const advice = `Install ${names(missing)} by hand: apt-get could not.`;
  const packages = missing.map((program) => program.debian);
  try {
    await run({ what: 'Debian package lists', command: 'apt-get', args: ['update', ...options], env: quiet, advice });
    const args = ['install', '--no-install-recommends', ...options, ...packages];
    await run({ what: `Debian packages ${packages.join(' ')}`, command: 'apt-get', args, env: quiet, advice });
  } catch (error) {
    if (!(error instanceof CannotDo)) throw error;
    // The caller looks again at what is there: only what is really needed and still missing ends the set-up.
    say(error.message);
  }
}

/** Debian would create and start a cluster with the package; the tests make their own and nobody else asked for one. */
function keepPostgresIdle() {
  const folder = '/etc/postgresql-common/createcluster.d';
  if (debianPostgres() || existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'no-main-cluster.conf'), 'create_main_cluster = false\n');
}

/** Debian keeps the server's programs off PATH, one folder a version. */
function debianPostgres() {
  const root = '/usr/lib/postgresql';
  return existsSync(root) && readdirSync(root).some((version) => isExecutable(join(root, version, 'bin', 'initdb')));
}

function names(programs) {
  return programs.map((program) => program.debian).join(' ');
}
