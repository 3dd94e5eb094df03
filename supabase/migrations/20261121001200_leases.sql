-- Who holds a call. A holder renews; one that stops loses the call to whoever the watch places next.
--
-- Rows are locked in one order everywhere: slot (active_calls), session, breakers. Where a statement locks many slots it
-- takes them by session id, or skips those that are locked.

create function private.said_so_far(session public.sessions) returns jsonb
language plpgsql volatile set search_path = ''
as $$
begin
  return jsonb_build_object(
    'answered_ms_ago', private.ms_since(coalesce(session.answered_at, session.started_at)),
    'language', session.language,
    'turns',
    coalesce(
      (
        select jsonb_agg(jsonb_build_object('role', role, 'text', text, 'at_ms', at_ms) order by position)
        from public.session_turns
        where session_id = session.id
      ),
      '[]'
    )
  );
end;
$$;
comment on function private.said_so_far is 'What a worker needs that goes on with a call of another one.';

create function public.take_call(p_session_id uuid, p_worker text)
returns table (taken boolean, reason text, resumed jsonb, open_providers text[])
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  call public.active_calls;
  session public.sessions;
begin
  select * into call from public.active_calls where session_id = p_session_id for update;
  taken := found and (
    call.worker is null or call.worker = p_worker or call.released or call.lease_expires_at < clock_timestamp()
  );
  if not taken then
    reason := (select end_reason from public.sessions where id = p_session_id);
    return next;
    return;
  end if;

  update public.active_calls
  set worker = p_worker, released = false, lease_expires_at = clock_timestamp() + interval '15 seconds'
  where session_id = p_session_id;
  update public.sessions
  set worker = p_worker, takes = takes + (call.released or call.worker is distinct from p_worker)::integer
  where id = p_session_id
  returning * into session;
  if call.state = 'active' then
    resumed := private.said_so_far(session);
  end if;
  open_providers := private.mark_provider_probes(call.organization_id, p_session_id);
  return next;
end;
$$;
comment on function public.take_call is
  'The call becomes this worker''s for 15 s. resumed: it was answered before, by another worker, and this is what was '
  'said; null: the caller still hears ringing. open_providers: those that this call had better do without, because '
  'their breaker is open and this call is not the one that tries them. Not taken: it is over, and reason says why, or '
  'another live worker has it. Definer: the agent role writes no table.';

