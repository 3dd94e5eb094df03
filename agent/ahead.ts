/**
 * What a call has before its caller is met: its services, and the greeting, which is asked for while the room is joined. On a
 * busy machine joining takes seconds; whoever holds a revoked key is found out meanwhile, before many more of its calls are let in.
 */
import type { TenantConfig } from '../shared/config/index.ts';
import type { EarlierTalk } from '../shared/contracts.ts';
import type { TemplateValues } from '../shared/template.ts';
import type { Claim } from './claim.ts';
import { type AgentPart, agentPart } from './closing-hours.ts';
import type { OpenGate } from './gate.ts';
import { type Greeting, prepareGreeting } from './greeting.ts';
import { spokenConfig } from './languages.ts';
import type { Call } from './open-call.ts';
import { buildServices, type CallServices } from './services.ts';
import type { SpokenSentences } from './spoken-shelf.ts';
import { valuesBeforeCaller } from './template-values.ts';

export interface Ahead {
  readonly outcome: 'open';
  readonly gate: OpenGate;
  /** What was said before the call came here. */
  readonly earlier: EarlierTalk | undefined;
  /** The configuration, in the language in which the call goes on. */
  readonly said: TenantConfig;
  readonly services: CallServices;
  /** What the agent is there for at this hour. */
  readonly part: AgentPart;
  readonly spoken: SpokenSentences;
  /** What texts are filled in with, but for who calls. */
  readonly values: TemplateValues;
  /** Asked for once. @param withCaller for one that could not be asked for without */
  greeting(withCaller: TemplateValues): Greeting;
}

/** @throws Error for a configuration that resolveConfig() did not pass */
export function prepareAhead(call: Call, gate: OpenGate, claim: Claim): Ahead {
  const { identity, platform, record, releases, timings } = call;
  const earlier = claim.outcome === 'ours' ? claim.earlier : undefined;
  const { config, keys } = gate;
  // What a caller may switch to and back from is still what the configuration says.
  const said = spokenConfig(config, call);
  const services = buildServices(said, keys, call);
  releases.add('provider services', () => services.close());
  record.count(services);
  if (services.mode === 'pipeline') services.llm.prewarm();
  // A business that closed meanwhile does not close in the middle of a call.
  const part = agentPart(config, platform.clock.now() - (earlier?.answeredMsAgo ?? 0));
  const spoken = platform.spoken.open(identity.tenant, said);
  const voices = part === 'talks' && earlier === undefined && services.mode === 'pipeline' ? services.tts : undefined;
  const ask = (filledInWith: TemplateValues) => {
    const greeting = prepareGreeting(config.greeting, filledInWith, spoken, voices);
    releases.add('greeting', async () => greeting.early?.close());
    if (greeting.early !== undefined) timings.mark('greeting_asked');
    return greeting;
  };
  const values = valuesBeforeCaller({ config, identity, platform }, said.language);
  const asked = namesCaller(config.greeting.text) ? undefined : ask(values);
  const greeting = (withCaller: TemplateValues) => asked ?? ask(withCaller);
  return { outcome: 'open', gate, earlier, said, services, part, spoken, values, greeting };
}

function namesCaller(template: string): boolean {
  return /\{\{\s*caller_number\s*\}\}/.test(template);
}
