/** How long a caller waits, and for what. */
import type { Business } from './businesses.ts';
import { type Caller, within } from './caller.ts';
import { seconds } from './printing.ts';
import type { World } from './world.ts';

/** Longer than the trunk lets anybody ring. */
const longestRingingMs = 30_000;
const greetingDeadlineMs = 8_000;

export interface Wait {
  /** From the INVITE to the answer or the refusal; null: neither came. */
  readonly ms: number | null;
  readonly outcome: 'greeted' | 'answered by nobody' | 'busy' | 'rang on';
  readonly heard: string;
}

/** What becomes of a call that rings. */
export async function outcomeOf(caller: Caller): Promise<Wait> {
  await within(longestRingingMs, () => caller.state !== 'ringing');
  const { answeredMs } = caller.phone.call;
  const ms = answeredMs === undefined ? null : Math.round(answeredMs);
  if (ms === null) return { ms, outcome: 'rang on', heard: 'ringing, to the end' };
  const ringing = `ringing for ${seconds(ms)}`;
  if (!caller.isLive) return { ms, outcome: 'busy', heard: `${ringing}, then busy` };
  const spoken = await within(greetingDeadlineMs, () => caller.phone.call.ear.firstSoundMs !== undefined);
  if (!spoken) return { ms, outcome: 'answered by nobody', heard: `${ringing}, then silence` };
  return { ms, outcome: 'greeted', heard: `${ringing}, then the greeting` };
}

/** One call to its greeting, hung up then. */
export async function tryCall(world: World, business: Business): Promise<Wait> {
  await using caller = await world.dial(business);
  // Awaited here: the caller hangs up at the end of this block.
  return await outcomeOf(caller);
}

/** Calls until one is greeted. @returns how long that took from now; null: not in that time */
export async function untilAnswered(world: World, business: Business, deadlineMs: number): Promise<number | null> {
  const fromMs = performance.now();
  while (performance.now() - fromMs < deadlineMs) {
    const dialledMs = performance.now();
    const wait = await tryCall(world, business);
    if (wait.outcome === 'greeted') return Math.round(dialledMs - fromMs + (wait.ms ?? 0));
  }
  return null;
}
