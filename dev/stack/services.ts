/** What this product ships: dispatch and the agent pool, each with its settings written out and nothing else. */
import { join } from 'node:path';
import type { LivekitServer } from './livekit-server.ts';
import type { StackProcess } from './process.ts';
import { type Code, repository, startProgram } from './program.ts';
import type { ChildEnv } from './surroundings.ts';
import { yielding } from './yielding.ts';

export interface DatabaseAccess {
  url: string;
  anonKey: string;
  agentToken: string;
  dispatchToken: string;
  /** Left out: the API takes no keys. */
  apiToken?: string;
}

export interface ServiceOptions {
  runDir: string;
  code: Code;
  livekit: Pick<LivekitServer, 'url' | 'apiKey' | 'apiSecret'>;
  database: DatabaseAccess;
}

const DISPATCH_DEADLINE_MS = 20_000;
const AGENT_DEADLINE_MS = 60_000;
/** The pool ends its calls and its shards in this time; a test run waits for no drain. */
const AGENT_GRACE_MS = 10_000;

export interface DispatchOptions extends ServiceOptions {
  port: number;
  /** 64 hexadecimal digits; left out: provider keys cannot be stored over the API. */
  providerKeysSecret?: string;
  /** Of the process and its log file; `dispatch` by default. */
  name?: string;
  /** Another program in its place, below dev/: always run from source. */
  entry?: string;
  /** Settings beside those that every replica needs. */
  env?: ChildEnv;
}

export async function startDispatch(options: DispatchOptions): Promise<StackProcess> {
  const { runDir, entry, name = 'dispatch', env = {} } = options;
  const dispatch = await startProgram({
    name,
    entry: entry ?? 'dispatch/main',
    args: ['start'],
    env: { ...dispatchEnv(options), ...apiEnv(options), DISPATCH_PORT: String(options.port), ...env },
    runDir,
    code: entry === undefined ? options.code : 'source',
  });
  return ready(dispatch, 'ready', DISPATCH_DEADLINE_MS);
}

/** Creates LiveKit's trunk and dispatch rule from sip-trunk.json, through the real SIP API. */
export async function provisionTrunk(options: ServiceOptions): Promise<void> {
  const { runDir, code } = options;
  const provision = await startProgram({
    name: 'provision',
    entry: 'dispatch/main',
    args: ['provision'],
    env: dispatchEnv(options),
    runDir,
    code,
  });
  await provision.succeeded(DISPATCH_DEADLINE_MS);
}

export type AgentCommand = 'start' | 'dev';

export interface AgentOptions extends ServiceOptions {
  /** 64 hexadecimal digits. */
  providerKeysSecret: string;
  /** Most shard processes; by default one a core. */
  shards?: number;
  agentCommand?: AgentCommand;
  /** Of the host: its process, log file and outbox; `agent` by default. */
  name?: string;
  /** Settings beside those that every host needs, such as AGENT_POOL or POOL_DRAIN_MS. */
  env?: ChildEnv;
  /** Gives way to everything else on this machine. */
  yields?: boolean;
}

export async function startAgent(options: AgentOptions): Promise<StackProcess> {
  const { runDir, code, database, providerKeysSecret, shards = 0, agentCommand = 'start' } = options;
  const { name = 'agent', env = {}, yields = false } = options;
  const agent = await startProgram({
    name,
    entry: 'agent/main',
    args: [agentCommand],
    env: {
      ...commonEnv(options),
      SUPABASE_AGENT_TOKEN: database.agentToken,
      PROVIDER_KEYS_SECRET: providerKeysSecret,
      POOL_SHARDS: String(shards),
      POOL_DRAIN_MS: '2000',
      AGENT_OUTBOX_DIR: join(runDir, 'outbox', name),
      AGENT_TAPE_DIR: join(runDir, 'tapes', name),
      ...env,
    },
    runDir,
    code,
    under: yields ? yielding() : [],
    graceMs: AGENT_GRACE_MS,
  });
  return ready(agent, 'ready', AGENT_DEADLINE_MS);
}

function dispatchEnv(options: ServiceOptions): ChildEnv {
  return {
    ...commonEnv(options),
    SUPABASE_DISPATCH_TOKEN: options.database.dispatchToken,
    SIP_TRUNK_FILE: join(repository, 'sip-trunk.json'),
  };
}

function apiEnv({ database, providerKeysSecret }: DispatchOptions): ChildEnv {
  return {
    ...(database.apiToken === undefined ? {} : { SUPABASE_API_TOKEN: database.apiToken }),
    ...(providerKeysSecret === undefined ? {} : { PROVIDER_KEYS_SECRET: providerKeysSecret }),
  };
}

function commonEnv({ livekit, database }: ServiceOptions): ChildEnv {
  return {
    LIVEKIT_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
    SUPABASE_URL: database.url,
    SUPABASE_ANON_KEY: database.anonKey,
  };
}

/** Hands the process on once it has said so itself; one that never does is stopped here. */
export async function ready(process: StackProcess, message: string, deadlineMs: number): Promise<StackProcess> {
  try {
    await process.logged(message, deadlineMs);
    return process;
  } catch (error) {
    await process.close();
    throw error;
  }
}
