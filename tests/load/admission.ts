/**
 * Prints what letting a call in costs the database, by how many numbers there are and how many calls are on:
 * `npx tsx tests/load/admission.ts`, with `--json` one JSON line a case. On a Postgres of its own, one caller at a time over
 * one connection, every limit set, each organisation with a history; leases are renewed meanwhile as shards do it. Nothing
 * is flushed to the disk (fsync is off), so a production database adds one flush. Not part of `npm test`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import postgres, { type Sql } from 'postgres';
import { startPostgres } from '../../dev/stack/supabase-postgres.ts';
import { applySchema, applySeed, postgresRunner } from '../../dev/stack/supabase-schema.ts';
import { addStandingWorker } from '../../dev/stack/supabase-world.ts';
import { type FilledBook, fillBook } from '../support/phone-book.ts';

const numbersOfCase = [10, 1_000, 100_000];
const liveOfCase = [0, 100, 1_000];
/** That ended, and as many that were refused. */
const pastCalls = 50_000;
const warmUps = 300;
const rounds = 1_500;
/** Each shard renews each 5 s; here after so many calls, which is oftener. */
const callsBetweenRenewals = 50;

interface Figures {
  readonly numbers: number;
  readonly live: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the database's process, on average. */
  readonly cpuMs: number;
  readonly loadAverage: number;
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const cluster = await startPostgres();
try {
  const figures: Figures[] = [];
  for (const numbers of numbersOfCase) figures.push(...(await measure(cluster.url, numbers)));
  process.stdout.write(values.json ? figures.map((one) => `${JSON.stringify(one)}\n`).join('') : tableOf(figures));
} finally {
  await cluster.close();
}

async function measure(urlOf: (database: string) => string, numbers: number): Promise<Figures[]> {
  const name = `numbers_${numbers}`;
  const admin = postgres(urlOf('postgres'), { max: 1 });
  await admin.unsafe(`create database ${name}`);
  await admin.end();
  const sql = postgres(urlOf(name), { max: 1, onnotice: () => undefined });
  const dispatch = postgres(urlOf(name), { max: 1, connection: { role: 'switchboard_dispatch' } });
  try {
    await applySchema(postgresRunner(sql));
    await applySeed(postgresRunner(sql));
    await addStandingWorker(postgresRunner(sql));
    const book = await fillBook(sql, { numbers, pastCalls });
    const figures: Figures[] = [];
    for (const live of liveOfCase) {
      await book.letCallsIn(live);
      await sql`vacuum analyze`;
      figures.push({ numbers, live, ...(await timesOf(dispatch, sql, book)), loadAverage: loadavg()[0] ?? 0 });
    }
    return figures;
  } finally {
    await Promise.all([sql.end(), dispatch.end()]);
  }
}

async function timesOf(dispatch: Sql, sql: Sql, book: FilledBook): Promise<Pick<Figures, 'p50Ms' | 'p99Ms' | 'cpuMs'>> {
  const times: number[] = [];
  const [backend] = await dispatch<{ pid: number }[]>`select pg_backend_pid() as pid`;
  let cpuBeganMs = 0;
  for (let round = 0; round < warmUps + rounds; round++) {
    if (round === warmUps) cpuBeganMs = cpuMsOf(backend?.pid ?? 0);
    if (round % callsBetweenRenewals === 0) await book.renewLeases();
    const called = book.numberAt(round);
    const id = randomUUID();
    const begunMs = performance.now();
    const [decision] = await dispatch<{ reason: string | null; session_id: string }[]>`
      select * from admit_call(${called}, '+442079460001', ${id}, 'tag', ${`call_${called}_${id}`})`;
    const tookMs = performance.now() - begunMs;
    if (decision === undefined || decision.reason !== null) throw new Error(`refused: ${decision?.reason}`);
    if (round >= warmUps) times.push(tookMs);
    await sql`select finished from finish_call(${decision.session_id}, 'caller_hung_up')`;
  }
  const cpuMs = (cpuMsOf(backend?.pid ?? 0) - cpuBeganMs) / rounds;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), cpuMs };
}

/** Time that a process was on a processor so far; the kernel counts it in nanoseconds. */
function cpuMsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function tableOf(figures: readonly Figures[]): string {
  const [least] = figures;
  const line = (cells: readonly (string | number)[]) => `${cells.map((cell) => String(cell).padStart(9)).join(' ')}\n`;
  return [
    line(['numbers', 'live', 'p50 ms', 'p99 ms', 'cpu ms', 'p50 ×', 'p99 ×', 'cpu ×', 'load']),
    ...figures.map(({ numbers, live, p50Ms, p99Ms, cpuMs, loadAverage }) => {
      const ratios = [
        p50Ms / (least?.p50Ms ?? p50Ms),
        p99Ms / (least?.p99Ms ?? p99Ms),
        cpuMs / (least?.cpuMs ?? cpuMs),
      ];
      return line([
        numbers,
        live,
        p50Ms.toFixed(2),
        p99Ms.toFixed(2),
        cpuMs.toFixed(2),
        ...ratios.map((ratio) => ratio.toFixed(2)),
        loadAverage.toFixed(1),
      ]);
    }),
  ].join('');
}
