-- The closed catalogue of why a call was refused or ended: the same codes as shared/reasons.ts, in the same order.

create type public.call_reason as enum (
  'malformed_number',
  'unknown_number',
  'number_inactive',
  'organization_inactive',
  'number_busy',
  'organization_busy',
  'pool_busy',
  'platform_busy',
  'organization_rate_limited',
  'outside_hours',
  'breaker_open',
  'pool_unavailable',
  'no_worker',
  'database_away',
  'config_missing',
  'config_invalid',
  'tenant_mismatch',
  'provider_key_missing',
  'provider_unusable',
  'agent_failed',

  'caller_gave_up',
  'caller_hung_up',
  'agent_hung_up',
  'transferred',
  'closed',
  'caller_silent',
  'max_duration',
  'media_lost',
  'provider_failed',
  'switched_off',
  'told_to_end',
  'worker_lost',
  'drained',
  'room_closed'
);
comment on type public.call_reason is
  'Refusals stand before caller_gave_up, ends from it on: a new refusal is added BEFORE caller_gave_up. Retired '
  'codes stay.';

create function private.is_refusal(reason public.call_reason) returns boolean
language sql immutable set search_path = ''
as $$
  select reason < 'caller_gave_up'::public.call_reason
$$;
comment on function private.is_refusal is 'Whether a call with this reason never reached an agent.';

create domain public.refusal_reason as public.call_reason check (private.is_refusal(value));
comment on domain public.refusal_reason is 'The reasons that refuse a call.';
