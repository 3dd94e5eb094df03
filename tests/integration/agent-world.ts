/**
 * What the agent meets in production, for its tests: a real livekit-server, the product's SQL, the real plugins (talking to
 * loopback stand-ins), and the pool itself as its own processes. dispatch is played by hand, through its own SQL functions.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Entry } from '../../dev/providers/journal.ts';
import { type Providers, startProviders } from '../../dev/providers/server.ts';
import { type LivekitServer, startLivekitServer } from '../../dev/stack/livekit-server.ts';
import { type LogLine, parseLogLine, type StackProcess } from '../../dev/stack/process.ts';
import { type Code, startProgram } from '../../dev/stack/program.ts';
import { ready } from '../../dev/stack/services.ts';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { admissionSchema, configChangeSchema } from '../../shared/contracts.ts';
import { openDatabase } from '../../shared/db.ts';
import type { CallJob } from '../../shared/jobs.ts';
import { Releases } from '../../shared/lifecycle.ts';
import { Caller } from './agent-caller.ts';
import { openWire, type Wire } from './agent-wire.ts';

const settleDeadlineMs = 20_000;
const poolDeadlineMs = 60_000;

const sessionSchema = z.object({
  end_reason: z.string(),
  answered_at: z.string().nullable(),
  timings: z.record(z.string(), z.number()),
});
const turnSchema = z.object({ role: z.enum(['caller', 'agent']), text: z.string() });

export interface PlacedCall {
  readonly session: string;
  readonly room: string;
  readonly caller: Caller;
}

type Metadata = Partial<Record<keyof CallJob, unknown>>;

export interface CallerHabits {
  /** Leaves the room after admission and before the job is placed. */
  readonly hangUpBefore?: 'dispatch';
  beforeDispatch?(): void;
}

export interface AgentWorld {
  readonly livekit: LivekitServer;
  readonly providers: Providers;
  readonly supabase: RunningSupabase;
  readonly pool: StackProcess;
  /** What the pool was started with. */
  readonly env: Readonly<Record<string, string>>;
  /** The pool's way to the database. */
  readonly database: Wire;
  /** Passes every policy, to look at what was kept and to change what tenants wrote. */
  readonly tables: SupabaseClient;
  /** A caller who dials `called`, admitted and placed as dispatch does it. @param metadata laid over the job's */
  dial(called: string, metadata?: Metadata, habits?: CallerHabits): Promise<PlacedCall>;
  /** Waits until the pool has heard of every change that was made to configurations so far. */
  changesHeard(): Promise<void>;
  /** A sentence that the STT stand-in knows, as 16 kHz PCM. */
  speech(text: string, language?: 'en' | 'it'): Promise<Int16Array>;
  settled(session: string): Promise<z.infer<typeof sessionSchema>>;
  transcript(session: string): Promise<z.infer<typeof turnSchema>[]>;
  logOf(session: string): LogLine[];
  logText(): string;
  logged(session: string, message: string): Promise<void>;
  /** Process ids of the shards that run now. */
  shardPids(): number[];
  /** How often a shard registered with LiveKit. */
  registrations(): number;
  /** What a provider was asked with this key, oldest first. */
  asked(kind: Entry['kind'], key: string): Entry[];
  close(): Promise<void>;
}

export interface AgentWorldOptions {
  readonly shards?: number;
  readonly patches?: 'on' | 'off';
  readonly command?: 'start' | 'dev';
  readonly code?: Code;
  /** A module that is loaded into the pool and its shards before their own code. */
  readonly preload?: URL;
  /** `kept`: what provider failures did to an organisation lasts from call to call, as in production. */
  readonly breakers?: 'kept' | 'forgotten';
  /** `kept`: a greeting is spoken for its first caller only, as in production; else each call asks its voice for it. */
  readonly greetings?: 'kept' | 'spoken each time';
}

export async function startAgentWorld(options: AgentWorldOptions = {}): Promise<AgentWorld> {
  const releases = new Releases();
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-agent-'));
  releases.add('run folder', () => rmSync(runDir, { recursive: true, force: true }));
  const owned = <T extends { close(): Promise<void> }>(what: string, part: T): T => {
    releases.add(what, () => part.close(), 30_000);
    return part;
  };
  try {
    const providerKeysSecret = randomBytes(32).toString('hex');
    const livekit = owned('livekit-server', await startLivekitServer({ runDir }));
    const log = pino({ level: 'silent' });
    const providers = owned('provider stand-ins', await startProviders({ port: 0, log }));
    const supabaseOptions = { runDir, providersPort: providers.port, providerKeysSecret };
    const supabase = owned('supabase', await startSupabase(supabaseOptions));
    const wire = owned('way to the database', await openWire(supabase.url));
    const env = poolEnv({ livekit, supabase, databaseUrl: wire.url, providerKeysSecret, ...options });
    const pool = owned('agent pool', await startPool(runDir, env, options));
    const parts = { livekit, providers, supabase, pool, env, database: wire };
    return createWorld(parts, releases, options.breakers ?? 'forgotten');
  } catch (thrown) {
    await releases.close();
    throw thrown;
  }
}

interface PoolSettings extends AgentWorldOptions {
  readonly livekit: LivekitServer;
  readonly supabase: RunningSupabase;
  readonly databaseUrl: string;
  readonly providerKeysSecret: string;
}

