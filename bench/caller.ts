/**
 * One caller, as LiveKit SIP would bring it: a participant of kind SIP with sound both ways. It listens to the greeting, asks,
 * measures when the answer begins, lets it finish, waits a moment and asks again, until it is told to hang up.
 */
import { forgetRoom } from '../agent/patches/ffi-client.ts';
import { voicePublication } from '../agent/publication.ts';
import { signTicket } from '../dev/line/room.ts';
import {
  type AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
} from '../dev/line/rtc.ts';
import { SteadyVoice } from '../dev/line/steady-voice.ts';
import type { LivekitServer } from '../dev/stack/livekit-server.ts';
import { scenario } from './scenario.ts';

const sampleRate = 16_000;
const frameMs = 20;
const frameSamples = SteadyVoice.samplesPerFrame(sampleRate);
/** Below this a sample is silence, also after Opus. */
const audible = 400;
/** A pause between two words of an agent is shorter. */
const finishedAfterMs = 900;
/** Longer, and a caller says "hello?". */
const patienceMs = 8_000;

export interface CallMeasures {
  /** From the placing of the job to the agent's track: when LiveKit SIP would answer the INVITE. */
  readonly answeredMs: number | null;
  /** From the placing of the job to the first sound of the greeting. */
  readonly greetedMs: number | null;
  /** From each last word of the caller to the first sound of the answer; null: none came in 8 s. */
  readonly turnsMs: readonly (number | null)[];
  /** Of the sound that arrived, the share that the receiver had to make up because packets were late or lost. */
  readonly concealedShare: number | null;
}

export interface Place {
  readonly room: string;
  /** Lets the call in, where the worker's platform asks for that. */
  admit(): Promise<void>;
  /** Puts the worker's job into the room. */
  place(): Promise<void>;
}

/** How one talks. */
export interface Habits {
  readonly question: Int16Array;
  /** From the end of the greeting to the first question; afterwards it is the scenario's. */
  readonly firstPauseMs: number;
}

export class Caller {
  readonly #room = new Room();
  readonly #source = new AudioSource(sampleRate, 1, 1_000);
  readonly #habits: Habits;
  readonly #turnsMs: (number | null)[] = [];
  #voice: LocalAudioTrack | undefined;
  #track: RemoteTrack | undefined;
  #ear: ReadableStreamDefaultReader<AudioFrame> | undefined;
  #placedMs = 0;
  #answeredMs: number | null = null;
  #firstSoundMs: number | null = null;
  #lastSoundMs = 0;
  #stopped = false;
  #words: Int16Array[] = [];
  /** When the last word of a question left; null: nothing was asked, or not to its end. */
  #saidMs: number | null = null;
  #answerBeganMs: number | null = null;
  #speaking: SteadyVoice | undefined;
  #talk: Promise<void> = Promise.resolve();

  private constructor(habits: Habits) {
    this.#habits = habits;
  }

  /** In its room, with its own track, and nobody there yet. */
  static async join(livekit: LivekitServer, { room }: Pick<Place, 'room'>, habits: Habits): Promise<Caller> {
    const caller = new Caller(habits);
    await caller.#join(livekit, room);
    return caller;
  }

  /** Calls for an agent, and talks with it from when it comes. */
  async begin({ place }: Pick<Place, 'place'>): Promise<void> {
    this.#placedMs = performance.now();
    await place();
    this.#talk = this.#converse();
  }

  get isAnswered(): boolean {
    return this.#answeredMs !== null;
  }

