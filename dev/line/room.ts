/** The call's other end: a participant of kind SIP in a LiveKit room of its own. */
import { voicePublication } from '../../agent/publication.ts';
import { type RoomTicket, signTicket as signRoomTicket } from '../../dispatch/room-ticket.ts';
import { coerceError, withDeadline } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { CallerVoice, longestQueueMs } from './caller-voice.ts';
import { type KeyPress, keyPress } from './dtmf.ts';
import { Mixer } from './mixer.ts';
import {
  AudioSource,
  DisconnectReason,
  forgetWhenDisconnected,
  hearTrack,
  LocalAudioTrack,
  ParticipantKind,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
} from './rtc.ts';
import { packetMs, sampleRate } from './rtp.ts';

export interface LiveKitAccess {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

const joinDeadlineMs = 10_000;
const attributeDeadlineMs = 1_000;
const leaveDeadlineMs = 5_000;
const ticketLifeSeconds = 600;

export type CallStatus = 'ringing' | 'active' | 'hangup';

/** Joins and publishes the caller's track, silent so far. @throws when LiveKit refuses or does not answer in time */
export async function joinRoom(access: LiveKitAccess, ticket: RoomTicket, log: Logger): Promise<RoomLeg> {
  const leg = new RoomLeg(log);
  try {
    await withDeadline('joining the room', joinDeadlineMs, leg.join(access.url, await signTicket(access, ticket)));
    return leg;
  } catch (error) {
    await leg.leave();
    throw error;
  }
}

/** A ticket for as long as a test or a call may take to join. */
export function signTicket(access: LiveKitAccess, ticket: RoomTicket): Promise<string> {
  return signRoomTicket(access, ticket, ticketLifeSeconds);
}

export class RoomLeg {
  /** Settles when somebody else has published audio, or is a telephone too: the moment to answer. */
  readonly someoneSpeaks: Promise<void>;
  /** Settles with the server's reason when it, and not we, ended our stay. */
  readonly gone: Promise<string>;
  readonly #log: Logger;
  readonly #room = new Room();
  readonly #mixer = new Mixer();
  readonly #source = new AudioSource(sampleRate, 1, longestQueueMs + 2 * packetMs);
  readonly #voice = new CallerVoice(this.#source);
  #onKey: (key: KeyPress) => void = () => undefined;
  readonly #hearings: (() => Promise<void>)[] = [];
  #track: LocalAudioTrack | undefined;
  #isLeaving = false;

  constructor(log: Logger) {
    this.#log = log;
    this.someoneSpeaks = new Promise((resolve) => this.#watchForVoices(resolve));
    this.gone = new Promise((resolve) => {
      this.#room.once(RoomEvent.Disconnected, (reason) => {
        if (!this.#isLeaving) resolve(DisconnectReason[reason] ?? `reason ${reason}`);
      });
    });
    this.#room.on(RoomEvent.TrackSubscribed, (track, publication) => this.#hear(track, publication.sid ?? 'unnamed'));
    this.#room.on(RoomEvent.DtmfReceived, (_code, digit) => {
      const key = keyPress(digit);
      if (key !== undefined) this.#onKey(key);
    });
    forgetWhenDisconnected(this.#room);
  }

  async join(url: string, token: string): Promise<void> {
    await this.#room.connect(url, token, { autoSubscribe: true, dynacast: false });
    if (this.#isLeaving) return await this.#room.disconnect();
    this.#track = LocalAudioTrack.createAudioTrack('sip', this.#source);
    await this.#participant().publishTrack(this.#track, voicePublication());
  }

  /** The next 20 ms of everybody else in the room. */
  takeAudio(): Int16Array | undefined {
    return this.#mixer.take();
  }

  /** @param samples the caller's voice, 8 kHz mono, in a buffer of their own: the native side ignores a view's offset */
  play(samples: Int16Array): void {
    if (this.#isLeaving) return;
    this.#voice.play(samples).catch((error: unknown) => this.#ignoreWhenLeaving('caller audio was lost', error));
  }

  onKey(listener: (key: KeyPress) => void): void {
    this.#onKey = listener;
  }

  sendKey({ code, key }: KeyPress): void {
    this.#participant()
      .publishDtmf(code, key)
      .catch((error: unknown) => this.#ignoreWhenLeaving('a key press was lost', error));
  }

  /** Best effort: the status is news for others, not something the call depends on. */
  async setCallStatus(status: CallStatus): Promise<void> {
    if (!this.#room.isConnected) return;
    const change = this.#participant().setAttributes({ 'sip.callStatus': status });
    try {
      await withDeadline(`setting sip.callStatus to ${status}`, attributeDeadlineMs, change);
    } catch (error) {
      this.#ignoreWhenLeaving('sip.callStatus was not set', error);
    }
  }

  /** Leaves, however far the joining got. Safe to call twice. */
  async leave(): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    try {
      await withDeadline('leaving the room', leaveDeadlineMs, this.#stop());
    } catch (error) {
      this.#log.warn({ err: coerceError(error) }, 'could not leave the room');
    }
    // One that is left to the garbage collector keeps a thread awake until then, a hundred times a second.
    await this.#track?.close(false);
    await this.#source.close();
  }

  async #stop(): Promise<void> {
    await this.#room.disconnect();
    await Promise.all(this.#hearings.map((stopHearing) => stopHearing()));
  }

  #participant() {
    const participant = this.#room.localParticipant;
    if (participant === undefined) throw new Error('the room has not been joined yet');
    return participant;
  }

  #watchForVoices(found: () => void): void {
    const room = this.#room;
    room.on(RoomEvent.TrackPublished, (publication) => {
      if (publication.kind === TrackKind.KIND_AUDIO) found();
    });
    room.on(RoomEvent.ParticipantConnected, (participant) => {
      if (participant.kind === ParticipantKind.SIP) found();
    });
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (track.kind === TrackKind.KIND_AUDIO) found();
    });
  }

  #hear(track: RemoteTrack, voice: string): void {
    if (track.kind !== TrackKind.KIND_AUDIO) return;
    this.#hearings.push(hearTrack(track, (samples) => this.#mixer.add(voice, samples)));
    this.#room.on(RoomEvent.TrackUnsubscribed, (gone) => {
      if (gone === track) this.#mixer.remove(voice);
    });
  }

  /** While a room is torn down every pending operation in it fails; before that a failure is worth a line. */
  #ignoreWhenLeaving(message: string, error: unknown): void {
    if (!this.#isLeaving && this.#room.isConnected) this.#log.warn({ err: coerceError(error) }, message);
  }
}
