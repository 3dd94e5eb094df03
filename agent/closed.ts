/** A call to a business that is closed at this moment, where its agent does not answer nevertheless. */
import { renderTemplate } from '../shared/template.ts';
import type { AgentPart } from './closing-hours.ts';
import type { CallOutcome } from './ends.ts';
import { type Recordings, sayOrPlay } from './say.ts';
import { templateValues } from './template-values.ts';
import type { ToolContext } from './tools/tool.ts';
import { transferTo } from './transfer.ts';
import { takeVoicemail } from './voicemail.ts';

/** The sentence, somebody else's phone ringing, and a message. */
const longestMs = 360_000;

/** From the answered line to the end of the call. */
export async function serveClosed(call: ToolContext, part: Exclude<AgentPart, 'talks'>, recordings: Recordings) {
  const { ends, config, log } = call;
  const { closed } = config.hours;
  log.info({ action: closed.action }, 'the business is closed');
  const longest = setTimeout(() => ends.end('max_duration'), longestMs);
  const served = async (): Promise<CallOutcome> => {
    const words = { ...closed, text: renderTemplate(closed.text, templateValues(call)) };
    // Whoever talks into it has begun their message; before a transfer it is said in full.
    const interruptible = closed.action === 'voicemail';
    await sayOrPlay(call.session(), words, recordings, { interruptible }).waitForPlayout();
    const forwarded = closed.action === 'forward' && (await forward(call));
    if (!forwarded && part === 'listens') await takeVoicemail(call);
    return ends.end('closed');
  };
  try {
    return await Promise.race([served(), ends.first]);
  } finally {
    clearTimeout(longest);
  }
}

async function forward(call: ToolContext): Promise<boolean> {
  const { hours, tools } = call.config;
  const destination = tools.transfer.destinations.find(({ id, enabled }) => enabled && id === hours.closed.forward_to);
  if (destination === undefined) return false;
  const { outcome } = await transferTo(call, destination);
  return outcome === 'connected' || outcome === 'caller_left';
}
