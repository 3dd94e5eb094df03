/** What `.env` or the shell names in the place of what a local run makes for itself. */
import type { Environment } from '../../shared/env.ts';
import type { StackOptions } from '../stack/stack.ts';

const DATABASE_SETTINGS = [
  'SUPABASE_URL',
  'SUPABASE_ANON_KEY',
  'SUPABASE_AGENT_TOKEN',
  'SUPABASE_DISPATCH_TOKEN',
  'SUPABASE_SERVICE_TOKEN',
  'PROVIDER_KEYS_SECRET',
] as const;

/** The seeded tenants that get the real provider keys, and for which providers. */
const TENANTS = ['harbor-pizza', 'studio-bianchi'];
const PROVIDERS = { openai: 'OPENAI_API_KEY', deepgram: 'DEEPGRAM_API_KEY' };
/** Without its key the studio hears with the provider of the platform. */
const MORE_PROVIDERS = { soniox: 'SONIOX_API_KEY' };

export type RealWorld = Pick<StackOptions, 'database' | 'livekitSip' | 'providerKeys'>;

/** @throws Error naming what is missing when only half of something is set */
export function realWorld(environment: Environment): RealWorld {
  return {
    ...database(environment),
    ...providerKeys(environment),
    ...(environment['LIVEKIT_SIP_BIN'] ? { livekitSip: environment['LIVEKIT_SIP_BIN'] } : {}),
  };
}

function database(environment: Environment): Pick<RealWorld, 'database'> {
  if (!environment['SUPABASE_URL']) return {};
  const value = required(environment, DATABASE_SETTINGS, 'SUPABASE_URL is set, so the run uses that project');
  return {
    database: {
      url: value('SUPABASE_URL'),
      anonKey: value('SUPABASE_ANON_KEY'),
      agentToken: value('SUPABASE_AGENT_TOKEN'),
      dispatchToken: value('SUPABASE_DISPATCH_TOKEN'),
      serviceToken: value('SUPABASE_SERVICE_TOKEN'),
      providerKeysSecret: value('PROVIDER_KEYS_SECRET'),
    },
  };
}

function providerKeys(environment: Environment): Pick<RealWorld, 'providerKeys'> {
  const names = Object.values(PROVIDERS);
  if (names.every((name) => !environment[name])) return {};
  const value = required(environment, names, 'a real provider key is set, so the run uses the real providers');
  const more = Object.entries(MORE_PROVIDERS).filter(([, name]) => environment[name]);
  const keys = [
    ...Object.entries(PROVIDERS).map(([provider, name]) => ({ provider, key: value(name) })),
    ...more.map(([provider, name]) => ({ provider, key: environment[name] ?? '' })),
  ];
  return { providerKeys: TENANTS.flatMap((tenant) => keys.map((key) => ({ tenant, ...key }))) };
}

/** Gives the reader of the named variables once all of them are known to be set. */
function required(environment: Environment, names: readonly string[], because: string): (name: string) => string {
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`${because}, and then these must be set too: ${missing.join(', ')}`);
  return (name) => environment[name] ?? '';
}
