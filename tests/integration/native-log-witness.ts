/** Loaded before a shard's own code: says how the native library was asked to be started. */
import { createRequire } from 'node:module';

interface Bindings {
  livekitInitialize(onEvent: (event: Uint8Array) => void, captureLogs: boolean, sdkVersion: string): void;
}

const fromRtcNode = createRequire(createRequire(import.meta.url).resolve('@livekit/rtc-node'));
const bindings = fromRtcNode('@livekit/rtc-ffi-bindings') as Bindings;
const initialize = bindings.livekitInitialize;
bindings.livekitInitialize = (onEvent, captureLogs, sdkVersion) => {
  process.stderr.write(`native logs: ${captureLogs}\n`);
  initialize(onEvent, captureLogs, sdkVersion);
};
