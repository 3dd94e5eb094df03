/** What every worker finds: one livekit-server, one set of provider stand-ins, and, for the one that wants it, a database. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sound } from '../agent/sound.ts';
import { type LivekitServer, startLivekitServer } from '../dev/stack/livekit-server.ts';
import { freePort } from '../dev/stack/ports.ts';
import { startProgram } from '../dev/stack/program.ts';
import { askTable } from '../dev/stack/rows.ts';
import { ready } from '../dev/stack/services.ts';
import { type RunningSupabase, startSupabase } from '../dev/stack/supabase.ts';
import { findPostgres, startPostgres } from '../dev/stack/supabase-postgres.ts';
import { Releases } from '../shared/lifecycle.ts';
import { Callers } from './callers.ts';
import type { Plan } from './run.ts';
import { providerScript, scenario } from './scenario.ts';

/** Above what any run asks for: how many calls a business may have is not what is measured here. */
const mostCalls = 1_000;
const turn = { min_endpointing_ms: 500, max_endpointing_ms: 3000 };
const providersDeadlineMs = 60_000;
const menuLine =
  'Pizza Margherita with tomatoes, mozzarella and basil, eight euros fifty, ready in a quarter of an hour.\n';

export class BenchWorld {
  readonly runDir: string;
  readonly livekit: LivekitServer;
  readonly providersPort: number;
  readonly supabase: RunningSupabase;
  readonly providerKeysSecret: string;
  readonly callers: Callers;
  readonly #releases: Releases;

  private constructor(
    parts: Pick<BenchWorld, 'runDir' | 'livekit' | 'providersPort' | 'supabase' | 'providerKeysSecret' | 'callers'>,
    releases: Releases,
  ) {
    this.runDir = parts.runDir;
    this.livekit = parts.livekit;
    this.providersPort = parts.providersPort;
    this.supabase = parts.supabase;
    this.providerKeysSecret = parts.providerKeysSecret;
    this.callers = parts.callers;
    this.#releases = releases;
  }

  /** @param question what callers ask */
  static async open(runDir: string, question: Sound): Promise<BenchWorld> {
    mkdirSync(runDir, { recursive: true });
    const releases = new Releases();
    try {
      const livekit = await startLivekitServer({ runDir });
      releases.add('livekit-server', () => livekit.close(), 30_000);
      const providersPort = await startStandIns(runDir, releases);
      const providerKeysSecret = randomBytes(32).toString('hex');
      const postgresUrl = await startPostgresWhereFound(releases);
      const supabase = await startSupabase({ runDir, providersPort, providerKeysSecret, postgresUrl });
      releases.add('supabase', () => supabase.close(), 30_000);
      await openBusiness(supabase);
      const callers = new Callers(livekit, runDir, question);
      releases.add('callers', () => callers.close());
      return new BenchWorld({ runDir, livekit, providersPort, supabase, providerKeysSecret, callers }, releases);
    } catch (thrown) {
      await releases.close();
      throw thrown;
    }
  }

  /** Has the business tell its agents so much more about itself, and serve its callers so. @param promptKb of 1 000 characters */
  async instruct({ promptKb, business }: Pick<Plan, 'promptKb' | 'business'>): Promise<void> {
    const menu = menuLine.repeat(Math.ceil((promptKb * 1_000) / menuLine.length)).slice(0, promptKb * 1_000);
    await openBusiness(this.supabase, {
      turn: { ...turn, preemptive: business === 'preemptive' },
      recording: { enabled: business === 'recorded' },
      ...(promptKb > 0 && { custom_context: { menu } }),
    });
  }

  close(): Promise<void> {
    return this.#releases.close();
  }
}

async function startPostgresWhereFound(releases: Releases): Promise<string | undefined> {
  if (findPostgres() === undefined) return undefined;
  const postgres = await startPostgres();
  releases.add('postgres', () => postgres.close(), 30_000);
  return postgres.url('postgres');
}

async function startStandIns(runDir: string, releases: Releases): Promise<number> {
  const port = await freePort();
  const script = join(runDir, 'providers.json');
  writeFileSync(script, JSON.stringify(providerScript));
  const started = await startProgram({
    name: 'providers',
    entry: 'dev/providers/main',
    args: ['--port', String(port), '--script', script],
    runDir,
    code: 'source',
    graceMs: 500,
  });
  const process = await ready(started, 'listening', providersDeadlineMs);
  releases.add('provider stand-ins', () => process.close());
  for (const text of [scenario.greeting, scenario.answer]) await rehearse(port, text);
  return port;
}

/** The stand-in makes a sentence once, and whoever asked for it first would wait a tenth of a second for that. */
async function rehearse(port: number, text: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/openai/v1/audio/speech`, {
    method: 'POST',
    headers: { authorization: 'Bearer dev-bench', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tts-1', voice: 'alloy', input: text, response_format: 'pcm' }),
  });
  if (!response.ok) throw new Error(`the voice of the stand-ins answers ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** The seeded pizzeria, with room for every call of a run and the words that all workers have. */
async function openBusiness(supabase: RunningSupabase, further: object = {}): Promise<void> {
  const limits = { max_concurrent_calls: mostCalls, max_calls_per_second: mostCalls };
  const change = (table: string, id: string, values: Record<string, unknown>) =>
    askTable(supabase, { method: 'PATCH', table, filter: { id: `eq.${id}` }, values });
  await change('organizations', '0a000000-0000-4000-8000-000000000001', limits);
  await change('agent_instances', '0a000000-0000-4000-8000-000000000002', {
    config: {
      greeting: { text: scenario.greeting },
      instructions: scenario.instructions,
      turn,
      ...further,
    },
  });
  await change('sip_numbers', '0a000000-0000-4000-8000-000000002001', {
    max_concurrent_calls: mostCalls,
    config_override: {},
  });
}
