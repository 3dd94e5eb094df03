/** Everything that talks in one call, put together and not started yet. Each part is released with the call. */
import type { voice } from '@livekit/agents';
import type { AudioFrame, RemoteParticipant } from '@livekit/rtc-node';
import type { TenantConfig } from '../shared/config/index.ts';
import type { Ahead } from './ahead.ts';
import { Apology, watchProviders } from './apologise.ts';
import { BusinessAgent } from './business-agent.ts';
import type { AgentPart } from './closing-hours.ts';
import { Conversation } from './conversation.ts';
import type { Greeting } from './greeting.ts';
import { Hearing } from './hearing.ts';
import { MuteWatch } from './mute-watch.ts';
import type { Call } from './open-call.ts';
import { rememberedTalk } from './resume.ts';
import type { Recordings } from './say.ts';
import type { SpokenSentences } from './spoken-shelf.ts';
import { Taping } from './tape/taping.ts';
import { withCaller } from './template-values.ts';
import { toolsFor } from './tools/index.ts';
import type { ToolContext } from './tools/tool.ts';

export interface Talk {
  readonly context: ToolContext;
  readonly session: voice.AgentSession;
  readonly conversation: Conversation;
  readonly agent: BusinessAgent;
  /** What the agent is there for at this hour. */
  readonly part: AgentPart;
  readonly apology: Apology;
  readonly mute: MuteWatch;
  readonly recordings: Recordings;
  readonly spoken: SpokenSentences;
  readonly greeting: Greeting;
  /** Undefined: the call is not recorded. */
  readonly taping: Taping | undefined;
  /** Whether all that was heard so far was the configured voice, and in one piece. */
  readonly voiceIsUnbroken: () => boolean;
}

export function prepareTalk(call: Call, ahead: Ahead, caller: RemoteParticipant): Talk {
  const { identity, platform, record, log, room, releases } = call;
  const { gate, earlier, said, services, part, spoken } = ahead;
  const { config, keys } = gate;
  const taping = part === 'talks' && config.recording.enabled ? tapingOf(call, config) : undefined;
  if (taping !== undefined) releases.add('tape', () => taping.close());
  const onHeard = taping && ((frame: AudioFrame) => taping.hear(frame));
  const conversation = new Conversation({ room: room.room, caller, config: said, services, onHeard });
  const { session } = conversation;
  releases.add('conversation', () => conversation.close());
  record.listenTo(session);

  const context = { ...call, config, keys, caller, session: () => session };
  const recordings = platform.recordings.open(identity.tenant, config, log);
  const values = withCaller(ahead.values, caller);
  const apology = new Apology({ call: context, session, config, values, recordings });
  watchProviders(session, apology, log);
  const ears = services.mode === 'pipeline' ? services.stt : undefined;
  const hearing = new Hearing(session, ears, (cause) => apology.giveUp(cause, 'ears'), log);
  releases.add('hearing', () => hearing.close());
  const mute = new MuteWatch(session, call.activity, conversation.speaker);

  const tools = part === 'talks' ? toolsFor(context) : [];
  const memory = earlier && rememberedTalk(earlier);
  const agent = new BusinessAgent(context, tools, hearing, { part, memory, language: said.language });
  const voiceIsUnbroken = () => services.mode === 'pipeline' && services.tts.isUnbroken;
  const sounds = { recordings, spoken, greeting: ahead.greeting(values), taping, voiceIsUnbroken };
  return { context, session, conversation, agent, part, apology, mute, ...sounds };
}

function tapingOf({ identity, platform, log }: Call, { recording }: TenantConfig): Taping {
  return new Taping({ session: identity.session, worker: platform.worker, recording, spool: platform.tapes, log });
}
