import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedLivekitServer, findLivekitServer, LIVEKIT_SERVER_VERSION } from './binaries.mjs';
import { CannotDo, run } from './progress.mjs';

const MODULE = 'github.com/livekit/livekit-server/cmd/server';
const GO_NEEDED = [1, 26];
const GO_PLACES = ['go', '/usr/local/go/bin/go'];

/** Builds livekit-server into the cache, unless one is on PATH or there already. */
export async function livekitServer(env) {
  if (findLivekitServer(env)) return;
  if (env.LIVEKIT_SERVER_BIN) {
    throw new CannotDo(
      `LIVEKIT_SERVER_BIN names ${env.LIVEKIT_SERVER_BIN}, which is not an executable file: correct or unset it.`,
    );
  }
  const target = cachedLivekitServer(env);
  mkdirSync(dirname(target), { recursive: true });
  // Beside its target, so that the last step is a rename within one file system: two set-ups never see half a binary.
  const folder = mkdtempSync(join(dirname(target), 'build-'));
  try {
    await run({
      what: `livekit-server ${LIVEKIT_SERVER_VERSION} (one to three minutes, once)`,
      command: findGo(env),
      args: ['install', `${MODULE}@${LIVEKIT_SERVER_VERSION}`],
      env: { ...env, GOBIN: folder },
      advice: `livekit-server could not be built: put a livekit-server ${LIVEKIT_SERVER_VERSION} on PATH, or check that Go modules can be fetched.`,
    });
    chmodSync(join(folder, 'server'), 0o755);
    renameSync(join(folder, 'server'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function findGo(env) {
  const advice = `Install Go ${GO_NEEDED.join('.')} or later, or put livekit-server ${LIVEKIT_SERVER_VERSION} on PATH`;
  const found = GO_PLACES.map((command) => ({ command, version: goVersion(command, env) })).filter(
    ({ version }) => version,
  );
  const fitting = found.find(({ version }) => isAtLeast(version, GO_NEEDED));
  if (fitting) return fitting.command;
  throw new CannotDo(
    found[0] ? `${advice}: this machine has Go ${found[0].version.join('.')}.` : `${advice}: no Go was found.`,
  );
}

/** [major, minor], or undefined where that command does not exist. */
function goVersion(command, env) {
  try {
    const match = /go(\d+)\.(\d+)/.exec(execFileSync(command, ['env', 'GOVERSION'], { env, encoding: 'utf8' }));
    return match ? [Number(match[1]), Number(match[2])] : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAtLeast([major, minor], [neededMajor, neededMinor]) {
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}
