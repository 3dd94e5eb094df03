import type { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import { coerceError } from '../shared/faults.ts';
import { renderTemplate } from '../shared/template.ts';
import type { Call } from './open-call.ts';
import { type Recordings, sayOrPlay } from './say.ts';
import { type SpokenOfCall, templateValues } from './template-values.ts';

/** The first thing a caller hears. Marks when it begins to play; a greeting that fails is a provider's failure, not ours. */
export function greet(
  session: voice.AgentSession,
  { text, audio_url, interruptible }: TenantConfig['greeting'],
  recordings: Recordings,
  call: Pick<Call, 'timings' | 'log'> & SpokenOfCall,
): void {
  const { timings, log } = call;
  const words = { text: renderTemplate(text, templateValues(call)), audio_url };
  const speech = sayOrPlay(session, words, recordings, { interruptible });
  session.output.audio?.once('playbackStarted', () => timings.mark('greeting_began'));
  speech.waitForPlayout().then(
    () => timings.mark('greeting_done'),
    (thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'the greeting was not played to its end'),
  );
}
