/** A caller as LiveKit SIP would bring one: a participant of kind SIP with `sip.*` attributes that speaks and listens. */
import '../../dev/line/native-logs.ts';
import {
  type AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { forgetRoom } from '../../agent/patches/ffi-client.ts';
import { signTicket } from '../../dev/line/room.ts';
import { SteadyVoice } from '../../dev/line/steady-voice.ts';
import { waitFor } from '../../dev/stack/wait.ts';

const sampleRate = 16_000;
const frameSamples = SteadyVoice.samplesPerFrame(sampleRate);
/** Below this a sample is silence, also after Opus. */
const audible = 400;

/** Where the agents library would tell a participant what the agent hears, says, does and costs. */
export const agentTopics = ['lk.agent.session', 'lk.agent.events', 'lk.transcription', 'lk.chat'] as const;

export interface CallerOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly room: string;
  readonly called: string;
  readonly callId: string;
}

export class Caller {
  readonly room = new Room();
  readonly #source = new AudioSource(sampleRate, 1, 1000);
  #voice: LocalAudioTrack | undefined;
  /** Every audio track anybody published to this caller: the first one is what answers a call. */
  readonly tracks: RemoteTrack[] = [];
  /** Everything that came over data channels: packets, streams of any topic. */
  readonly received: string[] = [];
  #heardSamples = 0;
  readonly #sound: Int16Array[] = [];
  #disconnected = false;
  readonly #ears: ReadableStreamDefaultReader<AudioFrame>[] = [];
  #words: Int16Array[] = [];
  #speaking: SteadyVoice | undefined;

  static async join(options: CallerOptions): Promise<Caller> {
    const caller = new Caller();
    await caller.#join(options);
    return caller;
  }

  get disconnected(): boolean {
    return this.#disconnected;
  }

  /** Milliseconds of sound (not silence) heard so far. */
  get heardMs(): number {
    return this.#heardSamples / (sampleRate / 1000);
  }

  /** Everything heard so far, 16 kHz mono. */
  get heard(): Int16Array {
    const all = new Int16Array(this.#sound.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#sound) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Speaks, after what is being said already. @param pcm 16 kHz mono */
  say(pcm: Int16Array): void {
    for (let at = 0; at + frameSamples <= pcm.length; at += frameSamples)
      this.#words.push(pcm.slice(at, at + frameSamples));
  }

  async hangUp(): Promise<void> {
    this.#speaking?.stop();
    await this.room.disconnect();
    await this.#forget();
  }

  /** A room that the server ended leaves its listeners, and those of its streams, behind. */
  async #forget(): Promise<void> {
    forgetRoom(this.room);
    await Promise.all(this.#ears.map((ear) => ear.cancel()));
    await this.#voice?.close(false);
    await this.#source.close();
  }

  async untilAnswered(deadlineMs = 15_000): Promise<void> {
    await waitFor(() => this.tracks.length > 0, { what: 'audio to be published', deadlineMs });
  }

  async untilHeard(ms: number, deadlineMs = 20_000): Promise<void> {
    await waitFor(() => this.heardMs >= ms, { what: `${ms} ms of the agent's voice`, deadlineMs });
  }

  async untilDisconnected(deadlineMs = 15_000): Promise<void> {
    await waitFor(() => this.#disconnected, { what: 'the call to be ended', deadlineMs });
  }

  async #join(options: CallerOptions): Promise<void> {
    this.room.on(RoomEvent.TrackSubscribed, (track) => {
      if (track.kind === TrackKind.KIND_AUDIO) void this.#listen(track);
    });
    this.room.on(RoomEvent.Disconnected, () => {
      this.#disconnected = true;
      this.#speaking?.stop();
    });
    this.#listenToData();
    await this.room.connect(options.url, await tokenFor(options), { autoSubscribe: true, dynacast: false });
    this.#voice = LocalAudioTrack.createAudioTrack('sip', this.#source);
    await this.room.localParticipant?.publishTrack(
      this.#voice,
      new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }),
    );
    this.#speaking = new SteadyVoice(this.#source, () => this.#words.shift());
  }

  #listenToData(): void {
    this.room.on(RoomEvent.DataReceived, (_payload, _participant, _kind, topic) => this.received.push(`data ${topic}`));
    for (const topic of agentTopics) {
      this.room.registerTextStreamHandler(topic, () => void this.received.push(`text ${topic}`));
      this.room.registerByteStreamHandler(topic, () => void this.received.push(`bytes ${topic}`));
    }
  }

  async #listen(track: RemoteTrack): Promise<void> {
    this.tracks.push(track);
    const ear: ReadableStreamDefaultReader<AudioFrame> = new AudioStream(track, {
      sampleRate,
      numChannels: 1,
    }).getReader();
    this.#ears.push(ear);
    for (let next = await ear.read(); !next.done; next = await ear.read()) {
      this.#sound.push(next.value.data.slice());
      for (const sample of next.value.data) if (Math.abs(sample) > audible) this.#heardSamples++;
    }
  }
}

function tokenFor(options: CallerOptions): Promise<string> {
  return signTicket(options, {
    room: options.room,
    identity: 'sip_+39061234567',
    name: 'Phone +39061234567',
    attributes: {
      'sip.callIDFull': options.callId,
      'sip.callTag': 'tag',
      'sip.callStatus': 'ringing',
      'sip.trunkPhoneNumber': options.called,
      'sip.phoneNumber': '+39061234567',
    },
    emptyTimeoutSeconds: 20,
    departureTimeoutSeconds: 5,
  });
}
