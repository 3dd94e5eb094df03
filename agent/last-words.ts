import { setTimeout as pause } from 'node:timers/promises';
import { voice } from '@livekit/agents';
import type { ReasonCode } from '../shared/reasons.ts';

/**
 * What was played here is not heard yet: the room, LiveKit SIP and the line still have so much of it. With a room deleted at
 * once, twelve callers on two cores lost the ends of their goodbyes.
 */
const onItsWayMs = 400;

export function untilHeard(): Promise<void> {
  return pause(onItsWayMs);
}

/** Nobody may keep a line by talking on. */
const longestSentenceMs = 10_000;

/** The ends before which the agent says something to a caller who still listens. */
const spokenEnds: ReadonlySet<ReasonCode> = new Set([
  'agent_hung_up',
  'closed',
  'provider_failed',
  'told_to_end',
  'switched_off',
  'max_duration',
  'drained',
]);

/** Resolves when the agent is not speaking: at once, at the end of what it says, or after 10 s. */
export async function sentenceSaid(session: Pick<voice.AgentSession, 'agentState' | 'on' | 'off'>): Promise<void> {
  if (session.agentState !== 'speaking') return;
  const changed = voice.AgentSessionEventTypes.AgentStateChanged;
  let look: () => void = () => undefined;
  const said = new Promise<void>((resolve) => {
    look = () => {
      if (session.agentState !== 'speaking') resolve();
    };
  });
  session.on(changed, look);
  await Promise.race([said, pause(longestSentenceMs, undefined, { ref: false })]);
  session.off(changed, look);
}

/** Lets the caller hear the last words before the line is closed. */
export async function lastWordsHeard(reason: ReasonCode): Promise<void> {
  if (spokenEnds.has(reason)) await untilHeard();
}
