/** Where programs are found: for set-up, which runs before anything is installed, and for the stack alike. */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const LIVEKIT_SERVER_VERSION = 'v1.13.5';

/** Where set-up keeps the one it built: outside the repository, so that the next clone finds it. */
export function cachedLivekitServer(env) {
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'switchboard', 'bin', `livekit-server-${LIVEKIT_SERVER_VERSION.slice(1)}`);
}

/** LIVEKIT_SERVER_BIN and nothing else when that is set; otherwise PATH, then the cache. Undefined: there is none. */
export function findLivekitServer(env) {
  if (env.LIVEKIT_SERVER_BIN) return isExecutable(env.LIVEKIT_SERVER_BIN) ? env.LIVEKIT_SERVER_BIN : undefined;
  return findOnPath('livekit-server', env) ?? [cachedLivekitServer(env)].find(isExecutable);
}

/** Path of a command, or undefined. */
export function findOnPath(command, env) {
  const folders = (env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code)) return false;
    throw error;
  }
}
