/** Everything that talks in one call, put together and not started yet. Each part is released with the call. */
import type { voice } from '@livekit/agents';
import type { RemoteParticipant } from '@livekit/rtc-node';
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
  /** Whether all that was heard so far was the configured voice, and in one piece. */
  readonly voiceIsUnbroken: () => boolean;
}

export function prepareTalk(call: Call, ahead: Ahead, caller: RemoteParticipant): Talk {
  const { identity, platform, record, log, room, releases } = call;
  const { gate, earlier, said, services, part, spoken } = ahead;
  const { config, keys } = gate;
  const conversation = new Conversation({ room: room.room, caller, config: said, services });
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
  const sounds = { recordings, spoken, greeting: ahead.greeting(values), voiceIsUnbroken };
  return { context, session, conversation, agent, part, apology, mute, ...sounds };
}
