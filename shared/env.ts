/**
 * The one reader of the environment. Each service names the settings it needs; all problems are reported at once, with the
 * name, what was seen and what is wanted; the result is frozen. Values of secrets never appear in a message.
 */
import { z } from 'zod';
import { coerceError } from './faults.ts';
import { poolNameSchema, tenantKeySchema } from './ids.ts';
import { Networks } from './networks.ts';
import { type KeyRing, parseKeyRing } from './provider-keys.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Setting {
  readonly schema: z.ZodType;
  readonly sentence: string;
  readonly fallback?: string;
  readonly secret?: true;
}

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `not an address that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  });
const onOff = z.enum(['on', 'off']).transform((word) => word === 'on');

function toNetworks(text: string, context: z.RefinementCtx): Networks {
  try {
    return new Networks(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: coerceError(thrown).message });
    return z.NEVER;
  }
}

function toKeyRing(text: string, context: z.RefinementCtx): KeyRing {
  try {
    return parseKeyRing(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: coerceError(thrown).message });
    return z.NEVER;
  }
}

/** Every variable that production code reads. `.env.example` is compared with this table by a guard test. */
export const settings = {
  LIVEKIT_URL: {
    schema: url('ws', 'wss'),
    sentence: 'Address of the LiveKit server.',
    fallback: 'ws://127.0.0.1:7880',
  },
  LIVEKIT_API_KEY: { schema: z.string().min(1), sentence: 'API key of the LiveKit server.' },
  LIVEKIT_API_SECRET: {
    schema: z.string().min(32),
    sentence: 'API secret of the LiveKit server, 32 characters or more.',
    secret: true,
  },
  SUPABASE_URL: { schema: url('http', 'https'), sentence: 'Address of the Supabase API.' },
  SUPABASE_ANON_KEY: {
    schema: z.string().min(1),
    sentence: 'Publishable (anon) key of the Supabase project.',
    secret: true,
  },
  SUPABASE_AGENT_TOKEN: { schema: z.string().min(1), sentence: 'JWT with the role switchboard_agent.', secret: true },
  SUPABASE_DISPATCH_TOKEN: {
    schema: z.string().min(1),
    sentence: 'JWT with the role switchboard_dispatch.',
    secret: true,
  },
  SUPABASE_OPERATOR_TOKEN: {
    schema: z.string().min(1),
    sentence: 'JWT with the role switchboard_operator; only the commands of `dispatch` read it, no service needs it.',
    secret: true,
  },
  SUPABASE_API_TOKEN: {
    schema: z.string(),
    sentence:
      'JWT for requests that come to the API with a key (`dispatch token --role api`); without it keys are refused.',
    fallback: '',
    secret: true,
  },
  SUPABASE_JWT_SECRET: {
    schema: z.string().min(32),
    sentence: 'JWT secret of the Supabase project; only `dispatch token` reads it, no running service needs it.',
    secret: true,
  },
  DATABASE_DEADLINE_MS: {
    schema: count(50, 60_000),
    sentence: 'Longest wait for one database call.',
    fallback: '2000',
  },
  PROVIDER_KEYS_SECRET: {
    schema: z.string().transform(toKeyRing),
    sentence:
      'Secret that seals provider keys at rest: 64 hexadecimal digits (openssl rand -hex 32). To change it: ' +
      'k2:<new>,k1:<old> here, then `dispatch keys rotate`, then k2:<new> alone.',
    secret: true,
  },
  DISPATCH_HOST: { schema: z.string().min(1), sentence: 'Address that dispatch listens on.', fallback: '127.0.0.1' },
  DISPATCH_PORT: {
    schema: count(0, 65_535),
    sentence: 'Port that dispatch listens on; 0 takes a free one.',
    fallback: '8090',
  },
  DISPATCH_TRUSTED_PROXIES: {
    schema: z.string().transform(toNetworks),
    sentence:
      'Addresses of what stands before dispatch, with TLS: their X-Forwarded-For says who asks. Between commas, as 10.0.0.0/8.',
    fallback: '127.0.0.1,::1',
  },
  LIVEKIT_PUBLIC_URL: {
    schema: z.union([z.literal(''), url('ws', 'wss')]),
    sentence:
      'Address of the LiveKit server for browsers, which call and listen from the pages; left out: LIVEKIT_URL.',
    fallback: '',
  },
  DISPATCH_WITHOUT_DATABASE: {
    schema: z.enum(['refuse', 'admit-known']),
    sentence:
      'Calls that come while the database is away: refuse, or admit-known: numbers that this dispatch knows, up to their own limits.',
    fallback: 'refuse',
  },
  DISPATCH_OWNS_PREFIX: {
    schema: onOff,
    sentence:
      'Whether answered calls that nobody knows, in rooms with our prefix, are closed: on, or off: they are left alone.',
    fallback: 'off',
  },
  DID_CONFIG_DIR: {
    schema: z.string(),
    sentence:
      'Directory of {DID}.json files: dispatch then needs no Supabase and serves the agents itself (docs/did-files.md).',
    fallback: '',
  },
  DID_ORGANIZATION: {
    schema: z.union([z.literal(''), tenantKeySchema]),
    sentence: 'With DID_CONFIG_DIR: whose the files without a restaurant_id are.',
    fallback: '',
  },
  DID_ANY_NUMBER: {
    schema: onOff,
    sentence: 'With DID_CONFIG_DIR: whether default.json answers numbers without a file: on or off.',
    fallback: 'off',
  },
  DID_CALLS_PER_NUMBER: {
    schema: count(1, 1000),
    sentence: 'With DID_CONFIG_DIR: most calls at once of each number.',
    fallback: '1',
  },
  DID_PROVIDER_KEYS_FILE: {
    schema: z.string(),
    sentence: 'With DID_CONFIG_DIR: JSON file of the provider keys, {"openai": "…"}, readable by dispatch alone.',
    fallback: '',
  },
  DID_PLATFORM_FILE: {
    schema: z.string(),
    sentence: "With DID_CONFIG_DIR: JSON file with the platform's layer of the configuration.",
    fallback: '',
  },
  DID_CALLS_FILE: {
    schema: z.string().min(1),
    sentence: 'With DID_CONFIG_DIR: file to which the record of each call is appended.',
    fallback: 'calls.jsonl',
  },
  SIP_TRUNK_FILE: {
    schema: z.string().min(1),
    sentence: 'Trunk and rule for `dispatch provision`.',
    fallback: 'sip-trunk.json',
  },
  AGENT_POOL: { schema: poolNameSchema, sentence: 'Pool that this worker serves.', fallback: 'switchboard' },
  POOL_SHARDS: { schema: count(0, 256), sentence: 'Shard processes; 0: one a core.', fallback: '0' },
  POOL_SESSIONS_PER_SHARD: { schema: count(1, 200), sentence: 'Most calls that one shard holds.', fallback: '20' },
  POOL_KEPT_SPEECH_MB: {
    schema: count(0, 1024),
    sentence: 'Spoken greetings that a shard keeps for the next callers, in MB (a second is 48 kB); 0: none.',
    fallback: '16',
  },
  POOL_DRAIN_MS: {
    schema: count(0, 86_400_000),
    sentence: 'How long a stopping shard waits for its calls.',
    fallback: '3600000',
  },
  AGENT_OUTBOX_DIR: {
    schema: z.string().min(1),
    sentence: 'Folder that keeps the records of ended calls while the database is away.',
    fallback: '.switchboard/outbox',
  },
  AGENT_TAPE_DIR: {
    schema: z.string().min(1),
    sentence: 'Folder that keeps the sound of recorded calls until it is sent: 4 MB a minute of each that lasts.',
    fallback: '.switchboard/tapes',
  },
  AGENT_PATCHES: { schema: onOff, sentence: 'Library patches that make sessions cheap: on or off.', fallback: 'on' },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
    sentence: 'Least severe line that is logged.',
    fallback: 'info',
  },
  LOG_PII: { schema: onOff, sentence: 'Whether callers and their words appear in logs: on or off.', fallback: 'off' },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Settings<Name extends SettingName> = Readonly<{ [N in Name]: z.output<(typeof settings)[N]['schema']> }>;

const common = [
  'LIVEKIT_URL',
  'LIVEKIT_API_KEY',
  'LIVEKIT_API_SECRET',
  'SUPABASE_URL',
  'SUPABASE_ANON_KEY',
  'DATABASE_DEADLINE_MS',
  'LOG_LEVEL',
  'LOG_PII',
] as const;
export const dispatchSettings = [
  ...common,
  'SUPABASE_DISPATCH_TOKEN',
  'SUPABASE_API_TOKEN',
  'LIVEKIT_PUBLIC_URL',
  'DISPATCH_HOST',
  'DISPATCH_PORT',
  'DISPATCH_TRUSTED_PROXIES',
  'DISPATCH_WITHOUT_DATABASE',
  'DISPATCH_OWNS_PREFIX',
  'SIP_TRUNK_FILE',
] as const;
/** What dispatch needs instead on a box without a database. */
export const boxSettings = [
  'LIVEKIT_URL',
  'LIVEKIT_API_KEY',
  'LIVEKIT_API_SECRET',
  'LOG_LEVEL',
  'LOG_PII',
  'SUPABASE_AGENT_TOKEN',
  'PROVIDER_KEYS_SECRET',
  'DISPATCH_HOST',
  'DISPATCH_PORT',
  'DISPATCH_OWNS_PREFIX',
  'SIP_TRUNK_FILE',
  'AGENT_POOL',
  'DID_CONFIG_DIR',
  'DID_ORGANIZATION',
  'DID_ANY_NUMBER',
  'DID_CALLS_PER_NUMBER',
  'DID_PROVIDER_KEYS_FILE',
  'DID_PLATFORM_FILE',
  'DID_CALLS_FILE',
] as const;
/** What the commands need that change organisations, numbers, configurations and keys. */
export const operatorSettings = [
  'SUPABASE_URL',
  'SUPABASE_ANON_KEY',
  'SUPABASE_OPERATOR_TOKEN',
  'DATABASE_DEADLINE_MS',
] as const;
export const provisionSettings = ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'SIP_TRUNK_FILE'] as const;
export const agentSettings = [
  ...common,
  'SUPABASE_AGENT_TOKEN',
  'PROVIDER_KEYS_SECRET',
  'AGENT_POOL',
  'POOL_SHARDS',
  'POOL_SESSIONS_PER_SHARD',
  'POOL_KEPT_SPEECH_MB',
  'POOL_DRAIN_MS',
  'AGENT_OUTBOX_DIR',
  'AGENT_TAPE_DIR',
  'AGENT_PATCHES',
] as const;
/** To look at what the database says, as the agent sees it. */
export const lookingSettings = [
  'SUPABASE_URL',
  'SUPABASE_ANON_KEY',
  'SUPABASE_AGENT_TOKEN',
  'DATABASE_DEADLINE_MS',
] as const;
export type BoxSettings = Settings<(typeof boxSettings)[number]>;
export type DispatchSettings = Settings<(typeof dispatchSettings)[number]>;
export type AgentSettings = Settings<(typeof agentSettings)[number]>;

export type EnvironmentOutcome<Name extends SettingName> =
  | { readonly outcome: 'complete'; readonly settings: Settings<Name> }
  | { readonly outcome: 'incomplete'; readonly problems: readonly string[] };

/** Reads the named settings. An empty variable counts as not set. */
export function readSettings<Name extends SettingName>(
  names: readonly Name[],
  source: Environment,
): EnvironmentOutcome<Name> {
  const problems: string[] = [];
  const values = new Map<string, unknown>();
  for (const name of names) {
    const setting: Setting = settings[name];
    const text = source[name] || setting.fallback;
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values.set(name, parsed.data);
    else problems.push(problemOf(name, setting, text, parsed.error));
  }
  if (problems.length > 0) return { outcome: 'incomplete', problems };
  return { outcome: 'complete', settings: Object.freeze(Object.fromEntries(values)) as Settings<Name> };
}

function problemOf(name: string, setting: Setting, text: string | undefined, error: z.ZodError): string {
  if (text === undefined) return `${name} is not set. ${setting.sentence}`;
  const seen = setting.secret ? `${text.length} characters` : JSON.stringify(text);
  return `${name} is wrong (${seen}): ${error.issues.map((issue) => issue.message).join('; ')}. ${setting.sentence}`;
}

/** The process environment, with `.env` of the working folder laid below it where there is one. */
export function processEnvironment(): Environment {
  try {
    process.loadEnvFile('.env');
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
  }
  return process.env;
}