function poolEnv({
  livekit,
  supabase,
  databaseUrl,
  providerKeysSecret,
  shards = 1,
  patches = 'on',
  preload,
  greetings = 'spoken each time',
}: PoolSettings) {
  return {
    LIVEKIT_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
    SUPABASE_URL: databaseUrl,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_AGENT_TOKEN: supabase.agentToken,
    PROVIDER_KEYS_SECRET: providerKeysSecret,
    POOL_SHARDS: String(shards),
    POOL_DRAIN_MS: '60000',
    AGENT_PATCHES: patches,
    POOL_KEPT_SPEECH_MB: greetings === 'kept' ? '16' : '0',
    // A key that somebody exported: no tenant may ever be served with it.
    OPENAI_API_KEY: 'dev-openai-somebody-else',
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    DEEPGRAM_API_KEY: 'dev-deepgram-somebody-else',
    SONIOX_API_KEY: 'dev-soniox-somebody-else',
    ELEVEN_API_KEY: 'dev-elevenlabs-somebody-else',
    ...(preload === undefined ? {} : { NODE_OPTIONS: `--import ${import.meta.resolve('tsx')} --import ${preload}` }),
  };
}

async function startPool(
  runDir: string,
  env: Record<string, string>,
  { command = 'start', code = 'source' }: AgentWorldOptions,
): Promise<StackProcess> {
  const started = await startProgram({
    name: 'agent',
    entry: 'agent/main',
    args: [command],
    env,
    runDir,
    code,
  });
  return ready(started, 'ready', poolDeadlineMs);
}

type Parts = Pick<AgentWorld, 'livekit' | 'providers' | 'supabase' | 'pool' | 'env' | 'database'>;

function createWorld(parts: Parts, releases: Releases, breakers: 'kept' | 'forgotten'): AgentWorld {
  const { livekit, providers, supabase, pool } = parts;
  const tables = createClient(supabase.url, supabase.anonKey, {
    accessToken: async () => supabase.serviceToken,
    realtime: { transport: WebSocket as never },
  });
  const callers = new Set<Caller>();
  releases.add('callers', async () => void (await Promise.all([...callers].map((caller) => caller.hangUp()))));

  const logLines = () =>
    readFileSync(pool.logFile, 'utf8')
      .split('\n')
      .map((line) => parseLogLine(line) ?? {});

  /** A shard that has just come has room, whatever one before it said. */
  const ofRoom = new Set<unknown>(['shard is full', 'shard has room again', 'registered']);
  const hasRoom = () => logLines().findLast(({ msg }) => ofRoom.has(msg))?.msg !== 'shard is full';

  async function dial(called: string, metadata: Metadata = {}, habits: CallerHabits = {}): Promise<PlacedCall> {
    const room = `call_${called}_${randomBytes(6).toString('hex')}`;
    const callId = randomUUID();
    const caller = await Caller.join({ ...livekit, room, called, callId });
    callers.add(caller);
    if (breakers === 'forgotten') await tables.from('breakers').delete().not('id', 'is', null);
    const admission = await admit(supabase, { called, callId, room });
    if (habits.hangUpBefore === 'dispatch') await caller.hangUp();
    habits.beforeDispatch?.();
    const job = {
      v: 1,
      kind: 'call',
      tenant: admission.tenant,
      session_id: admission.sessionId,
      number_id: admission.numberId,
      called_number: called,
      ...metadata,
    };
    // On a busy box a shard may call itself full for a moment, and LiveKit offers a job only once.
    await waitFor(hasRoom, { what: 'a shard with room', deadlineMs: 30_000 });
    const dispatches = new AgentDispatchClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
    await dispatches.createDispatch(room, 'switchboard', { metadata: JSON.stringify(job) });
    return { session: admission.sessionId, room, caller };
  }

  return {
    ...parts,
    tables,
    dial,
    async changesHeard() {
      const { url, anonKey, agentToken: token } = supabase;
      const agent = openDatabase({ url, anonKey, token, deadlineMs: 10_000 });
      const { revision } = await agent.row('config_changes', { p_since: null }, configChangeSchema);
      const heard = () =>
        logLines().some((line) => line.msg === 'configurations changed' && Number(line['revision']) >= revision);
      await waitFor(heard, { what: `change ${revision} to be heard of`, deadlineMs: settleDeadlineMs });
    },
    speech: (text, language = 'en') => providers.speech.say(text, language, 16_000),
    async settled(session) {
      const read = () => tables.from('sessions').select('end_reason,answered_at,timings').eq('id', session).single();
      const found = await waitFor(async () => sessionSchema.safeParse((await read()).data).data, {
        what: `session ${session} to be settled`,
        deadlineMs: settleDeadlineMs,
        intervalMs: 100,
      });
      return found;
    },
    async transcript(session) {
      const { data } = await tables
        .from('session_turns')
        .select('role,text')
        .eq('session_id', session)
        .order('position');
      return z.array(turnSchema).parse(data);
    },
    logOf: (session) => logLines().filter((line) => line.session === session),
    logText: () => readFileSync(pool.logFile, 'utf8'),
    async logged(session, message) {
      const isThere = () => logLines().some((line) => line.session === session && line.msg === message);
      await waitFor(isThere, { what: `the log line "${message}"`, deadlineMs: settleDeadlineMs });
    },
    shardPids: () => childrenOf(pool.pid),
    registrations: () => logLines().filter((line) => line.msg === 'registered').length,
    asked: (kind, key) => providers.journal({ kind, key }),
    close: () => releases.close(),
  };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function admit(supabase: RunningSupabase, call: { called: string; callId: string; room: string }) {
  const { url, anonKey, dispatchToken } = supabase;
  const dispatch = openDatabase({ url, anonKey, token: dispatchToken, deadlineMs: 10_000 });
  const args = {
    p_called: call.called,
    p_caller: '+39061234567',
    p_sip_call_id: call.callId,
    p_sip_from_tag: 'tag',
    p_room: call.room,
  };
  const admission = await dispatch.row('admit_call', args, admissionSchema);
  if (admission.outcome === 'refused') throw new Error(`the call was refused: ${admission.reason}`);
  return admission;
}
