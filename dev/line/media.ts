/** One call's sound and keys between RTP and a room. */
import { type KeyPress, KeyPressReader } from './dtmf.ts';
import { decodeG711 } from './g711.ts';
import type { Peer } from './message.ts';
import { ringback } from './ringback.ts';
import type { RoomLeg } from './room.ts';
import { isNewer, type RtpPacket, type RtpSocket } from './rtp.ts';
import { type AudioTerms, describeAudio } from './sdp.ts';
import { RtpSender } from './sender.ts';

export class Media {
  /** What we answer to the offer; a re-INVITE gets the same again. */
  readonly description: string;
  /** Settles with the first RTP packet, whoever sent it: LiveKit SIP does not look at the source either. */
  readonly firstPacket: Promise<void>;
  readonly #socket: RtpSocket;
  readonly #terms: AudioTerms;
  readonly #keys = new KeyPressReader();
  #lastPacketMs: number | undefined;
  #lastSequence: { ssrc: number; sequence: number } | undefined;
  #sender: RtpSender | undefined;
  #room: RoomLeg | undefined;
  #ringback: (() => Int16Array) | undefined;

  constructor(socket: RtpSocket, terms: AudioTerms, localAddress: string) {
    this.#socket = socket;
    this.#terms = terms;
    const sessionId = Math.floor(Math.random() * 2 ** 31);
    this.description = describeAudio({ address: localAddress, port: socket.port }, terms, sessionId);
    this.firstPacket = new Promise((resolve) => {
      socket.onPacket((packet) => {
        this.#lastPacketMs = performance.now();
        resolve();
        this.#receive(packet);
      });
    });
  }

  /** When the last RTP packet came, on the monotonic clock; undefined before the first. */
  get lastPacketMs(): number | undefined {
    return this.#lastPacketMs;
  }

  /** From now on the caller hears the room, or silence, and the room hears the caller. */
  connect(room: RoomLeg): void {
    this.#room = room;
    // What the room says under a ringback is taken and lost: kept, it would be delay afterwards.
    const nextSamples = (): Int16Array | undefined => {
      const voices = room.takeAudio();
      return this.#ringback === undefined ? voices : this.#ringback();
    };
    this.#sender = new RtpSender({ socket: this.#socket, terms: this.#terms, nextSamples });
    room.onKey((key: KeyPress) => this.#sender?.press(key));
  }

  /** The caller moved: a re-INVITE said so. */
  redirect(remote: Peer): void {
    this.#sender?.redirect(remote);
  }

  /** The caller hears ringing in place of the room. */
  playRingback(): void {
    this.#ringback = ringback();
  }

  /** The caller hears the room again. */
  playRoom(): void {
    this.#ringback = undefined;
  }

  async close(): Promise<void> {
    this.#sender?.stop();
    await this.#socket.close();
  }

  #receive({ payloadType, timestamp, sequence, ssrc, payload }: RtpPacket): void {
    if (this.#room === undefined) return;
    if (payloadType === this.#terms.eventPayloadType) {
      const key = this.#keys.read(timestamp, payload);
      if (key !== undefined) this.#room.sendKey(key);
      return;
    }
    if (payloadType !== this.#terms.payloadType || payload.length === 0 || !this.#isInOrder(ssrc, sequence)) return;
    this.#room.play(decodeG711(this.#terms.codec, payload));
  }

  /** A packet that was overtaken is too late to be heard. A new source starts a count of its own. */
  #isInOrder(ssrc: number, sequence: number): boolean {
    const last = this.#lastSequence;
    if (last !== undefined && last.ssrc === ssrc && !isNewer(sequence, last.sequence)) return false;
    this.#lastSequence = { ssrc, sequence };
    return true;
  }
}
