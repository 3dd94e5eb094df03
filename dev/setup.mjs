/**
 * node dev/setup.mjs start|test
 *
 * Brings a fresh clone to where `npm start` or `npm test` can run, and does nothing, quickly, when all is there. Plain Node
 * without packages, because it is what installs them.
 */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './setup/build.mjs';
import { debianPackages } from './setup/debian-packages.mjs';
import { livekitServer } from './setup/livekit-server.mjs';
import { alone } from './setup/lock.mjs';
import { npmPackages } from './setup/npm-packages.mjs';
import { CannotDo, say } from './setup/progress.mjs';

const NODE_NEEDED = [20, 20];

async function setUp(purpose) {
  const { env } = process;
  checkNode();
  await npmPackages(env);
  await debianPackages(purpose, env);
  await livekitServer(env);
  await build(env);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1])) return;
  throw new CannotDo(`Install Node ${NODE_NEEDED.join('.')} or later: this is ${process.versions.node}.`);
}

const purpose = process.argv[2];
if (purpose !== 'start' && purpose !== 'test') {
  say('usage: node dev/setup.mjs start|test');
  process.exit(2);
}
const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(repository);
try {
  await alone(repository, () => setUp(purpose));
} catch (error) {
  if (!(error instanceof CannotDo)) throw error;
  say(error.message);
  process.exit(1);
}
