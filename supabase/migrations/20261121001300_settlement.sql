-- How a call ends: once, with one reason, its slot free and its record kept, all in one transaction.

create function private.end_session(p_session_id uuid, p_reason public.call_reason) returns boolean
language plpgsql set search_path = ''
as $$
declare
  session public.sessions;
  number public.sip_numbers;
begin
  -- Slot first, then session, as every function here locks them: two that end the same call wait, and do not deadlock.
  delete from public.active_calls where session_id = p_session_id;
  -- The row lock of this update is the gate: of two that settle the same call, the second finds it ended.
  update public.sessions
  set ended_at = clock_timestamp(), end_reason = p_reason
  where id = p_session_id and ended_at is null
  returning * into session;
  if not found then return false; end if;

  if private.is_refusal(p_reason) then
    -- Whose refusal it is was decided at admission: the number may have been given to somebody else since.
    number.id := session.sip_number_id;
    number.organization_id := session.organization_id;
    perform private.keep_refusal(
      row(session.called_number, session.caller_number, session.sip_call_id, session.sip_from_tag, session.room),
      p_reason, number, session.id
    );
  end if;
  return true;
end;
$$;
comment on function private.end_session is 'Ends a session and frees its slot; false: it had ended before.';

create function public.refuse_call(p_session_id uuid, p_reason text) returns table (refused boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  -- Locked first, so that a worker that answers at the same moment either wins or finds no call.
  perform from public.active_calls where session_id = p_session_id and state = 'pending' for update;
  refused := found and private.end_session(p_session_id, p_reason::public.refusal_reason);
  return next;
end;
$$;
comment on function public.refuse_call is
  'An admitted call that could not be placed is refused after all. Not refused: it was answered or is over. '
  'Definer: the dispatch role writes no table.';

create function public.finish_call(
  p_session_id uuid, p_end_reason text, p_record jsonb default null, p_worker text default null
)
returns table (finished boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  tenant_id uuid := (select organization_id from public.sessions where id = p_session_id);
begin
  -- Locked first, as everywhere: another worker that takes the call at this moment either has it or finds it over.
  perform from public.active_calls
  where session_id = p_session_id and worker <> p_worker
  for update;
  finished := not found and private.end_session(p_session_id, p_end_reason::public.call_reason);
  if finished and p_record is not null then
    update public.sessions
    set
      timings = coalesce(p_record -> 'timings', '{}'),
      config_revision = (p_record -> 'config' ->> 'revision')::bigint,
      config_source = (p_record -> 'config' ->> 'source')::public.config_source
    where id = p_session_id;

    insert into public.session_turns (session_id, position, organization_id, role, text, at_ms)
    select
      p_session_id, ordinal, tenant_id, (turn ->> 'role')::public.speaker, left(turn ->> 'text', 20000),
      (turn ->> 'at_ms')::numeric
    from jsonb_array_elements(coalesce(p_record -> 'turns', '[]')) with ordinality turns (turn, ordinal);

    insert into public.session_transfers
      (session_id, position, organization_id, destination, uri_kind, outcome, at_ms)
    select
      p_session_id, ordinal, tenant_id, transfer ->> 'destination', (transfer ->> 'uri_kind')::public.transfer_uri,
      (transfer ->> 'outcome')::public.transfer_outcome, (transfer ->> 'at_ms')::numeric
    from jsonb_array_elements(coalesce(p_record -> 'transfers', '[]')) with ordinality transfers (transfer, ordinal);

    insert into public.session_usage (session_id, organization_id, kind, provider, model, unit, amount)
    select p_session_id, tenant_id, kind, provider, model, unit, sum(amount)
    from jsonb_to_recordset(coalesce(p_record -> 'usage', '[]')) used
      (kind public.usage_kind, provider text, model text, unit public.usage_unit, amount numeric)
    group by kind, provider, model, unit;
  end if;
  return next;
end;
$$;
comment on function public.finish_call is
  'Settles a call: its end, transcript, transfers, usage, timings and configuration (CallRecord of '
  'shared/contracts.ts). Not finished: somebody settled it before, and that record stands, or p_worker was given and '
  'another worker has the call by now. Definer: neither role writes a table.';

revoke all on function
  private.end_session(uuid, public.call_reason),
  public.refuse_call(uuid, text),
  public.finish_call(uuid, text, jsonb, text)
  from public;
grant execute on function public.refuse_call(uuid, text) to switchboard_dispatch;
grant execute on function public.finish_call(uuid, text, jsonb, text) to switchboard_dispatch, switchboard_agent;
