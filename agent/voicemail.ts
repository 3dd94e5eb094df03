/**
 * Nobody answers any more: what the caller says is written down and kept as a message. Over when they have been quiet for a
 * while or have talked for long enough; a caller who hangs up leaves what they said so far.
 */
import { voice } from '@livekit/agents';
import { BusinessAgent } from './business-agent.ts';
import type { Call } from './open-call.ts';

/** For somebody who has to think first. */
const firstWordsMs = 10_000;
const pauseMs = 5_000;
const longestMs = 180_000;

const events = voice.AgentSessionEventTypes;

export interface VoicemailCall extends Pick<Call, 'tickets' | 'log'> {
  readonly session: () => voice.AgentSession;
}

/**
 * Begins to listen when it is called: whoever calls it has told the caller to speak. The message is opened when the call is
 * over, because closing the session writes the last words down.
 *
 * @param begun what they said of it before the call came here
 * @returns when the caller has said what they had to say. Does not end the call.
 */
export async function takeVoicemail(
  { session: sessionOf, tickets, log }: VoicemailCall,
  begun: readonly string[] = [],
): Promise<void> {
  const session = sessionOf();
  if (session.currentAgent instanceof BusinessAgent) session.currentAgent.onlyListen();
  log.info('waiting for a voicemail');
  const words = [...begun];
  session.on(events.ConversationItemAdded, ({ item }) => {
    if (item.type === 'message' && item.role === 'user' && item.textContent) words.push(item.textContent);
  });
  tickets.atClose(() => {
    log.info({ turns: words.length }, words.length > 0 ? 'voicemail left' : 'no voicemail left');
    const body = words.join('\n');
    return body === '' ? undefined : { kind: 'message', title: 'Voicemail', body, priority: 'normal', contact: '' };
  });
  await untilQuiet(session);
}

function untilQuiet(session: voice.AgentSession): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(() => finish(), firstWordsMs);
    const longest = setTimeout(() => finish(), longestMs);
    const finish = () => {
      clearTimeout(timer);
      clearTimeout(longest);
      session.off(events.UserStateChanged, onState);
      session.off(events.Close, finish);
      resolve();
    };
    const onState = ({ newState }: voice.UserStateChangedEvent) => {
      clearTimeout(timer);
      if (newState !== 'speaking') timer = setTimeout(finish, pauseMs);
    };
    session.on(events.UserStateChanged, onState);
    session.on(events.Close, finish);
  });
}
