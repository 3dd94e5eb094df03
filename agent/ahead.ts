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
import { templateValues } from './template-values.ts';

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
  /** Asked for once. @param values of the caller, for one that could not be asked for without them */
  greeting(values: TemplateValues): Greeting;
}

/** @throws Error for a configuration that resolveConfig() did not pass */
export function prepareAhead(call: Call, gate: OpenGate, claim: Claim): Ahead {
  const { identity, platform, record, releases } = call;
  const earlier = claim.outcome === 'ours' ? claim.earlier : undefined;
  const { config, keys } = gate;
  // What a caller may switch to and back from is still what the configuration says.
  const said = spokenConfig(config, call);
  const services = buildServices(said, keys, call);
  releases.add('provider services', () => services.close());
  record.count(services);
  // A business that closed meanwhile does not close in the middle of a call.
  const part = agentPart(config, platform.clock.now() - (earlier?.answeredMsAgo ?? 0));
  const spoken = platform.spoken.open(identity.tenant, said);
  const voices = part === 'talks' && earlier === undefined && services.mode === 'pipeline' ? services.tts : undefined;
  const ask = (values: TemplateValues) => {
    const greeting = prepareGreeting(config.greeting, values, spoken, voices);
    releases.add('greeting', async () => greeting.early?.close());
    return greeting;
  };
  const nobody = { config, identity, platform, caller: { attributes: {} } };
  const asked = namesCaller(config.greeting.text) ? undefined : ask(templateValues(nobody, said.language));
  return { outcome: 'open', gate, earlier, said, services, part, spoken, greeting: (values) => asked ?? ask(values) };
}

function namesCaller(template: string): boolean {
  return /\{\{\s*caller_number\s*\}\}/.test(template);
}
