import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from './progress.mjs';

const SOURCES = [
  'agent',
  'dashboard',
  'dispatch',
  'shared',
  'dev/setup',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];
const STAMP = join('dist', '.built');

/** Compiles into dist/ when a source is newer than the last good build, and makes `npx agent` and `npx dispatch` work. */
export async function build(env) {
  if (!isBuilt()) {
    const begun = new Date();
    await run({
      what: 'build',
      command: 'npm',
      args: ['run', '--silent', 'build'],
      env,
      advice: 'The sources do not compile: mend what the compiler says, then run the command again.',
    });
    // Dated at the start: what was edited during the build is newer and built next time.
    writeFileSync(STAMP, begun.toISOString());
  }
  linkCommands();
}

function isBuilt() {
  if (!existsSync(STAMP)) return false;
  const built = Date.parse(readFileSync(STAMP, 'utf8'));
  return SOURCES.filter(existsSync).every((source) => newest(source) <= built);
}

/** Time of the newest file or folder below; a folder's own time tells of files that were removed. */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** npm links the bin entries of dependencies only, not those of the package itself. */
function linkCommands() {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
  mkdirSync('node_modules/.bin', { recursive: true });
  for (const [name, target] of Object.entries(bin)) {
    if (!existsSync(target)) continue;
    chmodSync(target, 0o755);
    const link = join('node_modules', '.bin', name);
    if (existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(join('..', '..', target), link);
  }
}
