import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Paths of everything in the repository, new files included, ignored ones not. */
export function repositoryFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  return listed.split('\0').filter((path) => path !== '' && existsSync(path));
}
