/**
 * Everything that one machine needs to answer calls. Parts start in the order in which they need each other and are
 * released in the reverse order, also when starting fails half-way.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Releases } from '../../shared/lifecycle.ts';
import { findOnPath } from '../setup/binaries.mjs';
import { Fleet } from './fleet.ts';
import { type LivekitServer, startLivekitServer } from './livekit-server.ts';
import { startLivekitSip } from './livekit-sip.ts';
import { requireNetworkInterface } from './network.ts';
import { freePort } from './ports.ts';
import type { StackProcess } from './process.ts';
import type { Code } from './program.ts';
import { type Redis, startRedis } from './redis.ts';
import { type AgentCommand, type DatabaseAccess, provisionTrunk } from './services.ts';
import { type Providers, startLine, startProviders } from './stand-ins.ts';
import { type ProviderKey, type RunningSupabase, startSupabase } from './supabase.ts';
import { findPostgres, startPostgres } from './supabase-postgres.ts';
import { type ChildEnv, surroundings } from './surroundings.ts';

export interface StackOptions {
  runDir: string;
  code: Code;
  /** Ports that people know by heart: each is taken when it is free, otherwise any free one is. */
  ports?: { readonly livekit: number; readonly dispatch: number; readonly sip: number };
  /** Given: the seeded tenants use the real providers with these keys. */
  providerKeys?: readonly ProviderKey[];
  /** Given: that database is used as it is, with its own numbers, configurations and keys. */
  database?: RunDatabase;
  /** Stands the embedded Supabase on a real Postgres where this machine has one, and not on PGlite in its own process. */
  postgres?: 'where found';
  /** `seeded`: people who can sign in to the pages; left out: there are none. */
  people?: 'seeded';
  /** A livekit-sip binary to run in the place of dev/line. */
  livekitSip?: string;
  /** Shard processes of the agent pool; by default one a core. */
  shards?: number;
  /** Replicas of dispatch; one by default. */
  dispatches?: number;
  /** Who hears LiveKit's webhooks: `all` replicas, by default, or the `first` alone; or another address, and nobody else. */
  webhooks?: 'all' | 'first' | { readonly url: string };
  /** Hosts of agents, each an `agent start` of its own; one by default. */
  agents?: number;
  /** Settings of every host of agents beside those that each needs. */
  agentEnv?: ChildEnv;
  /** `dev` reloads the pool when its source changes; `start` by default. */
  agentCommand?: AgentCommand;
  /** Told when a part is ready. */
  onReady?: (part: string, tookMs: number) => void;
}

export interface RunDatabase extends DatabaseAccess {
  /** Passes every policy: for reading what became of a call, never for a service. */
  readonly serviceToken: string;
  /** 64 hexadecimal digits that open the provider keys in it. */
  readonly providerKeysSecret: string;
}

export interface Stack {
  readonly runDir: string;
  /** Where a phone dials: SIP over UDP. */
  readonly sip: { readonly address: string; readonly port: number };
  readonly livekit: LivekitServer;
  readonly database: RunDatabase;
  /** The first replica and the first host, as they were started. */
  readonly dispatch: StackProcess;
  readonly agent: StackProcess;
  /** All of them, and those that are started later. */
  readonly fleet: Fleet;
  /** Undefined without Redis on this machine. */
  readonly redis: Redis | undefined;
  /** Undefined for a database that was given. */
  readonly supabase: RunningSupabase | undefined;
  readonly line: StackProcess;
  /** Undefined when the real providers are used. */
  readonly providers: Providers | undefined;
  close(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  requireNetworkInterface();
  mkdirSync(options.runDir, { recursive: true });
  const releases = new Releases();
  try {
    const parts = await startParts(options, new Starter(releases, options.onReady));
    return { ...parts, runDir: options.runDir, close: () => releases.close() };
  } catch (error) {
    await releases.close();
    throw error;
  }
}

type Parts = Omit<Stack, 'runDir' | 'close'>;

async function startParts(options: StackOptions, starter: Starter): Promise<Parts> {
  const { runDir, code, ports, dispatches = 1, agents = 1, agentEnv = {}, agentCommand = 'start', shards } = options;
  const sipPort = await freePort(ports?.sip);
  const dispatchPorts = await portsFor(dispatches, ports?.dispatch);
  const [{ livekit, redis }, { database, providers, supabase }] = await together(
    startMedia(options, starter, webhookUrls(options, dispatchPorts)),
    startWorld(options, starter),
  );
  const service = { runDir, code, livekit, database };
  if (redis) await starter.step('trunk and rule', () => provisionTrunk(service));
  const fleet = new Fleet({ ...service, providerKeysSecret: database.providerKeysSecret });
  starter.release('dispatch and agents', fleet);
  const host = { env: agentEnv, agentCommand, ...(shards === undefined ? {} : { shards }) };
  const [[dispatch], [agent], line] = await together(
    starter.step('dispatch', () => together(...dispatchPorts.map((port) => fleet.addDispatch({ port })))),
    starter.step('agent pool', () => together(...Array.from({ length: agents }, () => fleet.addHost(host)))),
    starter.part('SIP line', () => startSipSide({ ...options, livekit, redisUrl: redis?.url, sipPort })),
  );
  if (dispatch === undefined || agent === undefined) throw new Error('a stack needs a dispatch and a host of agents');
  return {
    ...{ sip: { address: '127.0.0.1', port: sipPort }, livekit, redis, database, supabase, providers, line, fleet },
    dispatch: dispatch.part.process,
    agent: agent.part.process,
  };
}

/** Different ones: a port is free until somebody listens there. */
async function portsFor(replicas: number, preferred: number | undefined): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < replicas) ports.add(await freePort(ports.size === 0 ? preferred : undefined));
  return [...ports];
}

