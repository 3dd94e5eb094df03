/** The other participant of a call, without any intelligence: publishes a tone, remembers what it hears. */
import { AccessToken } from 'livekit-server-sdk';
import {
  AudioFrame,
  AudioSource,
  forgetWhenDisconnected,
  hearTrack,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from '../../dev/line/rtc.ts';
import type { LivekitServer } from '../../dev/stack/livekit-server.ts';
import { makeTone } from './tone.ts';

const sampleRate = 24_000;
const frameSamples = sampleRate / 50;

export class ToneAgent {
  readonly room = new Room();
  /** Keys the caller pressed. */
  readonly keys: string[] = [];
  /** Values that the caller's `sip.callStatus` took, in order. */
  readonly statuses: string[] = [];
  readonly #heard: Int16Array[] = [];
  readonly #hearings: (() => Promise<void>)[] = [];
  readonly #source = new AudioSource(sampleRate, 1);

  constructor() {
    forgetWhenDisconnected(this.room);
    this.room.on(RoomEvent.DtmfReceived, (_code, digit) => this.keys.push(digit));
    this.room.on(RoomEvent.ParticipantAttributesChanged, (changed) => {
      const status = changed['sip.callStatus'];
      if (status !== undefined) this.statuses.push(status);
    });
    this.room.on(RoomEvent.TrackSubscribed, (track) => {
      this.#hearings.push(hearTrack(track, (samples) => this.#heard.push(samples)));
    });
  }

  async join(livekit: LivekitServer, room: string): Promise<void> {
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'agent' });
    token.addGrant({ roomJoin: true, room });
    await this.room.connect(livekit.url, await token.toJwt(), { autoSubscribe: true, dynacast: false });
  }

  /** Publishing is what makes the line answer. */
  async publish(): Promise<void> {
    const track = LocalAudioTrack.createAudioTrack('voice', this.#source);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
    await this.room.localParticipant?.publishTrack(track, options);
  }

  async play(hertz: number, seconds: number): Promise<void> {
    const tone = makeTone({ hertz, sampleRate, seconds });
    for (let start = 0; start + frameSamples <= tone.length; start += frameSamples) {
      await this.#source.captureFrame(
        new AudioFrame(tone.slice(start, start + frameSamples), sampleRate, 1, frameSamples),
      );
    }
    await this.#source.waitForPlayout();
  }

  /** 8 kHz mono of all that was heard so far. */
  heard(): Int16Array {
    return Int16Array.from(this.#heard.flatMap((part) => [...part]));
  }

  async leave(): Promise<void> {
    await this.room.disconnect();
    await Promise.all(this.#hearings.map((stopHearing) => stopHearing()));
    await this.#source.close();
  }
}

/** Joins the room of a call and publishes, as an agent that is ready does. */
export async function answer(livekit: LivekitServer, room: string): Promise<ToneAgent> {
  const agent = new ToneAgent();
  await agent.join(livekit, room);
  await agent.publish();
  return agent;
}
