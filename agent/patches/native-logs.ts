/**
 * Keeps libwebrtc's log records out of JavaScript. Stock, every record crosses as an event, about 150 a second and call, more
 * than the audio itself; it goes to every listener and all of them ignore it.
 */
import { createRequire } from 'node:module';

interface Bindings {
  livekitInitialize(onEvent: (event: Uint8Array) => void, captureLogs: boolean, sdkVersion: string): void;
}

/** Must run before @livekit/rtc-node is loaded: what that imports by name is fixed from then on. */
export function silenceNativeLogs(): void {
  const fromRtcNode = createRequire(createRequire(import.meta.url).resolve('@livekit/rtc-node'));
  const bindings = fromRtcNode('@livekit/rtc-ffi-bindings') as Bindings;
  const initialize = bindings.livekitInitialize;
  bindings.livekitInitialize = (onEvent, _captureLogs, sdkVersion) => initialize(onEvent, false, sdkVersion);
}
