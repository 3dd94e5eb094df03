/** What the bench needs beside the project itself: the program of the callers, and the Python environment of two workers. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../dev/stack/program.ts';
import { coerceError } from '../shared/faults.ts';
import { callersProgram } from './callers.ts';
import { python } from './subjects/peers.ts';

const requirements = join(repository, 'bench', 'peers', 'requirements.txt');
const environment = dirname(dirname(python));
/** What was installed, as the file was then. */
const stamp = join(environment, 'installed.txt');

/** Made once, with the versions of bench/peers/requirements.txt. */
export function setUpPeers(subjects: readonly string[], say: (text: string) => void): void {
  if (!subjects.some((name) => name === 'livekit-agents' || name.startsWith('openrtc'))) return;
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('making the Python environment of livekit-agents and openrtc …');
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
}

/** Go builds it anew only when its source has changed. @throws Error that says what is missing */
export function setUpCallers(say: (text: string) => void): void {
  if (!existsSync(callersProgram)) say('building the program of the callers …');
  const cwd = join(repository, 'bench', 'callers');
  try {
    execFileSync('go', ['build', '-o', callersProgram, '.'], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
  } catch (thrown) {
    const needed =
      'the program of the callers cannot be built: it needs Go 1.26, a C compiler, pkg-config and libopus-dev';
    throw new Error(`${needed}\n${coerceError(thrown).message}`, { cause: thrown });
  }
}
