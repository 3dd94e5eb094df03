/** Ours: the pool as it ships, and the same with one call a shard. dispatch is played by hand, through its own SQL. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ownVersion } from '../../agent/version.ts';
import { repository, startProgram } from '../../dev/stack/program.ts';
import { ready } from '../../dev/stack/services.ts';
import { admissionSchema } from '../../shared/contracts.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { placeJob, readyDeadlineMs, type Subject, type Wanted, type Worker } from '../subject.ts';
import type { BenchWorld } from '../world.ts';

const called = '2001';

export const switchboard: Subject = {
  name: 'switchboard',
  version: ownVersion(),
  writesProfiles: true,
  endOfTurnMs: 500,
  start: (world, wanted) => startPool(world, wanted, { POOL_SHARDS: '1', POOL_SESSIONS_PER_SHARD: '100' }),
};

/** A process a call, as the alternatives have it: all of them are there before the first call. */
export const isolated: Subject = {
  name: 'switchboard --isolated',
  version: ownVersion(),
  writesProfiles: true,
  endOfTurnMs: 500,
  start: (world, wanted) =>
    startPool(world, wanted, { POOL_SHARDS: String(wanted.calls), POOL_SESSIONS_PER_SHARD: '1' }),
};

async function startPool(world: BenchWorld, wanted: Wanted, shape: Record<string, string>): Promise<Worker> {
  const { pinned, node, profiles, variables: { NODE_OPTIONS: nodeOptions = '', ...variables } = {} } = wanted;
  const { livekit, supabase, providerKeysSecret, runDir } = world;
  const startedMs = performance.now();
  const started = await startProgram({
    name: `switchboard-${Date.now()}`,
    entry: 'agent/main',
    args: ['start'],
    runDir,
    code: 'built',
    under: pinned,
    node,
    env: {
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      SUPABASE_URL: supabase.url,
      SUPABASE_ANON_KEY: supabase.anonKey,
      SUPABASE_AGENT_TOKEN: supabase.agentToken,
      PROVIDER_KEYS_SECRET: providerKeysSecret,
      POOL_DRAIN_MS: '2000',
      AGENT_OUTBOX_DIR: join(runDir, 'outbox'),
      AGENT_TAPE_DIR: join(runDir, 'tapes'),
      NODE_OPTIONS: ['loop-probe', ...(profiles === undefined ? [] : ['profile-probe'])]
        .map((probe) => `--import ${join(repository, 'bench', `${probe}.mjs`)}`)
        .concat(nodeOptions)
        .join(' '),
      ...variables,
      ...(profiles === undefined ? {} : { BENCH_PROFILE_DIR: profiles }),
      ...shape,
    },
    graceMs: 15_000,
  });
  const pool = await ready(started, 'ready', readyDeadlineMs);
  const { url, anonKey, dispatchToken: token } = supabase;
  const database = openDatabase({ url, anonKey, token, deadlineMs: 10_000 });
  return {
    process: pool,
    readyMs: performance.now() - startedMs,
    close: () => pool.close(),
    async next() {
      const room = `call_${called}_${randomBytes(6).toString('hex')}`;
      let metadata: object = {};
      return {
        room,
        async admit() {
          metadata = await admit(database, room);
        },
        place: () => placeJob(livekit, { room, agent: 'switchboard', metadata }),
      };
    },
  };
}

/** As dispatch does it when it hears of a caller. @returns the metadata of the job */
async function admit(database: Database, room: string): Promise<object> {
  const args = {
    p_called: called,
    p_caller: '+39061234567',
    p_sip_call_id: randomUUID(),
    p_sip_from_tag: 'tag',
    p_room: room,
  };
  const admission = await database.row('admit_call', args, admissionSchema);
  if (admission.outcome === 'refused') throw new Error(`the call was refused: ${admission.reason}`);
  const { tenant, sessionId, numberId } = admission;
  return { v: 1, kind: 'call', tenant, session_id: sessionId, number_id: numberId, called_number: called };
}
