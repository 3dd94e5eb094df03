import { ConnectionState, DisconnectReason, ParticipantKind, Room, RoomEvent } from '@livekit/rtc-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallRoom } from '../../../agent/call-room.ts';
import { CallEnds } from '../../../agent/ends.ts';
import { CallerPresence } from '../../../agent/presence.ts';
import { watchRoom } from '../../../agent/room-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const waitsMs = 10_000;
/** The ways out that callers come back from; undefined: LiveKit does not say why. */
const replaced = [
  ['for no reason that anybody names', undefined],
  ['as a duplicate', DisconnectReason.DUPLICATE_IDENTITY],
  ['out of step with LiveKit', DisconnectReason.STATE_MISMATCH],
  ['to another node', DisconnectReason.MIGRATION],
  ['because the server stops', DisconnectReason.SERVER_SHUTDOWN],
] as const;

describe('a caller whose connection is made anew', () => {
  test.each(replaced)('and who left %s is still in the call when they come in again (R3.5)', (_how, reason) => {
    const { ends, caller } = answeredCall();
    caller.leaves(reason);
    vi.advanceTimersByTime(waitsMs - 1);
    caller.comes();
    vi.advanceTimersByTime(10 * waitsMs);
    expect(ends.reached).toBeUndefined();
    expect(ends.callerIsGone).toBe(false);
  });

  test.each(replaced)('and who left %s has hung up when they stay away (R1.8)', (_how, reason) => {
    const { ends, caller } = answeredCall();
    caller.leaves(reason);
    vi.advanceTimersByTime(waitsMs - 1);
    expect(ends.reached).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(ends.reached).toMatchObject({ reason: 'caller_hung_up' });
  });

  test('is not confused with somebody else who comes (R1.8)', () => {
    const { ends, caller } = answeredCall();
    caller.leaves(undefined);
    caller.comes('sip_somebody_else');
    vi.advanceTimersByTime(waitsMs);
    expect(ends.reached).toMatchObject({ reason: 'caller_hung_up' });
  });

  test('may leave once more, and is waited for anew (R3.5)', () => {
    const { ends, caller } = answeredCall();
    caller.leaves(undefined);
    vi.advanceTimersByTime(waitsMs - 1);
    caller.comes();
    caller.leaves(undefined);
    vi.advanceTimersByTime(waitsMs - 1);
    expect(ends.reached).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(ends.reached).toMatchObject({ reason: 'caller_hung_up' });
  });

  test('is not missed by an agent that is out of the room itself: its waiting begins when it is back (R3.5)', () => {
    const { ends, caller, link } = answeredCall();
    link(ConnectionState.CONN_RECONNECTING);
    caller.leaves(undefined);
    vi.advanceTimersByTime(3 * waitsMs);
    expect(ends.reached).toBeUndefined();
    link(ConnectionState.CONN_CONNECTED);
    vi.advanceTimersByTime(waitsMs - 1);
    expect(ends.reached).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(ends.reached).toMatchObject({ reason: 'caller_hung_up' });
  });

  test('is waited for by nobody once the agent has left the room (R3.6)', () => {
    const { caller, link } = answeredCall();
    caller.leaves(undefined);
    link(ConnectionState.CONN_DISCONNECTED);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a caller who leaves', () => {
  test('by hanging up ends the call at once (R1.8)', () => {
    const { ends, caller } = answeredCall();
    caller.leaves(DisconnectReason.CLIENT_INITIATED);
    expect(ends.reached).toMatchObject({ reason: 'caller_hung_up' });
  });

  test('by hanging up the telephone, while LiveKit SIP stays in the room, ends it at once (R1.8)', () => {
    const { ends, caller } = answeredCall();
    caller.says({ 'sip.callStatus': 'hangup' });
    expect(ends.reached).toMatchObject({ reason: 'caller_hung_up' });
  });

  test('because the room is deleted has not hung up (R1.8)', () => {
    const { ends, caller, room } = answeredCall();
    caller.leaves(DisconnectReason.ROOM_DELETED);
    expect(ends.reached).toBeUndefined();
    room.emit(RoomEvent.Disconnected, DisconnectReason.ROOM_DELETED);
    expect(ends.reached).toMatchObject({ kind: 'ended', reason: 'room_closed' });
  });
});

describe('an agent whose connection ends', () => {
  test.each(['ROOM_DELETED', 'ROOM_CLOSED'] as const)('with %s has no room to leave to others (R1.8)', (reason) => {
    const { ends, room } = answeredCall();
    room.emit(RoomEvent.Disconnected, DisconnectReason[reason]);
    expect(ends.reached).toMatchObject({ kind: 'ended', reason: 'room_closed' });
  });

  test.each(['UNKNOWN_REASON', 'SERVER_SHUTDOWN', 'JOIN_FAILURE', 'STATE_MISMATCH', 'PARTICIPANT_REMOVED'] as const)(
    'with %s leaves its caller to another one (R3.5)',
    (reason) => {
      const { ends, room } = answeredCall();
      room.emit(RoomEvent.Disconnected, DisconnectReason[reason]);
      expect(ends.reached).toEqual({ kind: 'handed_over', why: `LiveKit disconnected us: ${reason}` });
    },
  );

  test('for its job, because it was made anew, goes on: it is in the room (R3.5)', () => {
    const { ends, isConnected } = answeredCall();
    isConnected.mockReturnValue(true);
    ends.terminated();
    vi.advanceTimersByTime(60_000);
    expect(ends.reached).toBeUndefined();
  });

  test('for its job, outside of the room, leaves its caller to another one (R3.5)', () => {
    const { ends, isConnected } = answeredCall();
    isConnected.mockReturnValue(false);
    ends.terminated();
    vi.advanceTimersByTime(1_000);
    expect(ends.reached).toMatchObject({ kind: 'handed_over' });
  });

  test('for its job with a room that is deleted, ends with that (R1.8)', () => {
    const { ends, room } = answeredCall();
    ends.terminated();
    room.emit(RoomEvent.Disconnected, DisconnectReason.ROOM_DELETED);
    vi.advanceTimersByTime(1_000);
    expect(ends.reached).toMatchObject({ kind: 'ended', reason: 'room_closed' });
  });
});

describe('a refused caller who is being told', () => {
  test('hears the sentence to its end when their connection is made anew (R3.4)', () => {
    const { presence, caller } = toldCaller();
    caller.leaves(DisconnectReason.DUPLICATE_IDENTITY);
    caller.comes();
    vi.advanceTimersByTime(waitsMs);
    expect(presence.departure).toBeUndefined();
  });

  test('has left when they hang up, or stay away (R3.4)', () => {
    const hangsUp = toldCaller();
    hangsUp.caller.leaves(DisconnectReason.CLIENT_INITIATED);
    expect(hangsUp.presence.departure).toBe('caller_left');
    const staysAway = toldCaller();
    staysAway.caller.leaves(undefined);
    vi.advanceTimersByTime(waitsMs);
    expect(staysAway.presence.departure).toBe('caller_left');
  });

  test('finds the line closed when the room is deleted (R3.4)', () => {
    const { presence, caller } = toldCaller();
    caller.leaves(DisconnectReason.ROOM_DELETED);
    expect(presence.departure).toBe('line_closed');
  });
});

function answeredCall() {
  const callRoom = new CallRoom();
  const ends = new CallEnds();
  ends.reach('answered');
  watchRoom(callRoom, ends);
  const { room } = callRoom;
  const isConnected = vi.spyOn(room, 'isConnected', 'get');
  return { ends, isConnected, ...stageOf(room) };
}

function toldCaller() {
  const room = new Room();
  return { presence: new CallerPresence(room), ...stageOf(room) };
}

/** A room that is in no server: what LiveKit would say of it, the test says. */
function stageOf(room: Room) {
  const named = (identity: string, disconnectReason?: DisconnectReason) =>
    ({ kind: ParticipantKind.SIP, identity, disconnectReason, attributes: {} }) as never;
  const state = vi.spyOn(room, 'connectionState', 'get');
  const link = (now: ConnectionState) => {
    state.mockReturnValue(now);
    room.emit(RoomEvent.ConnectionStateChanged, now);
  };
  link(ConnectionState.CONN_CONNECTED);
  const caller = {
    leaves: (reason: DisconnectReason | undefined) =>
      room.emit(RoomEvent.ParticipantDisconnected, named('sip_caller', reason)),
    comes: (identity = 'sip_caller') => room.emit(RoomEvent.ParticipantConnected, named(identity)),
    says: (changed: Record<string, string>) =>
      room.emit(RoomEvent.ParticipantAttributesChanged, changed, named('sip_caller')),
  };
  return { room, caller, link };
}
