/**
 * Goes on with a call whose shard was lost: the caller is on the line, has been answered, and heard the agent fall silent. It
 * is told what was said so far, begins with a word of regret instead of the greeting, and takes up nothing by itself: a tool
 * that ran may have done its work.
 */
import { llm, type voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import { phrasesFor } from '../shared/config/phrases.ts';
import type { EarlierTalk } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import type { EndReason, RefusalReason } from '../shared/reasons.ts';
import type { Call } from './open-call.ts';

/** From now on the call is one that was answered, long ago. */
export function takeUp({ ends, record, log }: Pick<Call, 'ends' | 'record' | 'log'>, earlier: EarlierTalk): void {
  ends.reach('answered');
  record.continueFrom(earlier);
  const { turns, answeredMsAgo } = earlier;
  log.info({ turns: turns.length, answeredMsAgo }, 'the call was answered before: it goes on here');
}

/** What was said, as the agent's own memory of it. */
export function rememberedTalk({ turns }: EarlierTalk): llm.ChatContext {
  const context = llm.ChatContext.empty();
  for (const { role, text } of turns)
    context.addMessage({ role: role === 'caller' ? 'user' : 'assistant', content: text });
  return context;
}

/**
 * The first thing that the caller of such a call hears, also one who is talking: nobody heard them. A sorry that could be
 * interrupted waited until the caller paused (12 s were measured), or was cut.
 *
 * @returns when it was said. Never rejects.
 */
export function apologiseForTheGap(
  session: voice.AgentSession,
  { language }: TenantConfig,
  { record, timings, log }: Pick<Call, 'record' | 'timings' | 'log'>,
): Promise<void> {
  const speech = session.say(phrasesFor(record.language ?? language).resumed, { allowInterruptions: false });
  session.output.audio?.once('playbackStarted', () => timings.mark('sorry_began'));
  return speech
    .waitForPlayout()
    .catch((thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'the sorry was not played to its end'));
}

/** Nobody is refused who was answered already: the call ends, because it cannot go on. */
export function endInsteadOf(refusal: RefusalReason): EndReason {
  switch (refusal) {
    case 'number_inactive':
    case 'organization_inactive':
    case 'unknown_number':
    case 'tenant_mismatch':
      return 'switched_off';
    case 'provider_key_missing':
    case 'provider_unusable':
    case 'breaker_open':
      return 'provider_failed';
    default:
      return 'worker_lost';
  }
}
