/** Loaded before a shard's own code: says how the native library was asked to be started. */
import { nativeBindings } from '../../agent/patches/native-logs.ts';

const bindings = nativeBindings();
const initialize = bindings.livekitInitialize;
bindings.livekitInitialize = (onEvent, captureLogs, sdkVersion) => {
  process.stderr.write(`native logs: ${captureLogs}\n`);
  initialize(onEvent, captureLogs, sdkVersion);
};
