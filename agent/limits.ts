/** The two clocks of a talking call: how long it may last, and how long its caller may say nothing. */
import { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import type { CallEnds } from './ends.ts';

const events = voice.AgentSessionEventTypes;

/** @returns stops both clocks */
export function watchLimits(session: voice.AgentSession, turn: TenantConfig['turn'], ends: CallEnds): () => void {
  const longest = setTimeout(() => ends.end('max_duration'), turn.max_duration_s * 1000);
  let silence: NodeJS.Timeout | undefined;

  /** Runs only while both sides are quiet: a long answer of the agent is not the caller's silence. */
  const restart = () => {
    clearTimeout(silence);
    if (session.userState === 'speaking' || session.agentState !== 'listening') return;
    silence = setTimeout(() => ends.end('caller_silent'), turn.caller_silent_s * 1000);
  };
  for (const event of [events.UserStateChanged, events.AgentStateChanged, events.UserInputTranscribed] as const)
    session.on(event, restart);
  restart();

  return () => {
    clearTimeout(longest);
    clearTimeout(silence);
    for (const event of [events.UserStateChanged, events.AgentStateChanged, events.UserInputTranscribed] as const)
      session.off(event, restart);
  };
}
