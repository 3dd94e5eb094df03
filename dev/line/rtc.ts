/** The one door to @livekit/rtc-node: quiet, and with the clean-up that a room needs when the server ends it. */
import './native-logs.ts';
import { type AudioFrame, AudioSource, AudioStream, type RemoteTrack, type Room, RoomEvent } from '@livekit/rtc-node';
import { forgetRoom } from '../../agent/patches/ffi-client.ts';
import { patchRunning } from '../../agent/patches/index.ts';
import type { Logger } from '../../shared/log.ts';
import { packetMs, sampleRate } from './rtp.ts';

export * from '@livekit/rtc-node';

/** Sends each room's sound to that room alone, as in the agent's shards. Before the first call. */
export async function lightenLibrary(log: Logger): Promise<void> {
  // The native side is up once something of it was used.
  await new AudioSource(sampleRate, 1).close();
  patchRunning(true, log);
}

/**
 * After a server-side disconnect `room.disconnect()` returns early and leaves its listener on the FFI client: one for every
 * ended call, each of which then looks at every audio frame of every other call.
 */
export function forgetWhenDisconnected(room: Room): void {
  room.once(RoomEvent.Disconnected, () => forgetRoom(room));
}

/**
 * Gives the sound of a track as 8 kHz mono, 20 ms at a time, until the track ends or the returned function is called. It has
 * to be called when the call is over: a room that the server ended leaves its streams open, and their listeners with them.
 */
export function hearTrack(track: RemoteTrack, hear: (samples: Int16Array) => void): () => Promise<void> {
  const stream: ReadableStream<AudioFrame> = new AudioStream(track, {
    sampleRate,
    numChannels: 1,
    frameSizeMs: packetMs,
  });
  const reader = stream.getReader();
  const pump = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) hear(next.value.data);
  };
  const ended = pump();
  return async () => {
    await reader.cancel();
    await ended;
  };
}
