/** Whether the caller of a room is still there, and whether their line stands. */
import { type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';
import { watchCaller } from './room-watch.ts';

const status = 'sip.callStatus';
/** LiveKit SIP waits 1 s for the first packet after the 200 OK and then calls it a call, also without one. */
const connectedWithinMs = 3_000;

/** `line_closed`: the room was closed from outside, or it was us. */
export type Departure = 'caller_left' | 'line_closed';

/** Made before the room is joined. */
export class CallerPresence {
  /** Resolves when the caller has left, or the room was closed. */
  readonly over: Promise<Departure>;
  readonly #room: Room;
  #departure: Departure | undefined;
  #resolve: (departure: Departure) => void = () => undefined;

  constructor(room: Room) {
    this.#room = room;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    watchCaller(room, (how) => this.#leave(how === 'gone' ? 'caller_left' : 'line_closed'));
    room.on(RoomEvent.Disconnected, () => this.closeLine());
  }

  /** How it ended, once it has. */
  get departure(): Departure | undefined {
    return this.#departure;
  }

  closeLine(): void {
    this.#leave('line_closed');
  }

  /** Waits until the answered line carries sound; what is sent to it earlier may be lost, and a REFER is refused. */
  async untilConnected(caller: RemoteParticipant): Promise<void> {
    if (caller.attributes[status] !== 'ringing') return;
    let timer: NodeJS.Timeout | undefined;
    const connected = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, connectedWithinMs);
      this.#room.on(RoomEvent.ParticipantAttributesChanged, () => {
        if (caller.attributes[status] !== 'ringing') resolve();
      });
    });
    await Promise.race([connected, this.over]);
    clearTimeout(timer);
  }

  /** The first one counts. */
  #leave(departure: Departure): void {
    this.#departure ??= departure;
    this.#resolve(this.#departure);
  }
}
