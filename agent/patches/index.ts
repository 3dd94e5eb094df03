/**
 * Small changes to the LiveKit libraries, each in a file of its own: with them, and with the lean session of conversation.ts,
 * one process carries 24 calls instead of 8. AGENT_PATCHES=off leaves them out; the lean session stays, because it also keeps
 * what is said in a call from the caller's side of the data channel.
 */
import type { Logger } from '../../shared/log.ts';
import { ffiClient } from './ffi-client.ts';
import { routeAudioEvents } from './ffi-router.ts';
import { silenceNativeLogs } from './native-logs.ts';
import { installedVersion, type PatchedLibrary, patchedVersions } from './upstream.ts';

/** Before @livekit/rtc-node is loaded. */
export function patchBeforeLoading(wanted: boolean, log: Logger): void {
  if (wanted && fits('@livekit/rtc-node', 'native logs', log)) silenceNativeLogs();
}

/** Once the native library runs, and before the first call. */
export function patchRunning(wanted: boolean, log: Logger): void {
  const client = ffiClient();
  if (wanted && client !== undefined && fits('@livekit/rtc-node', 'audio router', log)) routeAudioEvents(client);
}

function fits(library: PatchedLibrary, patch: string, log: Logger): boolean {
  const installed = installedVersion(library);
  const known = patchedVersions[library];
  if (installed === known) return true;
  log.warn({ patch, library, installed, known }, 'patch left out: the library has another version');
  return false;
}
