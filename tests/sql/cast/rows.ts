/** A row for everybody who can have one, in every table. */
import type { SqlRunner } from '../../../dev/stack/supabase-schema.ts';
import { admin, bianchi, harbor, members, organizationOf, stranger } from './actors.ts';

export async function addRows(database: SqlRunner): Promise<void> {
  await database.script(people());
  await database.script(platform);
  for (const [organization, digit] of [
    [harbor, 'a'],
    [bianchi, 'b'],
  ] as const)
    await database.script(business(organization, digit));
}

function people(): string {
  const users = [...members, stranger, admin].map(({ actor }) => `('${actor.userId}')`);
  const memberships = members.map(
    ({ actor, standing: { of, rank } }) => `('${organizationOf[of]}', '${actor.userId}', '${rank}')`,
  );
  return `
    insert into auth.users (id) values ${users.join(', ')};
    insert into public.organization_members (organization_id, user_id, role) values ${memberships.join(', ')};
    insert into public.platform_admins (user_id) values ('${admin.actor.userId}');`;
}

const platform = `
  update public.platform_settings set config = '{"language": "en"}';
  insert into public.workers (name, pool, version, capacity) values ('a worker', 'switchboard', '1', 1);
  insert into public.gateways (name, address) values ('a gateway', '192.0.2.1');
  insert into public.carriers (name, source_network) values ('a carrier', '192.0.2.0/24');
  insert into public.sip_numbers (phone_number) values ('2600');
  insert into public.provider_keys (provider, ciphertext, last_four) values ('openai', repeat('p', 60), 'plat');
  insert into public.prices (id, kind, provider, unit, price)
    values ('0a000000-0000-4000-8000-00000000f004', 'llm', 'openai', 'output_tokens', 1.6);
  insert into public.api_keys (name, hash, last_four) values ('of the platform', repeat('0', 64), 'plat');
  insert into public.audit_log (actor_name, action, target_table, target_id) values ('x', 'x', 'x', 'x');
  insert into public.call_refusals (reason, called_number, caller_number, sip_call_id, sip_from_tag, room)
    values ('unknown_number', '2999', 'x', 'refused', 'x', 'x');`;

/** @param digit names its session, number and keys */
function business(organization: string, digit: 'a' | 'b'): string {
  const session = `'0${digit}000000-0000-4000-8000-00000000f001'`;
  const endpoint = `'0${digit}000000-0000-4000-8000-00000000f002'`;
  const probe = `'0${digit}000000-0000-4000-8000-00000000f003'`;
  const recording = `'0${digit}000000-0000-4000-8000-00000000f005'`;
  const of = `'${organization}'`;
  const number = `(select min(id::text)::uuid from public.sip_numbers where organization_id = ${of})`;
  return `
    insert into public.sessions
      (id, organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag, room, config_revision,
       config_source)
      values (${session}, ${of}, ${number}, '2001', 'x', 'call-${digit}', 'x', 'room-${digit}', 1, 'stale');
    insert into public.active_calls (session_id, organization_id, sip_number_id, pool, room, lease_expires_at)
      values (${session}, ${of}, ${number}, 'switchboard', 'room-${digit}', now());
    insert into public.session_turns (session_id, position, organization_id, role, text, at_ms)
      values (${session}, 1, ${of}, 'caller', 'a secret of ${digit}', 0);
    insert into public.recordings
      (id, session_id, organization_id, worker, begins_at, length_ms, parts, bytes, delete_after, kept_at)
      values (${recording}, ${session}, ${of}, 'w', now(), 1000, 1, 3, now() + interval '1 day', now());
    insert into private.recording_parts (recording_id, part, sound) values (${recording}, 1, 'abc');
    insert into public.session_transfers (session_id, position, organization_id, destination, uri_kind, outcome, at_ms)
      values (${session}, 1, ${of}, 'x', 'sip', 'connected', 0);
    insert into public.session_usage (session_id, organization_id, kind, provider, model, unit, amount)
      select ${session}, ${of}, 'llm', 'openai', 'x', enum_first(null::public.usage_unit), 1;
    insert into public.tickets (organization_id, session_id, title) values (${of}, ${session}, 'x');
    insert into public.breakers (organization_id, provider) values (${of}, 'openai');
    insert into public.provider_keys (organization_id, provider, ciphertext, last_four)
      values (${of}, 'openai', repeat('c', 60), 'abcd');
    insert into public.api_keys (organization_id, name, hash, last_four) values (${of}, 'x', repeat('${digit}', 64), 'abcd');
    insert into public.invitations (organization_id, email, role) values (${of}, 'invited@x.test', 'viewer');
    insert into public.webhook_endpoints (id, organization_id, url, secret_ciphertext)
      values (${endpoint}, ${of}, 'https://x.test', 'x');
    insert into public.webhook_deliveries (organization_id, endpoint_id, event, payload)
      values (${of}, ${endpoint}, 'x', '{}');
    insert into private.probes (id, organization_id, sip_number_id) values (${probe}, ${of}, ${number});
    insert into public.audit_log (organization_id, actor_name, action, target_table, target_id)
      values (${of}, 'x', 'x', 'x', 'x');
    insert into public.carriers (organization_id, name, source_network)
      values (${of}, 'carrier ${digit}', '198.51.100.${digit === 'a' ? 1 : 2}/32');
    with refused as (
      insert into public.call_refusals
        (organization_id, reason, called_number, caller_number, sip_call_id, sip_from_tag, room)
        values (${of}, 'number_busy', '2001', 'x', 'refused-${digit}', 'x', 'x') returning id
    )
    insert into public.active_refusals (refusal_id, organization_id, sip_number_id, room, answer, expires_at)
      select id, ${of}, ${number}, 'x', '{}', now() from refused;`;
}
