/**
 * Keeps libwebrtc's log records from crossing into JavaScript: about 150 a second and call, more than the audio itself, and
 * every one is thrown away on arrival. Takes effect only when this module is loaded before @livekit/rtc-node.
 */
import { createRequire } from 'node:module';

interface Bindings {
  livekitInitialize: (onEvent: (event: Uint8Array) => void, captureLogs: boolean, sdkVersion: string) => void;
}

const fromRtcNode = createRequire(createRequire(import.meta.url).resolve('@livekit/rtc-node'));
const bindings = fromRtcNode('@livekit/rtc-ffi-bindings') as Bindings;
const initialize = bindings.livekitInitialize;

bindings.livekitInitialize = (onEvent, _captureLogs, sdkVersion) => initialize(onEvent, false, sdkVersion);
