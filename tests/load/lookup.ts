/**
 * Prints how long a call waits for its configuration, known and not known, and how long a change takes to be seen by the
 * next call: `npx tsx tests/load/lookup.ts`. On the embedded Supabase, over PGlite and (where the machine has one) over a
 * real Postgres. News are handed to the cache in this process; in the pool they cross an IPC channel more, which is below a
 * millisecond. Everything runs on one machine, so read the times beside the load average. Not part of `npm test`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { ConfigCache } from '../../agent/config-cache.ts';
import { ConfigPoller } from '../../agent/config-poller.ts';
import { sqlNumbers } from '../../agent/config-source.ts';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { findPostgres, startPostgres } from '../../dev/stack/supabase-postgres.ts';
import { systemClock } from '../../shared/clock.ts';
import { openDatabase } from '../../shared/db.ts';
import { tenantKeySchema } from '../../shared/ids.ts';
import { Releases } from '../../shared/lifecycle.ts';

const numbers = 200;
const warmRounds = 5_000;
const changes = 30;
const tenant = tenantKeySchema.parse('harbor-pizza');
const organization = '0a000000-0000-4000-8000-000000000001';
const orders = '0a000000-0000-4000-8000-000000002001';
const log = pino({ level: 'warn' });

await measure('embedded, PGlite', undefined);
if (findPostgres() === undefined) process.stderr.write('no Postgres on this machine: only PGlite was measured\n');
else {
  const cluster = await startPostgres();
  try {
    await measure('embedded, Postgres', cluster.url('postgres'));
  } finally {
    await cluster.close();
  }
}

async function measure(what: string, postgresUrl: string | undefined): Promise<void> {
  await using releases = new Releases();
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-lookup-'));
  releases.add('run folder', () => rmSync(runDir, { recursive: true, force: true }));
  const supabase = await startSupabase({ runDir, providerKeysSecret: '07'.repeat(32), postgresUrl });
  releases.add('supabase', () => supabase.close(), 30_000);
  const tables = tablesOf(supabase);
  const { error } = await tables.from('sip_numbers').insert(
    Array.from({ length: numbers }, (_, at) => ({
      phone_number: String(3000 + at),
      organization_id: organization,
      label: 'measured',
    })),
  );
  if (error !== null) throw new Error(error.message);

  const { url, anonKey, agentToken } = supabase;
  const source = sqlNumbers(openDatabase({ url, anonKey, token: agentToken, deadlineMs: 5_000 }));
  const cache = new ConfigCache({ source, clock: systemClock, log });
  const poller = new ConfigPoller({ source, log, onNews: (news) => cache.hear(news) });
  releases.add('poller', () => poller.close());
  await pause(1_000);

  const cold = await timesOf(numbers, (at) => cache.find(String(3000 + at), tenant));
  const warm = await timesOf(warmRounds, (at) => cache.find(String(3000 + (at % numbers)), tenant));
  const seen = await timesOf(changes, (round) => changeAndWait(cache, tables, `Round ${round}.`));
  process.stdout.write(
    `${JSON.stringify({ what, coldMs: spread(cold), warmMs: spread(warm), changeSeenMs: spread(seen), loadAverage: loadavg()[0] })}\n`,
  );
}

function tablesOf(supabase: RunningSupabase): SupabaseClient {
  return createClient(supabase.url, supabase.anonKey, {
    accessToken: async () => supabase.serviceToken,
    realtime: { transport: WebSocket as never },
  });
}

/** From the moment somebody saves until a call that begins then has it. */
async function changeAndWait(cache: ConfigCache, tables: SupabaseClient, text: string): Promise<void> {
  const config_override = { greeting: { text } };
  const { error } = await tables.from('sip_numbers').update({ config_override }).eq('id', orders);
  if (error !== null) throw new Error(error.message);
  while ((await greetingOf(cache)) !== text) await pause(2);
}

async function greetingOf(cache: ConfigCache): Promise<string | undefined> {
  const lookup = await cache.find('2001', tenant);
  if (lookup.outcome !== 'found' || lookup.number.agent.outcome !== 'usable') return undefined;
  return lookup.number.agent.config.greeting.text;
}

async function timesOf(rounds: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begunMs = performance.now();
    await work(round);
    times.push(performance.now() - begunMs);
  }
  return times.sort((a, b) => a - b);
}

function spread(sorted: readonly number[]) {
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(3));
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}
