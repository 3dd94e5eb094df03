/** What is used of the LiveKit libraries beyond their public face. When one of these fails, read the patch it names. */
import { initializeLogger, JobContext, JobProcess, runWithJobContextAsync, voice } from '@livekit/agents';
import { AudioSource, Room } from '@livekit/rtc-node';
import { describe, expect, test } from 'vitest';
import { type FfiEvent, type FfiListener, ffiClient } from '../../../agent/patches/ffi-client.ts';
import { routeAudioEvents } from '../../../agent/patches/ffi-router.ts';
import { installedVersion, patchedVersions } from '../../../agent/patches/upstream.ts';

describe('the libraries are the ones the patches were written for', () => {
  test.each(Object.entries(patchedVersions))('%s is %s (R9.3)', (library, version) => {
    expect(installedVersion(library as keyof typeof patchedVersions)).toBe(version);
  });

  test('the native client is where it was, with the methods that are routed (R9.3)', async () => {
    await new AudioSource(16_000, 1).close();
    const client = ffiClient();
    for (const method of ['request', 'waitFor', 'on', 'off', 'emit', 'listenerCount'] as const)
      expect(client?.[method], method).toBeTypeOf('function');
    expect(Reflect.get(new Room(), 'onFfiEvent')).toBeTypeOf('function');
  });

  test('a session takes its room’s audio without being given the room (R9.3)', async () => {
    initializeLogger({ pretty: false, level: 'silent' });
    const session = new voice.AgentSession({ vad: null, turnHandling: { turnDetection: null } });
    const roomIo = new voice.RoomIO({ agentSession: session, room: new Room() });
    expect(Reflect.get(roomIo, 'onAgentStateChanged')).toBeTypeOf('function');
    session._roomIO = roomIo;
    expect(voice.ParticipantAudioOutput.prototype.start).toBeTypeOf('function');
    expect(JobContext.length).toBe(6);
    expect(new JobProcess().pid).toBe(process.pid);
    expect(runWithJobContextAsync).toBeTypeOf('function');
  });
});

/** Stands for the library's client: an emitter whose requests are answered with ids. */
function fakeClient() {
  const listeners = new Set<FfiListener>();
  let lastId = 0n;
  return {
    request: ({ message }: { message: { case: string } }) =>
      message.case === 'newAudioStream' ? { stream: { handle: { id: ++lastId } } } : { asyncId: ++lastId },
    waitFor: () => new Promise<unknown>(() => undefined),
    on: (_event: 'ffi_event', listener: FfiListener) => listeners.add(listener),
    off: (_event: 'ffi_event', listener: FfiListener) => listeners.delete(listener),
    emit: (_event: 'ffi_event', event: FfiEvent) => {
      for (const listener of listeners) listener(event);
      return listeners.size > 0;
    },
    listenerCount: () => listeners.size,
  };
}

describe('the audio router', () => {
  const audio = (streamHandle: bigint): FfiEvent => ({
    message: { case: 'audioStreamEvent', value: { streamHandle } },
  });

  test('an audio frame goes to its own stream and to nobody else (R1.6)', () => {
    const client = fakeClient();
    routeAudioEvents(client);
    const heard: string[] = [];
    client.on('ffi_event', () => heard.push('room'));
    const streams = ['first', 'second'].map((name) => {
      const value: { frameSizeMs?: number } = {};
      client.request({ message: { case: 'newAudioStream', value } } as never);
      const listener = () => void heard.push(name);
      client.on('ffi_event', listener);
      return { listener, value };
    });
    client.emit('ffi_event', audio(2n));
    expect(heard).toEqual(['second']);
    expect(streams[0]?.value.frameSizeMs).toBe(96);

    client.off('ffi_event', streams[1]?.listener as FfiListener);
    client.emit('ffi_event', audio(2n));
    client.emit('ffi_event', { message: { case: 'roomEvent' } });
    expect(heard).toEqual(['second', 'room']);
  });

  test('a captured frame wakes the one who waits for it (R1.6)', async () => {
    const client = fakeClient();
    routeAudioEvents(client);
    client.request({ message: { case: 'captureAudioFrame' } } as never);
    const waiting = client.waitFor();
    client.emit('ffi_event', { message: { case: 'captureAudioFrame', value: { asyncId: 1n } } });
    expect(await waiting).toEqual({ asyncId: 1n });
  });
});
