/** A database with many numbers: what costs of admission are measured on, and what plans are looked at. */
import type { Sql } from 'postgres';

const numbersOfOrganization = 10;
const firstNumber = 100_000;

export interface FilledBook {
  /** Calls on the line, spread over the numbers; those of before are gone. */
  letCallsIn(calls: number): Promise<void>;
  /** What shards do each 5 s. */
  renewLeases(): Promise<void>;
  /** A number of the book, another one each time. */
  numberAt(round: number): string;
}

/** Organisations of ten numbers each, with an agent, limits of every kind and a history of calls and refusals. */
export async function fillBook(
  sql: Sql,
  { numbers, pastCalls }: { readonly numbers: number; readonly pastCalls: number },
): Promise<FilledBook> {
  // A version and a change for each row are of no use here and three quarters of the time.
  await sql`set session_replication_role = replica`;
  await sql`update platform_settings set max_concurrent_calls = 5000`;
  await sql`update pools set max_concurrent_calls = 5000`;
  await sql`insert into organizations (slug, name, max_concurrent_calls, max_calls_per_second)
    select 'business-' || at, 'Business', 2000, 1000 from generate_series(0, ${Math.ceil(numbers / numbersOfOrganization) - 1}) at`;
  await sql`insert into agent_instances (organization_id, name, is_default, config)
    select id, 'Agent', true, '{"instructions": "You answer the phone.", "hours": {"closed": {"action": "message"}}}'
    from organizations where slug like 'business-%'`;
  await sql`insert into sip_numbers (phone_number, organization_id, max_concurrent_calls)
    select (${firstNumber} + at)::text, organization.id, 500
    from generate_series(0, ${numbers - 1}) at
    join organizations organization on organization.slug = 'business-' || (at / ${numbersOfOrganization})`;
  await sql`insert into sessions (organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag,
      room, started_at, ended_at, end_reason)
    select number.organization_id, number.id, number.phone_number, '', gen_random_uuid()::text, 'tag', 'past',
      now() - at * interval '1 minute', now() - at * interval '1 minute', 'caller_hung_up'
    from generate_series(1, ${pastCalls}) at
    join sip_numbers number on number.phone_number = (${firstNumber} + at % ${numbers})::text`;
  await sql`insert into call_refusals (organization_id, sip_number_id, reason, called_number, caller_number, sip_call_id,
      sip_from_tag, room)
    select organization_id, sip_number_id, 'number_busy', called_number, caller_number, 'r' || sip_call_id, 'tag', 'past'
    from sessions where room = 'past'`;
  await sql`set session_replication_role = origin`;
  await sql`vacuum analyze`;
  return {
    async letCallsIn(calls) {
      await sql`delete from sessions where room = 'live'`;
      await sql`
        with opened as (
          insert into sessions (organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag,
            room, started_at)
          select number.organization_id, number.id, number.phone_number, '', gen_random_uuid()::text, 'tag', 'live',
            now() - interval '1 minute'
          from generate_series(1, ${calls}) at
          join sip_numbers number on number.phone_number = (${firstNumber} + at % ${numbers})::text
          returning id, organization_id, sip_number_id
        )
        insert into active_calls (session_id, organization_id, sip_number_id, pool, room, worker, lease_expires_at)
        select id, organization_id, sip_number_id, 'switchboard', 'live', 'shard', now() + interval '1 hour' from opened`;
    },
    async renewLeases() {
      await sql`select from renew_leases('shard', array(select session_id from active_calls where worker = 'shard'))`;
    },
    // Steps that visit every number, with neighbours far apart.
    numberAt: (round) => String(firstNumber + ((round * 7_919) % numbers)),
  };
}