  async hangUp(): Promise<CallMeasures> {
    this.#stopped = true;
    await this.#talk;
    const concealedShare = await this.#concealedShare();
    this.#speaking?.stop();
    await this.#room.disconnect();
    forgetRoom(this.#room);
    await this.#ear?.cancel();
    await this.#voice?.close(false);
    await this.#source.close();
    return {
      answeredMs: this.#answeredMs,
      greetedMs: this.#firstSoundMs === null ? null : this.#firstSoundMs - this.#placedMs,
      turnsMs: this.#turnsMs,
      concealedShare,
    };
  }

  async #join(livekit: LivekitServer, room: string): Promise<void> {
    this.#room.on(RoomEvent.TrackSubscribed, (track) => {
      if (track.kind !== TrackKind.KIND_AUDIO || this.#track !== undefined) return;
      this.#answeredMs = performance.now() - this.#placedMs;
      this.#track = track;
      void this.#listen(track);
    });
    await this.#room.connect(livekit.url, await scenarioTicket(livekit, room), {
      autoSubscribe: true,
      dynacast: false,
    });
    this.#voice = LocalAudioTrack.createAudioTrack('sip', this.#source);
    await this.#room.localParticipant?.publishTrack(this.#voice, voicePublication());
    this.#speaking = new SteadyVoice(this.#source, (leavesMs) => this.#nextWord(leavesMs));
  }

  #nextWord(leavesMs: number): Int16Array | undefined {
    const word = this.#words.shift();
    if (word !== undefined && this.#words.length === 0) this.#saidMs = leavesMs;
    return word;
  }

  async #listen(track: RemoteTrack): Promise<void> {
    const stream: ReadableStream<AudioFrame> = new AudioStream(track, {
      sampleRate,
      numChannels: 1,
      frameSizeMs: frameMs,
    });
    this.#ear = stream.getReader();
    for (let next = await this.#ear.read(); !next.done; next = await this.#ear.read()) {
      if (!next.value.data.some((sample) => Math.abs(sample) > audible)) continue;
      this.#lastSoundMs = performance.now();
      this.#firstSoundMs ??= this.#lastSoundMs;
      if (this.#saidMs !== null) this.#answerBeganMs ??= this.#lastSoundMs;
    }
  }

  async #converse(): Promise<void> {
    // However long it takes: a worker that comes late is to be measured, not given up.
    await this.#within(Number.POSITIVE_INFINITY, () => this.#firstSoundMs !== null);
    for (let pauseMs = this.#habits.firstPauseMs; !this.#stopped; pauseMs = scenario.pauseMs) {
      await this.#within(patienceMs * 2, () => performance.now() - this.#lastSoundMs > finishedAfterMs);
      await this.#within(pauseMs, () => false);
      if (this.#stopped || this.#firstSoundMs === null) return;
      this.#turnsMs.push(await this.#ask());
    }
  }

  async #ask(): Promise<number | null> {
    this.#saidMs = null;
    this.#answerBeganMs = null;
    const { question } = this.#habits;
    for (let at = 0; at < question.length; at += frameSamples) {
      const frame = new Int16Array(frameSamples);
      frame.set(question.subarray(at, at + frameSamples));
      this.#words.push(frame);
    }
    await this.#within(patienceMs, () => this.#saidMs !== null);
    await this.#within(patienceMs, () => this.#answerBeganMs !== null);
    return this.#saidMs === null || this.#answerBeganMs === null ? null : this.#answerBeganMs - this.#saidMs;
  }

  async #within(ms: number, condition: () => boolean): Promise<void> {
    const untilMs = performance.now() + ms;
    while (!condition() && !this.#stopped && performance.now() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async #concealedShare(): Promise<number | null> {
    if (!this.#room.isConnected || this.#track === undefined) return null;
    const { subscriberStats } = await this.#room.getRtcStats();
    const inbound = subscriberStats.flatMap(({ stats }) => (stats.case === 'inboundRtp' ? [stats.value.inbound] : []));
    const sum = (read: (index: number) => bigint | undefined) =>
      Number(inbound.reduce((total, _, index) => total + (read(index) ?? 0n), 0n));
    const received = sum((index) => inbound[index]?.totalSamplesReceived);
    const concealed = sum((index) => inbound[index]?.concealedSamples);
    const silent = sum((index) => inbound[index]?.silentConcealedSamples);
    return received === 0 ? null : (concealed - silent) / received;
  }
}

/** As LiveKit SIP would bring a caller of the scenario into this room. */
export function scenarioTicket(livekit: LivekitServer, room: string): Promise<string> {
  return signTicket(livekit, {
    room,
    identity: 'sip_+39061234567',
    name: 'Phone +39061234567',
    attributes: {
      'sip.callIDFull': `${room}@bench`,
      'sip.callTag': 'tag',
      'sip.callStatus': 'active',
      'sip.trunkPhoneNumber': '2001',
      'sip.phoneNumber': '+39061234567',
    },
    emptyTimeoutSeconds: 20,
    departureTimeoutSeconds: 5,
  });
}
