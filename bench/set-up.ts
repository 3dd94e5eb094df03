/** The Python environment of the two Python workers: made once, with the versions of bench/peers/requirements.txt. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../dev/stack/program.ts';
import { python } from './subjects/peers.ts';

const requirements = join(repository, 'bench', 'peers', 'requirements.txt');
const environment = dirname(dirname(python));
/** What was installed, as the file was then. */
const stamp = join(environment, 'installed.txt');

export function setUpPeers(subjects: readonly string[], say: (text: string) => void): void {
  if (!subjects.some((name) => name === 'livekit-agents' || name === 'openrtc')) return;
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('making the Python environment of livekit-agents and openrtc …');
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
}
