/**
 * Keeps libwebrtc's log records out of JavaScript. Stock, every record crosses as an event, about 150 a second and call, more
 * than the audio itself; it goes to every listener and all of them ignore it.
 */
import { createRequire } from 'node:module';

/** What is used of the native library under @livekit/rtc-node. */
interface Bindings {
  livekitInitialize(onEvent: (event: Uint8Array) => void, captureLogs: boolean, sdkVersion: string): void;
}

/** The very object that @livekit/rtc-node takes its functions from, once, when it is loaded. */
export function nativeBindings(): Bindings {
  const fromRtcNode = createRequire(createRequire(import.meta.url).resolve('@livekit/rtc-node'));
  return fromRtcNode('@livekit/rtc-ffi-bindings') as Bindings;
}

/** Must run before @livekit/rtc-node is loaded: what that imports by name is fixed from then on. */
export function silenceNativeLogs(): void {
  const bindings = nativeBindings();
  const initialize = bindings.livekitInitialize;
  bindings.livekitInitialize = (onEvent, _captureLogs, sdkVersion) => initialize(onEvent, false, sdkVersion);
}
