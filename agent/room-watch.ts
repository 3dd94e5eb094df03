/**
 * Notices who has left a call's room for good, the caller or we, and takes nobody for gone whose connection is only being made
 * anew.
 *
 * States of a caller: there → missing (left in a way that callers come back from) → there again, or gone. Our own connection
 * is made anew when it cannot be resumed: the native library has everybody leave, without a reason, before it tries, and come
 * in again when it succeeded. When LiveKit SIP's is, its old participant leaves and a new one of the same name comes.
 */
import { ConnectionState, DisconnectReason, type Room, RoomEvent } from '@livekit/rtc-node';
import { type CallRoom, isCaller } from './call-room.ts';
import type { CallEnds } from './ends.ts';

/** `sent_out`: the room is being deleted, which begins with sending everybody out. */
export type Leaving = 'gone' | 'sent_out';

/** Undefined: nobody said why; a caller who hung up while we were cut off looks like that too. */
const comesBackFrom: ReadonlySet<DisconnectReason | undefined> = new Set([
  undefined,
  DisconnectReason.DUPLICATE_IDENTITY,
  DisconnectReason.STATE_MISMATCH,
  DisconnectReason.MIGRATION,
  DisconnectReason.SERVER_SHUTDOWN,
]);

/**
 * Counted while we are in the room. LiveKit's libraries rest for up to 7 s between two attempts at a server that is away for a
 * while, each by its own dice, so a caller may come in that much later than we do.
 */
const comesBackWithinMs = 10_000;

/**
 * Watches from before the room is joined until it is left, which also ends the waiting for a caller who is missing.
 *
 * `sip.callStatus` matters beside the leaving itself: when a caller vanishes, LiveKit SIP says BYE 15 s after the last RTP
 * packet but stays in the room until 47 s, and in between the agent would talk to nobody.
 */
export function watchCaller(room: Room, left: (how: Leaving) => void): void {
  let missing: string | undefined;
  let patience: NodeJS.Timeout | undefined;
  const waitAnew = () => {
    clearTimeout(patience);
    const inRoom = room.connectionState === ConnectionState.CONN_CONNECTED;
    if (missing !== undefined && inRoom) patience = setTimeout(() => left('gone'), comesBackWithinMs);
  };
  room.on(RoomEvent.ConnectionStateChanged, waitAnew);
  room.on(RoomEvent.ParticipantDisconnected, (participant) => {
    if (!isCaller(participant)) return;
    const { disconnectReason: reason, identity } = participant;
    if (reason === DisconnectReason.ROOM_DELETED) return left('sent_out');
    if (!comesBackFrom.has(reason)) return left('gone');
    missing = identity;
    waitAnew();
  });
  room.on(RoomEvent.ParticipantConnected, ({ identity }) => {
    if (identity !== missing) return;
    missing = undefined;
    clearTimeout(patience);
  });
  room.on(RoomEvent.ParticipantAttributesChanged, (changed, participant) => {
    if (isCaller(participant) && changed['sip.callStatus'] === 'hangup') left('gone');
  });
}

/** Anything else that ends our connection leaves the caller where they are. */
const roomIsGone: ReadonlySet<DisconnectReason> = new Set([
  DisconnectReason.ROOM_DELETED,
  DisconnectReason.ROOM_CLOSED,
]);

/** Watches who is in the room, from before we join it. */
export function watchRoom({ room }: CallRoom, ends: CallEnds): void {
  ends.inRoom = () => room.isConnected;
  // Somebody who is sent out has not hung up, and our own turn comes next.
  watchCaller(room, (how) => how === 'gone' && ends.callerWent());
  room.on(RoomEvent.Disconnected, (reason) => {
    const told = `LiveKit disconnected us: ${DisconnectReason[reason] ?? reason}`;
    if (roomIsGone.has(reason)) ends.end('room_closed', new Error(told));
    // Sent out by whoever looks after calls and took us for dead or mute, or cut off for so long that we gave up.
    else ends.handOver(told);
  });
}
