-- Who holds a call. A holder renews; one that stops loses the call to whoever the watcher places next.

create function public.take_call(p_session_id uuid, p_worker text) returns table (taken boolean, reason text)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.active_calls
  set worker = p_worker, lease_expires_at = clock_timestamp() + interval '15 seconds'
  where session_id = p_session_id
    and (worker is null or worker = p_worker or lease_expires_at < clock_timestamp());
  taken := found;
  if taken then
    update public.sessions set worker = p_worker where id = p_session_id;
  else
    reason := (select end_reason from public.sessions where id = p_session_id);
  end if;
  return next;
end;
$$;
comment on function public.take_call is
  'The call becomes this worker''s for 15 s. Not taken: it is over, and reason says why, or another live worker has '
  'it. Definer: the agent role writes no table.';

create function public.answer_call(p_session_id uuid, p_worker text) returns table (answered boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.active_calls
  set state = 'active', lease_expires_at = clock_timestamp() + interval '15 seconds'
  where session_id = p_session_id and worker = p_worker;
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

create function public.renew_leases(p_worker text, p_session_ids uuid[])
returns table (session_id uuid, verdict text, reason text)
language sql volatile security definer set search_path = ''
as $$
  with renewed as (
    update public.active_calls
    -- A watcher may have taken the worker's name off while the database was slow; nobody else has the call yet.
    set worker = p_worker, lease_expires_at = clock_timestamp() + interval '15 seconds'
    where active_calls.session_id = any (p_session_ids) and (worker = p_worker or worker is null)
    returning active_calls.session_id, end_requested
  )
  select
    asked.session_id,
    case
      when renewed.session_id is null then 'lost'
      when renewed.end_requested is not null then 'end'
      else 'keep'
    end,
    coalesce(renewed.end_requested, session.end_reason)::text
  from unnest(p_session_ids) with ordinality asked (session_id, position)
  left join renewed using (session_id)
  left join public.sessions session on session.id = asked.session_id
  order by asked.position
$$;
comment on function public.renew_leases is
  'One answer for each call of a worker: keep it for 15 s more, end it with that reason, or let go of it, because '
  'another worker has it or it is over. Definer: the agent role writes no table.';

create function public.expired_calls(p_limit integer)
returns table (
  session_id uuid, sip_call_id text, tenant text, number_id uuid, room text, state text, worker text
)
language sql volatile security definer set search_path = ''
as $$
  with expired as materialized (
    select call.session_id, call.worker, session.sip_call_id, organization.slug
    from public.active_calls call
    join public.sessions session on session.id = call.session_id
    join public.organizations organization on organization.id = call.organization_id
    where call.lease_expires_at < clock_timestamp()
    order by call.lease_expires_at
    limit p_limit
    for update of call skip locked
  )
  update public.active_calls call
  set worker = null, lease_expires_at = clock_timestamp() + interval '10 seconds'
  from expired
  where call.session_id = expired.session_id
  returning
    call.session_id, expired.sip_call_id, expired.slug, call.sip_number_id, call.room, call.state::text, expired.worker
$$;
comment on function public.expired_calls is
  'Calls that nobody renewed, oldest first, with the worker that lost them. They are the asking replica''s for 10 '
  's: no other gets them meanwhile. Definer: the dispatch role writes no table.';

revoke all on function
  public.take_call(uuid, text),
  public.answer_call(uuid, text),
  public.renew_leases(text, uuid[]),
  public.expired_calls(integer)
  from public;
grant execute on function public.take_call(uuid, text), public.answer_call(uuid, text), public.renew_leases(text, uuid[])
  to switchboard_agent;
grant execute on function public.expired_calls(integer) to switchboard_dispatch;
