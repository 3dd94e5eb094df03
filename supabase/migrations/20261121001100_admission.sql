-- Whether a call may come in. dispatch asks once a call; the answer is a row, and a refusal is a row too.

create type public.call_decision as (
  outcome text,
  reason text,
  session_id uuid,
  organization_id uuid,
  tenant text,
  number_id uuid,
  pool text,
  on_refusal jsonb,
  repeated boolean
);
comment on type public.call_decision is 'outcome is admitted or refused; reason is a public.call_reason, null when admitted.';

create function private.earlier_decision(p_sip_call_id text, p_sip_from_tag text) returns setof public.call_decision
language sql stable rows 1 set search_path = ''
as $$
  select
    case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
    case when private.is_refusal(decided.reason) then decided.reason end::text,
    decided.session_id,
    organization.id,
    organization.slug,
    number.id,
    organization.pool,
    number.on_refusal,
    true
  from (
    select id as session_id, organization_id, sip_number_id, end_reason as reason
    from public.sessions
    where sip_call_id = p_sip_call_id and sip_from_tag = p_sip_from_tag
    union all
    select session_id, organization_id, sip_number_id, reason
    from public.call_refusals
    where sip_call_id = p_sip_call_id and sip_from_tag = p_sip_from_tag
    limit 1
  ) decided
  left join public.organizations organization on organization.id = decided.organization_id
  left join public.sip_numbers number on number.id = decided.sip_number_id
$$;
comment on function private.earlier_decision is 'What was decided of this dialogue before; no row: it is new.';

create function private.keep_refusal(refusal public.call_refusals) returns void
language plpgsql set search_path = ''
as $$
declare
  kept_id bigint;
begin
  insert into public.call_refusals
    (organization_id, sip_number_id, session_id, reason, called_number, caller_number, sip_call_id, sip_from_tag, room)
  values (
    refusal.organization_id, refusal.sip_number_id, refusal.session_id, refusal.reason, refusal.called_number,
    refusal.caller_number, refusal.sip_call_id, refusal.sip_from_tag, refusal.room
  )
  on conflict (sip_call_id, sip_from_tag) do nothing
  returning id into kept_id;

  -- A scanner dials numbers of nobody as fast as it likes: each new row of that kind pushes out the ones long before it.
  if refusal.organization_id is null then
    delete from public.call_refusals where organization_id is null and id < kept_id - 10000;
  end if;
end;
$$;
comment on function private.keep_refusal is 'Writes the row of a refused call, once a dialogue.';

create function private.busy_reason(number public.sip_numbers, organization public.organizations) returns public.call_reason
language sql volatile set search_path = ''
as $$
  select case
    when (select count(*) from public.active_calls where sip_number_id = number.id) >= number.max_concurrent_calls
      then 'number_busy'
    when (select count(*) from public.active_calls where organization_id = organization.id) >= organization.max_concurrent_calls
      then 'organization_busy'
    when (select count(*) from public.active_calls where pool = organization.pool)
      >= (select max_concurrent_calls from public.pools where name = organization.pool)
      then 'pool_busy'
    when (select count(*) from public.active_calls) >= (select max_concurrent_calls from public.platform_settings)
      then 'platform_busy'
    when organization.max_calls_per_second <= (
      select count(*) from public.sessions
      where organization_id = organization.id and started_at > clock_timestamp() - interval '1 second'
    )
      then 'organization_rate_limited'
  end::public.call_reason
$$;
comment on function private.busy_reason is
  'The narrowest limit that leaves no room for one more call, null when all do. A limit that is null never holds. Only true while the door of admit_call is held.';

create function public.admit_call(
  p_called text,
  p_caller text,
  p_sip_call_id text,
  p_sip_from_tag text,
  p_room text
) returns public.call_decision
language plpgsql security definer set search_path = ''
as $$
declare
  decision public.call_decision;
  refusal public.call_refusals;
  number public.sip_numbers;
  organization public.organizations;
