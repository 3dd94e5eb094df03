-- What whoever runs the platform sees and changes of its calls: breakers, live calls, workers and pools.

create function public.operator_breakers(p_tenant text default null)
returns table (
  tenant text, provider text, state text, open_until timestamptz, failures integer, last_reason text,
  changed_at timestamptz
)
language sql stable security definer set search_path = ''
as $$
  select
    organization.slug, breaker.provider, breaker.state::text, breaker.open_until, breaker.failures, breaker.last_reason,
    breaker.changed_at
  from public.breakers breaker
  join public.organizations organization on organization.id = breaker.organization_id
  where p_tenant is null or organization.slug = p_tenant
  order by organization.slug, breaker.provider nulls first
$$;
comment on function public.operator_breakers is
  'Every breaker that ever had a failure to count; provider null: the organisation as a whole. Definer: the operator '
  'role reads no table.';

create function public.reset_breakers(p_tenant text, p_provider text default null) returns table (reset integer)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  breaker public.breakers;
begin
  reset := 0;
  for breaker in
    select kept.*
    from public.breakers kept
    join public.organizations organization on organization.id = kept.organization_id
    where organization.slug = p_tenant and (p_provider is null or kept.provider = p_provider)
    order by kept.provider nulls first
    for update of kept
  loop
    reset := reset + (breaker.state <> 'closed')::integer;
    perform private.close_breaker(breaker);
  end loop;
  return next;
end;
$$;
comment on function public.reset_breakers is
  'Closes the breakers of a tenant, all of them or that of one provider, and forgets what was counted. reset: how many '
  'were not closed. Definer: the operator role writes no table.';

create function public.operator_calls(p_tenant text default null)
returns table (
  session_id uuid, tenant text, called_number text, caller_number text, state text, worker text, room text,
  age_s integer
)
language sql volatile security definer set search_path = ''
as $$
  select
    call.session_id, organization.slug, session.called_number, session.caller_number, call.state::text, call.worker,
    call.room, private.ms_since(call.started_at) / 1000
  from public.active_calls call
  join public.sessions session on session.id = call.session_id
  join public.organizations organization on organization.id = call.organization_id
  where p_tenant is null or organization.slug = p_tenant
  order by call.started_at
$$;
comment on function public.operator_calls is
  'The calls on the line now, longest first. Definer: the operator role reads no table.';

create function public.end_call(p_session_id uuid) returns table (asked boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.active_calls set end_requested = 'told_to_end' where session_id = p_session_id;
  asked := found;
  return next;
end;
$$;
comment on function public.end_call is
  'The holder of the call hears at its next renewal that it is to end it. Not asked: there is no such call. Definer: '
  'the operator role writes no table.';

create function public.operator_workers()
returns table (
  name text, pool text, version text, capacity integer, calls integer, load real, draining boolean, seen_s_ago integer
)
language sql volatile security definer set search_path = ''
as $$
  select
    worker.name, worker.pool, worker.version, worker.capacity, worker.calls, worker.load, worker.draining,
    private.ms_since(worker.seen_at) / 1000
  from public.workers worker
  order by worker.pool, worker.name
$$;
comment on function public.operator_workers is
  'What each worker said of itself last. Definer: the operator role reads no table.';

create function public.operator_pools()
returns table (name text, max_concurrent_calls integer, live_calls integer, workers integer, organizations integer)
language sql volatile security definer set search_path = ''
as $$
  select
    pool.name,
    pool.max_concurrent_calls,
    (select count(*) from public.active_calls call where call.pool = pool.name)::integer,
    (
      select count(*)
      from public.workers worker
      where worker.pool = pool.name
        and not worker.draining
        and private.seen_lately(worker.seen_at)
    )::integer,
    (select count(*) from public.organizations organization where organization.pool = pool.name)::integer
  from public.pools pool
  order by pool.name
$$;
comment on function public.operator_pools is
  'Each pool with its calls, the workers that take new ones, and the organisations pinned to it. Definer: the operator '
  'role reads no table.';

create function public.set_pool(p_name text, p_most integer) returns table (created boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  insert into public.pools (name, max_concurrent_calls) values (p_name, p_most) on conflict do nothing;
  created := found;
  if not created then
    update public.pools set max_concurrent_calls = p_most where name = p_name;
  end if;
  return next;
end;
$$;
comment on function public.set_pool is
  'Makes a pool, or changes how many calls it takes at once; p_most null: no limit. Definer: the operator role writes no '
  'table.';

create function public.pin_pool(p_tenant text, p_pool text) returns table (pinned boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.organizations
  set pool = pools.name
  from public.pools pools
  where slug = p_tenant and pools.name = p_pool;
  pinned := found;
  return next;
end;
$$;
comment on function public.pin_pool is
  'The workers of that pool answer the tenant''s calls from the next one on. Not pinned: no such tenant, or no such '
  'pool. Definer: the operator role writes no table.';

revoke all on function
  public.operator_breakers(text),
  public.reset_breakers(text, text),
  public.operator_calls(text),
  public.end_call(uuid),
  public.operator_workers(),
  public.operator_pools(),
  public.set_pool(text, integer),
  public.pin_pool(text, text)
  from public;
grant execute on function
  public.operator_breakers(text),
  public.reset_breakers(text, text),
  public.operator_calls(text),
  public.end_call(uuid),
  public.operator_workers(),
  public.operator_pools(),
  public.set_pool(text, integer),
  public.pin_pool(text, text)
  to switchboard_operator;
