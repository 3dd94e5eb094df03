/**
 * npm run bench:refusals: what dispatch itself takes to turn callers away, from LiveKit's word of a caller to the closed room, which
 * LiveKit SIP hears as busy. The program as it ships and a Postgres; LiveKit answers at once. `npm run bench:path` has the same with
 * real rooms, where connecting so many legs takes the machine longer than anything else.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../dev/stack/ports.ts';
import { repository } from '../dev/stack/program.ts';
import { startDispatch } from '../dev/stack/services.ts';
import { startSupabase } from '../dev/stack/supabase.ts';
import { startPostgres } from '../dev/stack/supabase-postgres.ts';
import { say } from '../dev/start/printing.ts';
import { Releases } from '../shared/lifecycle.ts';
import { callerNumber } from './line.ts';
import { LivekitAnswers } from './livekit-answers.ts';
import { machine } from './machine.ts';
import { readTree } from './process-tree.ts';
import { type Spread, spreadOf } from './statistics.ts';

const nobodys = '2999';
/** Until the caller's own track is published, after their joining: measured with LiveKit SIP. No refusal is heard before. */
const trackMs = 35;
const atOnce = [1, 30, 200];
/** The processor time of a process is counted in hundredths of a second. */
const callsOfCase = 1_000;
const warmUps = 50;
const settlingMs = 2_000;

export interface RefusalRow {
  readonly atOnce: number;
  readonly calls: number;
  /** From the first word of a caller to the closed room, the 35 ms of the track among them. */
  readonly closedMs: Spread;
  /** Of dispatch's process, a call. */
  readonly cpuMs: number;
  readonly loadAverage: number;
}

export interface RefusalsResult {
  readonly rows: readonly RefusalRow[];
}

async function refuse(livekit: LivekitAnswers, dispatchUrl: string, at: number): Promise<number> {
  const begunMs = performance.now();
  const room = `call_${nobodys}_${randomBytes(6).toString('hex')}`;
  const leg = await livekit.join(dispatchUrl, { room, called: nobodys, caller: callerNumber(at) });
  await pause(trackMs - (performance.now() - begunMs));
  await leg.publish();
  await leg.closed;
  return performance.now() - begunMs;
}

async function refuseMany(livekit: LivekitAnswers, dispatchUrl: string, count: number, calls: number) {
  const times: number[] = [];
  while (times.length < calls) {
    const rush = Array.from({ length: count }, (_, at) => refuse(livekit, dispatchUrl, times.length + at));
    times.push(...(await Promise.all(rush)));
  }
  return times;
}

const releases = new Releases();
try {
  const runDir = join(repository, '.switchboard', `bench-refusals-${Date.now()}`);
  mkdirSync(runDir, { recursive: true });
  const livekit = await LivekitAnswers.open();
  releases.add('LiveKit’s answers', () => livekit.close());
  const postgres = await startPostgres();
  releases.add('postgres', () => postgres.close(), 30_000);
  const database = await startSupabase({
    ...{ runDir, postgresUrl: postgres.url('postgres'), providerKeysSecret: randomBytes(32).toString('hex') },
  });
  releases.add('supabase', () => database.close(), 30_000);
  const port = await freePort();
  const dispatch = await startDispatch({ runDir, code: 'built', livekit, database, port });
  releases.add('dispatch', () => dispatch.close(), 30_000);
  const dispatchUrl = `http://127.0.0.1:${port}`;
  await refuseMany(livekit, dispatchUrl, 1, warmUps);
  const rows: RefusalRow[] = [];
  for (const count of atOnce) {
    await pause(settlingMs);
    const before = readTree(dispatch.pid);
    const times = await refuseMany(livekit, dispatchUrl, count, callsOfCase);
    const cpuMs = Math.round((10_000 * (readTree(dispatch.pid).cpuS - before.cpuS)) / times.length) / 10;
    const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
    rows.push({ atOnce: count, calls: times.length, closedMs: spreadOf(times), cpuMs, loadAverage: load });
    say(JSON.stringify(rows.at(-1)));
  }
  const result: RefusalsResult = { rows };
  say(JSON.stringify({ ...result, machine: machine() }));
} finally {
  await releases.close();
}
