/**
 * The conversation of one call: an AgentSession between the caller's audio and this tenant's services.
 *
 * Lean on purpose (written for @livekit/agents 1.9.0): given a room, `session.start` would also start a session host, which
 * streams every event (states, words, metrics) to the caller and answers requests from the caller over data streams. A phone
 * cannot use that and a stranger must not have it. So the room's audio is connected here and `start` never sees the room;
 * text streams and transcription are off, and so is the agent's state as a participant attribute.
 */
import { voice } from '@livekit/agents';
import { type AudioFrame, ParticipantKind, type RemoteParticipant, type Room } from '@livekit/rtc-node';
import type { TenantConfig } from '../shared/config/index.ts';
import { withDeadline } from '../shared/faults.ts';
import { voicePublication } from './publication.ts';
import { followCaller, RealtimeSession } from './realtime.ts';
import type { CallServices } from './services.ts';
import { Speaker } from './speaker.ts';
import { TapedInput } from './tape/taped-input.ts';

/** A caller who rings this long for nothing is better served by another shard. */
const publishDeadlineMs = 4_000;
/** Longer than the model's own, which names the cause. */
const modelDeadlineMs = 15_000;
const closeDeadlineMs = 5_000;
/**
 * What telephones carry is below 8 kHz: 16 kHz is what VAD and STT want. OpenAI's plugin sends what it is given as 24 kHz,
 * whatever it is.
 */
const heardSampleRates = { pipeline: 16_000, realtime: 24_000 } as const;
const spokenSampleRate = 24_000;

export interface ConversationParts {
  readonly room: Room;
  readonly caller: RemoteParticipant;
  readonly config: TenantConfig;
  readonly services: CallServices;
  /** Hears what the caller says, too. */
  readonly onHeard?: ((frame: AudioFrame) => void) | undefined;
}

/** Steps: constructed (listen to its session now) → start() → publish() → close(). */
export class Conversation {
  readonly session: voice.AgentSession;
  readonly #parts: ConversationParts;
  /** The agent's voice into the room. */
  readonly speaker: Speaker;
  readonly #closed = new AbortController();
  #tapped: TapedInput | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.session = createSession(parts.config, parts.services);
    this.speaker = new Speaker(parts.room, {
      sampleRate: spokenSampleRate,
      numChannels: 1,
      trackPublishOptions: voicePublication(),
    });
  }

  /** Begins to listen and think; nothing is published yet. */
  async start(agent: voice.Agent): Promise<void> {
    this.session.output.audio = this.speaker;
    const roomIo = connectRoom(this.session, this.#parts);
    stopTellingState(this.session, roomIo);
    this.#tapped = tapInput(this.session, this.#parts.onHeard);
    await this.session.start({ agent, record: false });
    const { services } = this.#parts;
    if (services.mode === 'pipeline') return;
    this.speaker.saying = () => services.realtime.saying;
    // A model that cannot be reached is noticed while the caller still hears ringing.
    await withDeadline('reaching the model', modelDeadlineMs, services.realtime.opened);
  }

  /** Publishes the agent's audio: LiveKit SIP answers the caller's INVITE when it sees this track. */
  async publish(): Promise<void> {
    await withDeadline('publishing audio', publishDeadlineMs, this.speaker.start(this.#closed.signal));
  }

  async close(): Promise<void> {
    this.#closed.abort();
    try {
      await withDeadline('closing the session', closeDeadlineMs, this.session.close());
    } finally {
      await this.#tapped?.close();
      await this.speaker.close();
    }
  }
}

function createSession(config: TenantConfig, services: CallServices): voice.AgentSession {
  const common = sessionOptions(config);
  switch (services.mode) {
    case 'pipeline': {
      const { stt, llm, tts, vad } = services;
      return new voice.AgentSession({ ...common, stt, llm, tts, vad });
    }
    case 'realtime': {
      const { realtime, vad } = services;
      const session = new RealtimeSession({ ...common, llm: realtime, vad });
      followCaller(session, realtime);
      return session;
    }
  }
}

function sessionOptions({ turn }: TenantConfig) {
  return {
    // limits.ts has its own idea of a silent caller, in which the agent's speech does not count.
    userAwayTimeout: null,
    // Made for echo in browsers: for its 3 s a caller could not interrupt the greeting.
    aecWarmupDuration: null,
    turnHandling: {
      turnDetection: 'vad',
      endpointing: { mode: 'fixed', minDelay: turn.min_endpointing_ms, maxDelay: turn.max_endpointing_ms },
      interruption: {
        // 'adaptive' asks LiveKit Cloud.
        mode: 'vad',
        enabled: turn.interruptible,
        minDuration: turn.min_interruption_ms,
        // A recogniser that is sent silence while the caller talks into such a sentence is taken for a deaf one (hearing.ts).
        discardAudioIfUninterruptible: false,
      },
      // Each guess is billed to the tenant. Voices are not asked for guesses: they are what costs most.
      preemptiveGeneration: { enabled: turn.preemptive, preemptiveTts: false },
    },
  } as const;
}

function connectRoom(session: voice.AgentSession, { room, caller, services }: ConversationParts): voice.RoomIO {
  const roomIo = new voice.RoomIO({
    agentSession: session,
    room,
    participant: caller,
    inputOptions: {
      audioSampleRate: heardSampleRates[services.mode],
      participantKinds: [ParticipantKind.SIP],
      textEnabled: false,
      // ends.ts decides when a call is over: upstream leaves half of the ways a caller can go out.
      closeOnDisconnect: false,
    },
    outputOptions: { transcriptionEnabled: false, syncTranscription: false },
  });
  session._roomIO = roomIo;
  roomIo.start();
  return roomIo;
}

function tapInput({ input }: voice.AgentSession, onHeard: ConversationParts['onHeard']): TapedInput | undefined {
  if (onHeard === undefined || input.audio === null) return undefined;
  const tapped = new TapedInput(input.audio, onHeard);
  input.audio = tapped;
  return tapped;
}

/** RoomIO would set `lk.agent.state` on us at each change: a round trip that tells the caller's side what we think. */
function stopTellingState(session: voice.AgentSession, roomIo: voice.RoomIO): void {
  const { onAgentStateChanged } = roomIo as unknown as {
    onAgentStateChanged: (event: voice.AgentStateChangedEvent) => void;
  };
  session.off(voice.AgentSessionEventTypes.AgentStateChanged, onAgentStateChanged);
}
