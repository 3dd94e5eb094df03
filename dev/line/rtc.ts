/** The one door to @livekit/rtc-node: quiet, and with the clean-up that a room needs when the server ends it. */
import './native-logs.ts';
import { type Room, RoomEvent } from '@livekit/rtc-node';

export * from '@livekit/rtc-node';

interface FfiClient {
  off(event: 'ffi_event', listener: unknown): void;
}

/**
 * After a server-side disconnect `room.disconnect()` returns early and leaves its listener on the FFI client: one for every
 * ended call, each of which then looks at every audio frame of every other call.
 */
export function forgetWhenDisconnected(room: Room): void {
  room.once(RoomEvent.Disconnected, () => {
    const client: FfiClient | undefined = Reflect.get(globalThis, '_ffiClientInstance');
    client?.off('ffi_event', Reflect.get(room, 'onFfiEvent'));
  });
}
