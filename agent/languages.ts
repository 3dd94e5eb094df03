/** Goes on in another language in mid-call: other ears, another voice, and a model that is told so. So does its next shard. */
import { choicesOf, type TenantConfig } from '../shared/config/index.ts';
import { checkChoice } from '../shared/providers/index.ts';
import { BusinessAgent } from './business-agent.ts';
import type { Call } from './open-call.ts';
import { buildServices } from './services.ts';
import { languageName, templateValues } from './template-values.ts';
import type { ToolContext } from './tools/tool.ts';

export type Switched =
  | { readonly outcome: 'switched' }
  /** Nobody of this agent's providers takes the language. */
  | { readonly outcome: 'unable'; readonly sentence: string };

/** @param language one of the agent's own languages */
export async function goOnIn(language: string, context: ToolContext): Promise<Switched> {
  const { config, keys, log, record, releases } = context;
  const agent = context.session().currentAgent;
  if (!(agent instanceof BusinessAgent)) throw new Error('no agent that talks');
  if (config.mode === 'pipeline') {
    const able = configIn(language, config);
    if ('sentence' in able) return { outcome: 'unable', sentence: able.sentence };
    const services = buildServices(able.config, keys, { log, providerFailed: context.providerFailed });
    releases.add(`provider services in ${language}`, () => services.close());
    if (services.mode !== 'pipeline') throw new Error('a pipeline that is none');
    record.count(services);
    releases.add(`hearing in ${language}`, agent.hearWith(services.stt));
    await agent.updateOptions({ stt: services.stt, tts: services.tts });
  }
  await agent.learn({ values: templateValues(context, language) });
  record.goesOnIn(language);
  log.info({ language }, 'language switched');
  return { outcome: 'switched' };
}

/**
 * The configuration to begin with: of a call that comes from another shard in the language in which it went on there, or as
 * written, where nobody takes that language any more.
 */
export function spokenConfig(config: TenantConfig, { record, log }: Pick<Call, 'record' | 'log'>): TenantConfig {
  const { language } = record;
  if (language === undefined || language === config.language) return config;
  if (config.mode === 'realtime') return { ...config, language };
  const able = configIn(language, config);
  if ('config' in able) return able.config;
  log.warn({ language, why: able.sentence }, 'the call goes on in its first language');
  record.goesOnIn(config.language);
  return config;
}

/** The configuration in another language, with whoever of the chosen providers takes it. */
function configIn(language: string, config: TenantConfig): { config: TenantConfig } | { sentence: string } {
  const hears = ableOf('stt', language, config);
  const speaks = ableOf('tts', language, config);
  const name = languageName(language);
  if (hears === undefined) return { sentence: `${name} cannot be understood on this line.` };
  if (speaks === undefined) return { sentence: `${name} cannot be spoken on this line.` };
  return { config: { ...config, language, stt: hears, tts: speaks } };
}

function ableOf<K extends 'stt' | 'tts'>(kind: K, language: string, config: TenantConfig): TenantConfig[K] | undefined {
  const able = choicesOf(config, kind)
    .map(({ choice }) => choice)
    .filter((choice) => checkChoice(kind, choice, language).length === 0);
  const [first, ...fallbacks] = able;
  return first === undefined ? undefined : ({ ...first, fallbacks } as TenantConfig[K]);
}