create function public.answer_call(p_session_id uuid, p_worker text) returns table (answered boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.active_calls
  set state = 'active', lease_expires_at = clock_timestamp() + interval '15 seconds'
  where session_id = p_session_id and worker = p_worker and not released;
  answered := found;
  if answered then
    update public.sessions set answered_at = clock_timestamp() where id = p_session_id and answered_at is null;
  end if;
  return next;
end;
$$;
comment on function public.answer_call is
  'The caller hears the agent from now on. Not answered: the call is not this worker''s any more. Definer: the '
  'agent role writes no table.';

create function private.see_worker(p_worker text, p_status jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A pool is there as soon as somebody works in it: organisations can be pinned to it from then on.
  insert into public.pools (name) values (p_status ->> 'pool') on conflict do nothing;
  insert into public.workers as worker (name, pool, version, capacity, calls, load, draining)
  values (
    p_worker,
    p_status ->> 'pool',
    p_status ->> 'version',
    (p_status ->> 'capacity')::integer,
    (p_status ->> 'calls')::integer,
    (p_status ->> 'load')::real,
    (p_status ->> 'draining')::boolean
  )
  on conflict (name) do update
  set
    pool = excluded.pool, version = excluded.version, capacity = excluded.capacity, calls = excluded.calls,
    load = excluded.load, draining = excluded.draining, seen_at = clock_timestamp();
end;
$$;
comment on function private.see_worker is 'Keeps what a worker says of itself, and that it said so now.';

create function private.reason_to_end(call public.active_calls) returns public.call_reason
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select case
      when call.end_requested is not null then call.end_requested
      when not number.active or organization.status <> 'active' then 'switched_off'
      when session.answered_at + interval '1 minute' * organization.max_call_minutes <= clock_timestamp()
        then 'max_duration'
    end::public.call_reason
    from public.sip_numbers number, public.organizations organization, public.sessions session
    where number.id = call.sip_number_id and organization.id = call.organization_id and session.id = call.session_id
  );
end;
$$;
comment on function private.reason_to_end is 'Why the platform wants this call to end; null: it does not.';

create function public.renew_leases(p_worker text, p_session_ids uuid[], p_status jsonb default null)
returns table (session_id uuid, verdict text, reason text)
language plpgsql security definer set search_path = ''
as $$
begin
  if p_status is not null then
    perform private.see_worker(p_worker, p_status);
  end if;
  return query
    with held as materialized (
      select call.session_id
      from public.active_calls call
      where call.session_id = any (p_session_ids) and call.worker = p_worker and not call.released
      order by call.session_id
      -- One call that is being settled at this moment must not keep the others from being renewed.
      for update skip locked
    ),
    renewed as (
      update public.active_calls call
      set lease_expires_at = clock_timestamp() + interval '15 seconds'
      from held
      where call.session_id = held.session_id
      returning call.session_id, private.reason_to_end(call) as ending
    )
    select
      asked.id,
      case
        when renewed.ending is not null then 'end'
        when current.worker = p_worker and not current.released then 'keep'
        -- Its take_call is still under way: who never had the call cannot have lost it.
        when current.session_id is not null and current.worker is null and session.worker is distinct from p_worker
          then 'keep'
        else 'lost'
      end,
      coalesce(renewed.ending, session.end_reason)::text
    from unnest(p_session_ids) with ordinality asked (id, position)
    left join renewed on renewed.session_id = asked.id
    -- As it was before this statement: what was skipped above is this worker's until somebody says otherwise.
    left join public.active_calls current on current.session_id = asked.id
    left join public.sessions session on session.id = asked.id
    order by asked.position;
end;
$$;
comment on function public.renew_leases is
  'One answer for each call of a worker: keep it for 15 s more, end it with that reason, or let go of it, because '
  'it was given to somebody else or is over. p_status ({"pool", "version", "capacity", "calls", "load", "draining"}) '
  'tells who is asking, also without calls. Definer: the agent role writes no table.';

create function public.release_call(p_session_id uuid, p_worker text) returns table (released boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.active_calls call
  set released = true, lease_expires_at = clock_timestamp()
  where call.session_id = p_session_id and call.worker = p_worker and not call.released;
  released := found;
  return next;
end;
$$;
comment on function public.release_call is
  'The worker gives the call away; the watch finds another one at once. Not released: the worker did not have it. '
  'Definer: the agent role writes no table.';

create function public.release_worker(p_worker text) returns table (released integer)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  delete from public.workers where name = p_worker;
  with held as materialized (
    select call.session_id
    from public.active_calls call
    where call.worker = p_worker and not call.released
    order by call.session_id
    for update
  )
  update public.active_calls call
  set released = true, lease_expires_at = clock_timestamp()
  from held
  where call.session_id = held.session_id;
  get diagnostics released = row_count;
  return next;
end;
$$;
comment on function public.release_worker is
  'The worker''s process is gone: its calls wait for no lease to run out. Definer: the agent role writes no table.';

revoke all on function
  private.said_so_far(public.sessions),
  private.see_worker(text, jsonb),
  private.reason_to_end(public.active_calls),
  public.take_call(uuid, text),
  public.answer_call(uuid, text),
  public.renew_leases(text, uuid[], jsonb),
  public.release_call(uuid, text),
  public.release_worker(text)
  from public;
grant execute on function
  public.take_call(uuid, text),
  public.answer_call(uuid, text),
  public.renew_leases(text, uuid[], jsonb),
  public.release_call(uuid, text),
  public.release_worker(text)
  to switchboard_agent;
