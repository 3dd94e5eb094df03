/** One call's own connection to its LiveKit room, and the caller in it. */
import { getJobContext } from '@livekit/agents';
import {
  LocalAudioTrack,
  type Participant,
  ParticipantKind,
  type RemoteParticipant,
  Room,
  RoomEvent,
} from '@livekit/rtc-node';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { RoomName } from '../shared/ids.ts';
import { forgetRoom } from './patches/ffi-client.ts';
import type { Rooms } from './platform.ts';

const joinDeadlineMs = 5_000;
const leaveDeadlineMs = 3_000;
/** Longer, and the caller had better be hung up on with it. */
const unpublishDeadlineMs = 1_000;
/** Placing a job may re-create a room whose caller has just left; nobody comes into such a room any more. */
const callerDeadlineMs = 2_000;

export type Joined =
  | { readonly outcome: 'joined'; readonly caller: RemoteParticipant }
  /** The caller is not there, and does not come. */
  | { readonly outcome: 'nobody' }
  | { readonly outcome: 'failed'; readonly cause: Error };

/** The one participant that a telephone stands behind. */
export function isCaller(participant: Participant): boolean {
  return participant.kind === ParticipantKind.SIP;
}

export function isAgent(participant: Participant): boolean {
  return participant.kind === ParticipantKind.AGENT;
}

/**
 * Ends a room for everybody in it. Our own audio goes first: a room that the server ends under it leaves a thread of the native
 * library behind for good, which wakes up a hundred times a second: measured, 0.24 % of a core an ended call.
 *
 * @param failed makes what hears of a step that could not be done; the next one is done all the same
 */
export async function closeRoom(
  room: CallRoom,
  name: RoomName,
  rooms: Rooms,
  failed: (what: string) => (thrown: unknown) => void,
): Promise<void> {
  await room.unpublish().catch(failed('the audio could not be taken back'));
  await rooms.delete(name).catch(failed('the room could not be deleted'));
}

export class CallRoom {
  readonly room = new Room();
  readonly #dial: (room: Room) => Promise<void>;
  #left = false;

  /** @param dial connects; left out: as the call's own job context does it */
  constructor(dial: (room: Room) => Promise<void> = () => getJobContext().connect()) {
    this.#dial = dial;
  }

  /** Joins, which does not answer the call, and looks for the caller. Never throws. @param turn settles when to begin */
  async join(turn?: Promise<void>): Promise<Joined> {
    try {
      await turn;
      await withDeadline('joining the room', joinDeadlineMs, this.#connect());
    } catch (thrown) {
      return { outcome: 'failed', cause: coerceError(thrown) };
    }
    const caller = await this.#findCaller();
    return caller === undefined ? { outcome: 'nobody' } : { outcome: 'joined', caller };
  }

  /** A join that succeeds after its deadline would leave an agent in the room that nobody knows of. */
  async #connect(): Promise<void> {
    await this.#dial(this.room);
    if (this.#left) await this.room.disconnect();
  }

  #findCaller(): RemoteParticipant | undefined | Promise<RemoteParticipant | undefined> {
    const present = [...this.room.remoteParticipants.values()].find(isCaller);
    if (present !== undefined) return present;
    return new Promise((resolve) => {
      const finish = (caller: RemoteParticipant | undefined) => {
        clearTimeout(timer);
        this.room.off(RoomEvent.ParticipantConnected, onConnected);
        resolve(caller);
      };
      const onConnected = (participant: RemoteParticipant) => {
        if (isCaller(participant)) finish(participant);
      };
      const timer = setTimeout(() => finish(undefined), callerDeadlineMs);
      this.room.on(RoomEvent.ParticipantConnected, onConnected);
    });
  }

  /** Takes back what is published here. */
  async unpublish(): Promise<void> {
    const { localParticipant } = this.room;
    if (localParticipant === undefined || !this.room.isConnected) return;
    const tracks = this.#tracks();
    const unpublished = [...localParticipant.trackPublications.keys()].map((sid) =>
      localParticipant.unpublishTrack(sid),
    );
    await withDeadline('taking the audio back', unpublishDeadlineMs, Promise.all(unpublished));
    await Promise.all(tracks.map((track) => track.close(false)));
  }

  /** Leaves the room; what hangs is given up after 3 s. */
  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    const tracks = this.#tracks();
    try {
      await withDeadline('leaving the room', leaveDeadlineMs, this.room.disconnect());
    } finally {
      forgetRoom(this.room);
      await Promise.all(tracks.map((track) => track.close(false)));
    }
  }

  /** Theirs to close: the library leaves their threads to the garbage collector. */
  #tracks(): LocalAudioTrack[] {
    const published = this.room.localParticipant?.trackPublications.values() ?? [];
    return [...published].flatMap(({ track }) => (track instanceof LocalAudioTrack ? track : []));
  }
}
