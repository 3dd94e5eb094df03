/**
 * The one object of @livekit/rtc-node through which every native event of the process passes. It is not exported, but the
 * library keeps it on globalThis; this file is the only place that reaches for it.
 */
import type { Room } from '@livekit/rtc-node';

export type FfiListener = (event: FfiEvent) => void;

export interface FfiEvent {
  readonly message: {
    readonly case?: string;
    readonly value?: { readonly streamHandle?: bigint; readonly asyncId?: bigint };
  };
}

export interface FfiRequest {
  readonly message: { readonly case: string; readonly value: { frameSizeMs?: number } };
}

/** What is used of the library's FfiClient. */
export interface FfiClient {
  request(request: FfiRequest): unknown;
  waitFor(predicate: (event: FfiEvent) => boolean, options?: { signal?: AbortSignal }): Promise<unknown>;
  on(event: 'ffi_event', listener: FfiListener): unknown;
  off(event: 'ffi_event', listener: FfiListener): unknown;
  emit(event: 'ffi_event', value: FfiEvent): boolean;
  listenerCount(event: 'ffi_event'): number;
}

/** Undefined until the library was used for the first time. */
export function ffiClient(): FfiClient | undefined {
  return (globalThis as { _ffiClientInstance?: FfiClient })._ffiClientInstance;
}

/**
 * Takes a room's listener away. After a disconnect by the server, `room.disconnect()` returns early and leaves its listener,
 * and with it the room, behind for good: measured, one a call.
 */
export function forgetRoom(room: Room): void {
  const listener = (room as unknown as { onFfiEvent?: FfiListener }).onFfiEvent;
  if (listener !== undefined) ffiClient()?.off('ffi_event', listener);
}
