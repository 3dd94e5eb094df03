/**
 * The conversation of one call: an AgentSession between the caller's audio and this tenant's services.
 *
 * Lean on purpose (written for @livekit/agents 1.9.0): given a room, `session.start` would also start a session host, which
 * streams every event (states, words, metrics) to the caller and answers requests from the caller over data streams. A phone
 * cannot use that and a stranger must not have it. So the room's audio is connected here and `start` never sees the room;
 * text streams and transcription are off, and so is the agent's state as a participant attribute.
 */
import { voice } from '@livekit/agents';
import {
  ParticipantKind,
  type RemoteParticipant,
  type Room,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import type { TenantConfig } from '../shared/config.ts';
import { withDeadline } from '../shared/faults.ts';
import type { CallServices } from './providers/index.ts';

const publishDeadlineMs = 10_000;
const closeDeadlineMs = 5_000;
/** What telephones carry is below 8 kHz: 16 kHz is what VAD and STT want. */
const heardSampleRate = 16_000;
const spokenSampleRate = 24_000;

export interface Conversation {
  readonly session: voice.AgentSession;
  /** Publishes the agent's audio: LiveKit SIP answers the caller's INVITE when it sees this track. */
  publish(): Promise<void>;
  close(): Promise<void>;
}

export interface ConversationParts {
  readonly room: Room;
  readonly caller: RemoteParticipant;
  readonly config: TenantConfig;
  readonly services: CallServices;
  readonly agent: voice.Agent;
}

/** Starts listening and thinking; nothing is published yet. */
export async function startConversation(parts: ConversationParts): Promise<Conversation> {
  const { room, caller, agent } = parts;
  const session = createSession(parts.config, parts.services);
  const speaker = new voice.ParticipantAudioOutput(room, {
    sampleRate: spokenSampleRate,
    numChannels: 1,
    trackPublishOptions: new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }),
  });
  session.output.audio = speaker;
  const roomIo = connectRoom(session, room, caller);
  const aborted = new AbortController();
  await session.start({ agent, record: false });
  stopTellingState(session, roomIo);
  return {
    session,
    publish: () => withDeadline('publishing audio', publishDeadlineMs, speaker.start(aborted.signal)),
    async close() {
      aborted.abort();
      await withDeadline('closing the session', closeDeadlineMs, session.close());
      await speaker.close();
    },
  };
}

function createSession(config: TenantConfig, services: CallServices): voice.AgentSession {
  const { stt, llm, tts, vad } = services;
  return new voice.AgentSession({
    stt,
    llm,
    tts,
    vad,
    // limits.ts has its own idea of a silent caller, in which the agent's speech does not count.
    userAwayTimeout: null,
    // Made for echo in browsers: for its 3 s a caller could not interrupt the greeting.
    aecWarmupDuration: null,
    turnHandling: {
      turnDetection: 'vad',
      endpointing: {
        mode: 'fixed',
        minDelay: config.turn.min_endpointing_ms,
        maxDelay: config.turn.max_endpointing_ms,
      },
      // 'adaptive' asks LiveKit Cloud.
      interruption: { mode: 'vad' },
      // Each guess would be billed to the tenant.
      preemptiveGeneration: { enabled: false },
    },
  });
}

function connectRoom(session: voice.AgentSession, room: Room, caller: RemoteParticipant): voice.RoomIO {
  const roomIo = new voice.RoomIO({
    agentSession: session,
    room,
    participant: caller,
    inputOptions: {
      audioSampleRate: heardSampleRate,
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

/** RoomIO would set `lk.agent.state` on us at each change: a round trip that tells the caller's side what we think. */
function stopTellingState(session: voice.AgentSession, roomIo: voice.RoomIO): void {
  const { onAgentStateChanged } = roomIo as unknown as {
    onAgentStateChanged: (event: voice.AgentStateChangedEvent) => void;
  };
  session.off(voice.AgentSessionEventTypes.AgentStateChanged, onAgentStateChanged);
}
