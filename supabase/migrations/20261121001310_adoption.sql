-- Calls that came in while the database was away, let in by what a replica of dispatch remembered: they enter the books
-- when it is back.

create function private.forget_twin(invite private.invite) returns public.sessions
language plpgsql set search_path = ''
as $$
declare
  twin public.sessions;
  holder text;
begin
  select * into twin
  from public.sessions
  where sip_call_id = invite.sip_call_id and sip_from_tag = invite.sip_from_tag;
  if not found then return null; end if;

  select worker into holder from public.active_calls where session_id = twin.id for update;
  if holder is not null then return twin; end if;
  -- Cascades to its slot and to its refusal, if it came to that.
  delete from public.sessions where id = twin.id and answered_at is null;
  if found then return null; end if;
  return twin;
end;
$$;
comment on function private.forget_twin is
  'Another replica, which knew nothing of the call, may have let the same dialogue in when the database came back. That '
  'session goes, if nobody ever took it; else it is returned.';

create function private.enter_call(
  p_session_id uuid, p_worker text, p_call jsonb, number public.sip_numbers, invite private.invite
) returns void
language plpgsql set search_path = ''
as $$
declare
  -- The clock of another machine: never later than now.
  admitted_at timestamptz := least(clock_timestamp(), (p_call ->> 'admitted_at')::timestamptz);
  answered_at timestamptz;
begin
  if p_call ->> 'answered_at' is not null then
    answered_at := greatest(admitted_at, least(clock_timestamp(), (p_call ->> 'answered_at')::timestamptz));
  end if;
  insert into public.sessions (
    id, organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag, room, admission,
    worker, takes, started_at, answered_at
  )
  values (
    p_session_id, number.organization_id, number.id, invite.called_number, invite.caller_number, invite.sip_call_id,
    invite.sip_from_tag, invite.room, 'offline', p_worker, 1, admitted_at, answered_at
  );
  insert into public.active_calls
    (session_id, organization_id, sip_number_id, pool, room, state, worker, started_at, lease_expires_at)
  select
    p_session_id, number.organization_id, number.id, organization.pool, invite.room,
    case when answered_at is null then 'pending' else 'active' end::public.call_state, p_worker, admitted_at,
    clock_timestamp() + interval '15 seconds'
  from public.organizations organization
  where organization.id = number.organization_id;
end;
$$;
comment on function private.enter_call is 'The session and the slot of a call that is on already.';

create function public.adopt_call(p_session_id uuid, p_worker text, p_call jsonb)
returns table (adopted boolean, reason text)
language plpgsql security definer rows 1 set search_path = ''
set lock_timeout = '1500ms'
as $$
declare
  invite private.invite := private.cut_invite(
    p_call ->> 'called_number', p_call ->> 'caller_number', p_call ->> 'sip_call_id', p_call ->> 'sip_from_tag',
    p_call ->> 'room'
  );
  number public.sip_numbers;
  session public.sessions;
begin
  adopted := false;
  perform private.hold_number((p_call ->> 'number_id')::uuid);
  select owned.* into number
  from public.sip_numbers owned
  join public.organizations organization on organization.id = owned.organization_id
  where owned.id = (p_call ->> 'number_id')::uuid and organization.slug = p_call ->> 'tenant';
  if not found then
    reason := 'tenant_mismatch';
    return next;
    return;
  end if;

  select * into session from public.sessions where id = p_session_id;
  if not found then
    -- Rows enter active_calls behind this lock alone, also those that no limit is asked about.
    perform private.lock_admission();
    -- The same may have been asked twice at once.
    select * into session from public.sessions where id = p_session_id;
  end if;
  if session.id is null then
    session := private.forget_twin(invite);
    adopted := session.id is null;
    if adopted then
      perform private.enter_call(p_session_id, p_worker, p_call, number, invite);
    else
      reason := session.end_reason;
    end if;
  elsif session.ended_at is not null then
    -- Asked again because the answer was lost: it is in the books, and over.
    adopted := coalesce(session.worker = p_worker, false);
    reason := session.end_reason;
  elsif session.organization_id = number.organization_id then
    select took.taken, took.reason into adopted, reason from public.take_call(p_session_id, p_worker) took;
    if adopted and p_call ->> 'answered_at' is not null then
      perform public.answer_call(p_session_id, p_worker);
    end if;
  end if;
  return next;
end;
$$;
comment on function public.adopt_call is
  'A call that was admitted while the database was away is in the books from now on, whatever the limits say, and this '
  'worker''s: {"tenant", "number_id", "called_number", "caller_number", "sip_call_id", "sip_from_tag", "room", '
  '"admitted_at", "answered_at" or null}. Said twice it is adopted once; with a reason when it is over by now. Not '
  'adopted: tenant_mismatch, the number is not that tenant''s; else another worker has it, or had it last. Definer: the '
  'agent role writes no table.';

revoke all on function
  private.forget_twin(private.invite),
  private.enter_call(uuid, text, jsonb, public.sip_numbers, private.invite),
  public.adopt_call(uuid, text, jsonb)
  from public;
grant execute on function public.adopt_call(uuid, text, jsonb) to switchboard_agent;
