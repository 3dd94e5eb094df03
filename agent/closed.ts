/** A call to a business that is closed at this moment, where its agent does not answer nevertheless. */
import type { EarlierTalk } from '../shared/contracts.ts';
import { renderTemplate } from '../shared/template.ts';
import type { AgentPart } from './closing-hours.ts';
import type { CallOutcome } from './ends.ts';
import { apologiseForTheGap } from './resume.ts';
import { type Recordings, sayOrPlay } from './say.ts';
import { templateValues } from './template-values.ts';
import type { ToolContext } from './tools/tool.ts';
import { transferTo } from './transfer.ts';
import { takeVoicemail } from './voicemail.ts';

/** The sentence, somebody else's phone ringing, and a message. */
const longestMs = 360_000;

/**
 * From the answered line to the end of the call.
 *
 * @param earlier what was said before the call came here: whoever has heard the sentence and was talking goes on with their
 * message; whoever is only told something is told it again, because nobody knows how much of it they heard
 */
export async function serveClosed(
  call: ToolContext,
  part: Exclude<AgentPart, 'talks'>,
  recordings: Recordings,
  earlier: EarlierTalk | undefined,
): Promise<CallOutcome> {
  const { ends, config, log, timings } = call;
  const { closed } = config.hours;
  log.info({ action: closed.action }, 'the business is closed');
  const spentMs = earlier === undefined ? 0 : timings.sinceBeginMs();
  const longest = setTimeout(() => ends.end('max_duration'), longestMs - spentMs);
  const saidBy = (role: 'agent' | 'caller') =>
    (earlier?.turns ?? []).filter((turn) => turn.role === role).map(({ text }) => text);
  const message = saidBy('caller');
  const served = async (): Promise<CallOutcome> => {
    if (part === 'listens' && saidBy('agent').length > 0) await apologiseForTheGap(call.session(), config, call);
    else await tellThem(call, recordings);
    // Who was leaving a message has heard the other telephone ring.
    const forwarded = closed.action === 'forward' && message.length === 0 && (await forward(call));
    if (!forwarded && part === 'listens') await takeVoicemail(call, message);
    return ends.end('closed');
  };
  try {
    return await Promise.race([served(), ends.first]);
  } finally {
    clearTimeout(longest);
  }
}

async function tellThem(call: ToolContext, recordings: Recordings): Promise<void> {
  const { closed } = call.config.hours;
  const words = { ...closed, text: renderTemplate(closed.text, templateValues(call)) };
  // Whoever talks into it has begun their message; before a transfer it is said in full.
  const interruptible = closed.action === 'voicemail';
  await sayOrPlay(call.session(), words, recordings, { interruptible }).waitForPlayout();
}

async function forward(call: ToolContext): Promise<boolean> {
  const { hours, tools } = call.config;
  const destination = tools.transfer.destinations.find(({ id, enabled }) => enabled && id === hours.closed.forward_to);
  if (destination === undefined) return false;
  const { outcome } = await transferTo(call, destination);
  return outcome === 'connected' || outcome === 'caller_left';
}