begin
  -- Strangers' texts are cut, never trusted to be short, and are only ever values.
  refusal.called_number := left(coalesce(p_called, ''), 64);
  refusal.caller_number := left(coalesce(p_caller, ''), 256);
  refusal.sip_call_id := left(p_sip_call_id, 512);
  refusal.sip_from_tag := left(coalesce(p_sip_from_tag, ''), 128);
  refusal.room := left(p_room, 256);

  select * into decision from private.earlier_decision(refusal.sip_call_id, refusal.sip_from_tag);
  if found then return decision; end if;

  if p_called is null or p_called !~ '^\+?[0-9]{2,15}$' then
    refusal.reason := 'malformed_number';
  else
    select * into number from private.find_number(p_called);
    select * into organization from public.organizations where id = number.organization_id;
    refusal.reason := case
      when number.id is null then 'unknown_number'
      when not number.active then 'number_inactive'
      when organization.status <> 'active' then 'organization_inactive'
    end;
  end if;

  if refusal.reason is null then
    -- THE DOOR. Why limits hold exactly, with any number of dispatch replicas:
    --   never one over: rows enter active_calls only below this line, and only one transaction at a time is below it; it
    --   counts after it has the lock, so it sees every row that was let in before (read committed: each statement sees
    --   what is committed when it starts, and a lock of a transaction is released after its commit is visible). Calls
    --   that end meanwhile only lower the count.
    --   never one less: nothing but rows of active_calls is counted, and a row that was not inserted was never counted.
    -- One lock for all, because platform and pool limits are counted across organisations; it is held for one insert.
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception 'admit_call counts under a lock and needs read committed, not %',
        current_setting('transaction_isolation');
    end if;
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('switchboard.admission'));

    -- Another replica may have decided the same dialogue while this one waited.
    select * into decision from private.earlier_decision(refusal.sip_call_id, refusal.sip_from_tag);
    if found then return decision; end if;
    refusal.reason := private.busy_reason(number, organization);
  end if;

  decision.reason := refusal.reason;
  decision.organization_id := organization.id;
  decision.tenant := organization.slug;
  decision.number_id := number.id;
  decision.pool := organization.pool;
  decision.on_refusal := number.on_refusal;
  decision.repeated := false;

  if refusal.reason is not null then
    refusal.organization_id := organization.id;
    refusal.sip_number_id := number.id;
    perform private.keep_refusal(refusal);
    decision.outcome := 'refused';
    return decision;
  end if;

  insert into public.sessions
    (organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag, room)
  values (
    organization.id, number.id, refusal.called_number, refusal.caller_number, refusal.sip_call_id,
    refusal.sip_from_tag, refusal.room
  )
  returning id into decision.session_id;
  insert into public.active_calls (session_id, organization_id, sip_number_id, pool, room, lease_expires_at)
  values (
    decision.session_id, organization.id, number.id, organization.pool, refusal.room,
    clock_timestamp() + interval '10 seconds'
  );
  decision.outcome := 'admitted';
  return decision;
end;
$$;
comment on function public.admit_call is
  'Reserves a slot and opens a session, or says why not and keeps the refusal. The same Call-ID and From tag get the same answer again, marked repeated. Definer: the dispatch role writes no table.';

create function public.room_decision(p_room text) returns table (outcome text, reason text, session_id uuid)
language sql stable security definer rows 1 set search_path = ''
as $$
  select
    case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
    decided.reason::text,
    decided.session_id
  from (
    select end_reason as reason, id as session_id, started_at as at from public.sessions where room = p_room
    union all
    select refusals.reason, refusals.session_id, refused_at from public.call_refusals refusals where room = p_room
  ) decided
  order by decided.at desc
  limit 1
$$;
comment on function public.room_decision is
  'What some replica decided of the call in this room, for a replica that did not; no row: nothing yet. Definer: the dispatch role reads no table.';

revoke all on function
  private.earlier_decision(text, text),
  private.keep_refusal(public.call_refusals),
  private.busy_reason(public.sip_numbers, public.organizations),
  public.admit_call(text, text, text, text, text),
  public.room_decision(text)
  from public;
grant execute on function public.admit_call(text, text, text, text, text), public.room_decision(text) to switchboard_dispatch;
