/**
 * Prints how long the pages' questions take with a long history and many live calls: `npx tsx tests/load/history.ts [calls]`.
 * On a real Postgres, as a member of one business and as a platform admin, each asked 30 times. Not part of `npm test`.
 */
import { loadavg } from 'node:os';
import process from 'node:process';
import postgres, { type Sql } from 'postgres';
import { findPostgres, startPostgres } from '../../dev/stack/supabase-postgres.ts';
import { applySchema, applySeed, postgresRunner } from '../../dev/stack/supabase-schema.ts';

const calls = Number(process.argv[2] ?? 10_000);
const liveCalls = 200;
const rounds = 30;
const harbor = '0a000000-0000-4000-8000-000000000001';
const member = '0c000000-0000-4000-8000-000000000001';
const admin = '0c000000-0000-4000-8000-000000000002';

const questions: Readonly<Record<string, string>> = {
  'first page of the history': `api_calls('{"organization": "${harbor}", "limit": 50}')`,
  'by end reason': `api_calls('{"organization": "${harbor}", "limit": 50, "reason": "transferred"}')`,
  'by a day': `api_calls(jsonb_build_object('organization', '${harbor}', 'limit', 50, 'from', now() - interval '3 days', 'to', now() - interval '2 days'))`,
  'by a word that was said once': `api_calls('{"organization": "${harbor}", "limit": 50, "words": "anchovy 17 "}')`,
  'by the end of a caller’s number': `api_calls('{"organization": "${harbor}", "limit": 50, "caller": "000017"}')`,
  'figures of 90 days': `api_statistics(jsonb_build_object('organization', '${harbor}', 'from', now() - interval '90 days', 'to', now(), 'timezone', 'Europe/Rome'))`,
  '200 live calls': `api_live_calls('{"organization": "${harbor}"}')`,
  numbers: `api_numbers('{"organization": "${harbor}"}')`,
};

if (findPostgres() === undefined) throw new Error('no Postgres on this machine');
const cluster = await startPostgres();
const sql = postgres(cluster.url('postgres'), { max: 1, onnotice: () => undefined });
try {
  await applySchema(postgresRunner(sql));
  await applySeed(postgresRunner(sql));
  await fill(sql);
  for (const [who, userId] of [
    ['a member', member],
    ['an admin', admin],
  ] as const)
    for (const [what, call] of Object.entries(questions)) {
      const times = await timesOf(userId, call);
      const at = (share: number) => Number((times[Math.floor((times.length - 1) * share)] ?? Number.NaN).toFixed(1));
      process.stdout.write(
        `${JSON.stringify({ what, who, calls, p50Ms: at(0.5), p99Ms: at(0.99), loadAverage: loadavg()[0] })}\n`,
      );
    }
} finally {
  await sql.end();
  await cluster.close();
}

async function timesOf(userId: string, call: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++)
    await sql.begin(async (transaction) => {
      await transaction`select set_config('request.jwt.claim.sub', ${userId}, true), set_config('role', 'authenticated', true)`;
      const begunMs = performance.now();
      await transaction.unsafe(`select * from public.${call}`);
      times.push(performance.now() - begunMs);
    });
  return times.sort((a, b) => a - b);
}

/** A call every quarter of an hour, each with six turns; one in a hundred is put through. */
async function fill(database: Sql): Promise<void> {
  await database`set session_replication_role = replica`;
  await database`insert into auth.users (id) values (${member}), (${admin})`;
  await database`insert into organization_members (organization_id, user_id, role) values (${harbor}, ${member}, 'owner')`;
  await database`insert into platform_admins (user_id) values (${admin})`;
  await database`insert into sessions (organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag,
      room, started_at, answered_at, ended_at, end_reason)
    select ${harbor}, number.id, '2001', '+39' || lpad(at::text, 9, '0'), at::text, 'tag', 'past',
      now() - at * interval '15 minutes', now() - at * interval '15 minutes' + interval '1 second',
      now() - at * interval '15 minutes' + interval '2 minutes',
      case when at % 100 = 0 then 'transferred' else 'caller_hung_up' end::call_reason
    from generate_series(1, ${calls}) at
    join sip_numbers number on number.phone_number = '2001'`;
  await database`insert into session_turns (session_id, position, organization_id, role, text, at_ms)
    select id, position, ${harbor}, 'caller', 'one with anchovy ' || sip_call_id || ' please', position * 1000
    from sessions, generate_series(1, 6) position`;
  await database`with live as (
      insert into sessions (organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag, room)
      select ${harbor}, number.id, '2001', '+39060000' || at, 'live-' || at, 'tag', 'live-' || at
      from generate_series(1, ${liveCalls}) at
      join sip_numbers number on number.phone_number = '2001'
      returning id, sip_number_id, room
    )
    insert into active_calls (session_id, organization_id, sip_number_id, pool, room, state, lease_expires_at)
    select id, ${harbor}, sip_number_id, 'switchboard', room, 'active', now() + interval '1 hour' from live`;
  await database`reset session_replication_role`;
  await database`analyze`;
}
