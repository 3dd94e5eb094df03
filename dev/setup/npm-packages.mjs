import { existsSync, readFileSync } from 'node:fs';
import { run } from './progress.mjs';

/**
 * Installs what package-lock.json lists, unless node_modules holds exactly that. Not with `npm ci`: that refuses a lockfile
 * without the builds for other platforms, and not every registry carries those.
 */
export async function npmPackages(env) {
  if (installedAsLocked()) return;
  await run({
    what: 'npm packages',
    command: 'npm',
    args: ['install', '--no-save', '--no-audit', '--no-fund'],
    env,
    advice:
      'The npm packages could not be installed: check that the npm registry can be reached, then run the command again.',
  });
}

/**
 * npm writes node_modules/.package-lock.json as the last act of an install, so an interrupted one does not count.
 * Packages marked optional may be missing: they are builds for other platforms.
 */
function installedAsLocked() {
  if (!existsSync('node_modules/.package-lock.json')) return false;
  const installed = packagesOf('node_modules/.package-lock.json');
  return Object.entries(packagesOf('package-lock.json')).every(([path, locked]) => {
    if (path === '' || locked.optional || locked.devOptional) return true;
    return installed[path]?.version === locked.version && installed[path]?.integrity === locked.integrity;
  });
}

function packagesOf(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages ?? {};
}