function webhookUrls({ webhooks = 'all' }: StackOptions, ports: readonly number[]): string[] {
  if (typeof webhooks === 'object') return [webhooks.url];
  return (webhooks === 'all' ? ports : ports.slice(0, 1)).map((port) => `http://127.0.0.1:${port}/livekit/webhook`);
}

/** Redis where it is installed, because LiveKit has no SIP API without it, and LiveKit itself. */
async function startMedia({ runDir, ports }: StackOptions, starter: Starter, urls: readonly string[]) {
  const redis = findOnPath('redis-server', surroundings)
    ? await starter.part('Redis', () => startRedis({ runDir }))
    : undefined;
  const livekit = await starter.part('livekit-server', () =>
    startLivekitServer({
      runDir,
      webhookUrls: urls,
      ...(ports ? { port: ports.livekit } : {}),
      ...(redis ? { redisUrl: redis.url } : {}),
    }),
  );
  return { livekit, redis };
}

/** The database with its numbers, and the providers that its configurations name. */
async function startWorld(options: StackOptions, starter: Starter) {
  const { runDir, providerKeys, people } = options;
  if (options.database) return { database: options.database, providers: undefined, supabase: undefined };
  const providers = providerKeys ? undefined : await starter.part('providers', () => startProviders({ runDir }));
  const providerKeysSecret = randomBytes(32).toString('hex');
  const wanted = options.postgres === 'where found' && findPostgres() !== undefined;
  const postgresUrl = wanted ? (await starter.part('Postgres', startPostgres)).url('postgres') : undefined;
  const providersPort = providers?.port;
  const supabase = await starter.part('Supabase', () =>
    startSupabase({
      ...{ runDir, providerKeysSecret, providerKeys, providersPort, postgresUrl, people },
      standingWorker: false,
    }),
  );
  return { database: { ...supabase, providerKeysSecret }, providers, supabase };
}

interface SipSide extends StackOptions {
  livekit: LivekitServer;
  redisUrl: string | undefined;
  sipPort: number;
}

function startSipSide({ runDir, livekitSip, livekit, redisUrl, sipPort }: SipSide): Promise<StackProcess> {
  if (livekitSip === undefined) return startLine({ runDir, livekit, redisUrl, sipPort });
  if (redisUrl === undefined) throw new Error('LiveKit SIP needs Redis: install redis-server');
  return startLivekitSip({ binary: livekitSip, runDir, livekit, redisUrl, sipPort });
}

/** Starts parts, keeps how each is released and tells how long it took. */
class Starter {
  readonly #releases: Releases;
  readonly #onReady: NonNullable<StackOptions['onReady']>;

  constructor(releases: Releases, onReady: StackOptions['onReady'] = () => undefined) {
    this.#releases = releases;
    this.#onReady = onReady;
  }

  async part<Part extends { close(): Promise<void> }>(name: string, start: () => Promise<Part>): Promise<Part> {
    const part = await this.step(name, start);
    this.release(name, part);
    return part;
  }

  release(name: string, part: { close(): Promise<void> }): void {
    this.#releases.add(name, () => part.close(), RELEASE_DEADLINE_MS);
  }

  async step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const begunMs = performance.now();
    const result = await work();
    this.#onReady(name, performance.now() - begunMs);
    return result;
  }
}

/** Longer than the grace of the slowest part. */
const RELEASE_DEADLINE_MS = 20_000;

/** Like Promise.all, but waits for all before it fails: what is still starting must be known to be released. */
async function together<Parts extends readonly unknown[]>(
  ...starting: { [Index in keyof Parts]: Promise<Parts[Index]> }
): Promise<Parts> {
  await Promise.allSettled(starting);
  return Promise.all(starting) as Promise<Parts>;
}
