/** People of the tests: a caller as LiveKit SIP would put one into a room, and an agent without any intelligence. */
import { randomBytes } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import {
  AudioSource,
  DisconnectReason,
  forgetWhenDisconnected,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
} from '../../dev/line/rtc.ts';
import type { LivekitServer } from '../../dev/stack/livekit-server.ts';
import { waitFor } from '../../dev/stack/wait.ts';

/** What the INVITE says; whatever is left out is made up. */
export interface Dialling {
  /** User part of To. */
  readonly called: string;
  /** User part of From. */
  readonly caller?: string;
  readonly callId?: string;
  readonly fromTag?: string;
  /** Room prefix, where it is not the one of our rule. */
  readonly roomPrefix?: string;
  /** The exchange was told 200 already. */
  readonly answered?: true;
}

const endDeadlineMs = 15_000;

export class Participant {
  readonly room: string;
  readonly #livekit: LivekitServer;
  readonly #token: Pick<AccessToken, 'toJwt'>;
  readonly #connection = new Room();
  #ended: string | undefined;

  constructor(livekit: LivekitServer, room: string, token: Pick<AccessToken, 'toJwt'>) {
    this.#livekit = livekit;
    this.room = room;
    this.#token = token;
    forgetWhenDisconnected(this.#connection);
    this.#connection.once(RoomEvent.Disconnected, (reason) => {
      this.#ended = DisconnectReason[reason];
    });
  }

  async join(): Promise<this> {
    await this.#connection.connect(this.#livekit.url, await this.#token.toJwt(), {
      autoSubscribe: true,
      dynacast: false,
    });
    return this;
  }

  async publish(): Promise<this> {
    const track = LocalAudioTrack.createAudioTrack('voice', new AudioSource(8000, 1));
    await this.#connection.localParticipant?.publishTrack(track, new TrackPublishOptions());
    return this;
  }

  async leave(): Promise<void> {
    await this.#connection.disconnect();
  }

  /** Why LiveKit put this participant out, once it has: ROOM_DELETED is what a SIP caller hears as busy. */
  async putOut(): Promise<string> {
    return waitFor(() => this.#ended, { what: `the end of ${this.room}`, deadlineMs: endDeadlineMs });
  }

  get isIn(): boolean {
    return this.#ended === undefined && this.#connection.isConnected;
  }
}

export class Caller extends Participant {
  readonly callId: string;
  readonly fromTag: string;

  constructor(livekit: LivekitServer, dialling: Dialling) {
    const { called, caller = '+39061112223', roomPrefix = 'call' } = dialling;
    const callId = dialling.callId ?? `${randomBytes(8).toString('hex')}@pbx.test`;
    const fromTag = dialling.fromTag ?? randomBytes(4).toString('hex');
    const attributes = {
      'sip.callID': `SCL_${randomBytes(6).toString('hex')}`,
      'sip.callIDFull': callId,
      'sip.callTag': fromTag,
      'sip.callStatus': dialling.answered ? 'active' : 'ringing',
      'sip.phoneNumber': caller,
      'sip.trunkPhoneNumber': called,
    };
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: `sip_${caller}`, attributes });
    token.kind = 'sip';
    const room = `${roomPrefix}_${called}_${randomBytes(6).toString('hex')}`;
    token.addGrant(mayTalkIn(room));
    super(livekit, room, token);
    this.callId = callId;
    this.fromTag = fromTag;
  }
}

export function makeAgent(livekit: LivekitServer, room: string): Participant {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, {
    identity: `agent-${randomBytes(4).toString('hex')}`,
  });
  token.kind = 'agent';
  token.addGrant(mayTalkIn(room));
  return new Participant(livekit, room, token);
}

function mayTalkIn(room: string) {
  return { roomJoin: true, room, canPublish: true, canSubscribe: true };
}
