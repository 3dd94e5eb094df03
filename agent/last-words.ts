import { setTimeout as pause } from 'node:timers/promises';
import type { ReasonCode } from '../shared/reasons.ts';

/**
 * What was played here is not heard yet: the room, LiveKit SIP and the line still have so much of it. With a room deleted at
 * once, twelve callers on two cores lost the ends of their goodbyes.
 */
const onItsWayMs = 400;

export function untilHeard(): Promise<void> {
  return pause(onItsWayMs);
}

/** The ends before which the agent says something to a caller who still listens. */
const spokenEnds: ReadonlySet<ReasonCode> = new Set(['agent_hung_up', 'closed', 'provider_failed']);

/** Lets the caller hear the last words before the line is closed. */
export async function lastWordsHeard(reason: ReasonCode): Promise<void> {
  if (spokenEnds.has(reason)) await untilHeard();
}
