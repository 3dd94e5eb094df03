-- The watch: what any replica of dispatch asks each second to find calls that nobody holds, and rooms that nobody knows.

create function private.keep_pulse() returns void
language plpgsql volatile set search_path = ''
as $$
begin
  update private.watch_pulse
  set
    resumed_at = case
      when seen_at < clock_timestamp() - interval '5 seconds' then clock_timestamp()
      else resumed_at
    end,
    seen_at = clock_timestamp()
  -- Locked: another replica asks at this moment, which is a pulse too. Until that is visible in_grace() goes by the old
  -- row, and that says grace if there was a pause.
  where id in (select id from private.watch_pulse for update skip locked);
end;
$$;
comment on function private.keep_pulse is 'Somebody watches now.';

create function private.forget_workers() returns void
language plpgsql volatile set search_path = ''
as $$
begin
  with gone as materialized (
    select name
    from public.workers
    where seen_at < clock_timestamp() - interval '60 seconds'
    order by name
    for update skip locked
  )
  delete from public.workers using gone where workers.name = gone.name;
end;
$$;
comment on function private.forget_workers is 'Removes what did not report for a minute.';

create function public.claim_lost_calls(p_limit integer)
returns table (
  session_id uuid, sip_call_id text, organization_id uuid, tenant text, number_id uuid, pool text, called_number text,
  caller_number text, room text, state text, worker text, placements integer, age_ms integer
)
language plpgsql security definer set search_path = ''
as $$
declare
  grace boolean;
begin
  perform private.keep_pulse();
  grace := private.in_grace();
  if not grace then
    perform private.forget_workers();
  end if;
  return query
    with lost as materialized (
      select call.session_id, call.worker
      from public.active_calls call
      where call.released
        -- One that nobody holds is lost also in grace: there is nobody who could renew it.
        or (call.lease_expires_at < clock_timestamp() and (call.worker is null or not grace))
      order by call.lease_expires_at
      limit p_limit
      for update skip locked
    ),
    claimed as (
      update public.active_calls call
      set
        worker = null, released = false, placements = call.placements + 1,
        lease_expires_at = clock_timestamp() + interval '4 seconds'
      from lost
      where call.session_id = lost.session_id
      returning call.*, lost.worker as lost_by
    )
    select
      claimed.session_id, session.sip_call_id, claimed.organization_id, organization.slug, claimed.sip_number_id,
      claimed.pool, session.called_number, session.caller_number, claimed.room, claimed.state::text,
      -- Also when an earlier asker died before it did anything: the dead worker's agent may still be in the room.
      coalesce(claimed.lost_by, session.worker),
      claimed.placements, private.ms_since(claimed.started_at)
    from claimed
    -- One by one: joined, a planner that takes the few live calls for many reads the whole history each second.
    cross join lateral (select * from public.sessions where id = claimed.session_id limit 1) session
    cross join lateral (select slug from public.organizations where id = claimed.organization_id limit 1) organization;
end;
$$;
comment on function public.claim_lost_calls is
  'Calls that nobody holds, longest first, each to one asker, who has 4 s to find it another worker. worker: who lost '
  'it, or had it last; null: nobody ever took it. placements counts this new attempt, age_ms is since admission. For '
  '10 s after a pause, when the database was away, a call that somebody holds is lost only when it was released. '
  'Definer: the dispatch role writes no table.';

create function public.claim_call(p_session_id uuid, p_placements integer, p_from_worker boolean default false)
returns table (claimed boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.active_calls
  set
    worker = null, released = false, placements = placements + 1,
    lease_expires_at = clock_timestamp() + interval '4 seconds'
  where session_id = p_session_id
    and state = 'pending'
    and placements = p_placements
    and (worker is null or released or p_from_worker);
  claimed := found;
  return next;
end;
$$;
comment on function public.claim_call is
  'For who waits for its own placement: the call is this asker''s to place again for 4 s. p_from_worker: also from the '
  'worker that has it, whose agent joined the room and was not heard. Not claimed: a worker has it, it is over, or '
  'somebody else placed it again already. Definer: the dispatch role writes no table.';

create function public.live_calls()
returns table (
  session_id uuid, sip_call_id text, tenant text, number_id uuid, room text, state text, worker text, age_ms integer
)
language sql volatile security definer set search_path = ''
as $$
  select
    call.session_id, session.sip_call_id, organization.slug, call.sip_number_id, call.room, call.state::text,
    call.worker, private.ms_since(call.started_at)
  from public.active_calls call
  cross join lateral (select sip_call_id from public.sessions where id = call.session_id limit 1) session
  cross join lateral (select slug from public.organizations where id = call.organization_id limit 1) organization
  order by call.started_at
$$;
comment on function public.live_calls is
  'Every slot in use, to be compared with the rooms of LiveKit. Definer: the dispatch role reads no table.';

create function public.room_decisions(p_rooms text[])
returns table (room text, outcome text, reason text, session_id uuid, over boolean, spoken boolean)
language sql volatile security definer set search_path = ''
as $$
  select
    asked.room,
    case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
    decided.reason::text,
    decided.session_id,
    decided.over,
    exists (
      select from public.active_refusals told where told.room = asked.room and told.expires_at > clock_timestamp()
    )
  from (select distinct unnest(p_rooms)) asked (room)
  cross join lateral (
    select session.end_reason as reason, session.id as session_id, session.ended_at is not null as over,
      session.started_at as at
    from public.sessions session
    where session.room = asked.room
    union all
    select refusal.reason, refusal.session_id, refusal.session_id is not null, refusal.refused_at
    from public.call_refusals refusal
    where refusal.room = asked.room
    order by at desc
    limit 1
  ) decided
$$;
comment on function public.room_decisions is
  'What was decided of the call in each of these rooms; a room without a row: nothing yet. over: it had a session, and '
  'that ended. spoken: refused, and an agent tells the caller so. Definer: the dispatch role reads no table.';

revoke all on function
  private.keep_pulse(),
  private.forget_workers(),
  public.claim_lost_calls(integer),
  public.claim_call(uuid, integer, boolean),
  public.live_calls(),
  public.room_decisions(text[])
  from public;
grant execute on function
  public.claim_lost_calls(integer),
  public.claim_call(uuid, integer, boolean),
  public.live_calls(),
  public.room_decisions(text[])
  to switchboard_dispatch;
