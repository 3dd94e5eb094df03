import type { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import type { Timings } from './timings.ts';

/** The first thing a caller hears. Marks when it begins to play; a greeting that fails is a provider's failure, not ours. */
export function greet(
  session: voice.AgentSession,
  greeting: TenantConfig['greeting'],
  timings: Timings,
  log: Logger,
): void {
  const speech = session.say(greeting.text, { allowInterruptions: greeting.interruptible });
  session.output.audio?.once('playbackStarted', () => timings.mark('greeting_began'));
  speech.waitForPlayout().then(
    () => timings.mark('greeting_done'),
    (thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'the greeting was not played to its end'),
  );
}
