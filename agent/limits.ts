/** The two clocks of a talking call: how long it may last, and how long its caller may say nothing. */
import { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import type { Call } from './open-call.ts';
import { Silence } from './silence.ts';

const events = voice.AgentSessionEventTypes;

export type LimitedSession = Pick<voice.AgentSession, 'userState' | 'agentState' | 'on' | 'off' | 'say'>;

/** @param spentMs how long the call lasts already @returns stops both clocks */
export function watchLimits(
  session: LimitedSession,
  turn: TenantConfig['turn'],
  { ends, activity }: Pick<Call, 'ends' | 'activity'>,
  spentMs = 0,
): () => void {
  const longest = setTimeout(() => void ends.endWhenSaid('max_duration'), turn.max_duration_s * 1000 - spentMs);
  const silence = new Silence(turn, {
    onPrompt: () => session.say(turn.silence_prompt),
    onLost: () => void ends.end('caller_silent'),
  });
  /** Only while both sides are quiet: a long answer of the agent, or a tool at work, is not the caller's silence. */
  const look = () => {
    const { userState, agentState } = session;
    if (userState === 'speaking') silence.broken();
    if (agentState === 'speaking') silence.answered();
    silence.now(userState !== 'speaking' && agentState === 'listening' && !activity.busy ? 'quiet' : 'busy');
  };
  const onWords = () => {
    silence.broken();
    look();
  };
  session.on(events.UserStateChanged, look);
  session.on(events.AgentStateChanged, look);
  session.on(events.UserInputTranscribed, onWords);
  const stopTelling = activity.onChange(look);
  look();

  return () => {
    clearTimeout(longest);
    silence.close();
    stopTelling();
    session.off(events.UserStateChanged, look);
    session.off(events.AgentStateChanged, look);
    session.off(events.UserInputTranscribed, onWords);
  };
}
