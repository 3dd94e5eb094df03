-- How a call ends: once, with one reason, its slot free and its record kept, all in one transaction.

create function private.news_of(session public.sessions) returns private.breaker_news
language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when session.end_reason in ('provider_failed', 'provider_unusable') then 'failed'
    -- The platform's own trouble says nothing of a tenant's providers, and a probe that ends like this has told nothing.
    when session.end_reason in ('agent_failed', 'worker_lost') then null
    when session.answered_at is not null then 'ok'
  end::private.breaker_news;
end;
$$;
comment on function private.news_of is
  'What a call that is over says of its organisation''s calls in general; null: nothing.';

create function private.end_session(
  p_session_id uuid, p_reason public.call_reason, p_ended_at timestamptz default null
)
returns boolean
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
  set
    -- By the clock of another machine, so within what is possible: the call was on when it was answered, and is over now.
    ended_at = least(clock_timestamp(), greatest(started_at, answered_at, coalesce(p_ended_at, clock_timestamp()))),
    end_reason = p_reason
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
  if private.news_of(session) is not null then
    perform private.tell_breaker(session, null, private.news_of(session), p_reason::text);
  end if;
  return true;
end;
$$;
comment on function private.end_session is
  'Ends a session, frees its slot and tells the breaker of its organisation; false: it had ended before. p_ended_at null: '
  'it ends now.';

create function public.refuse_call(p_session_id uuid, p_reason text) returns table (refused boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  -- Locked first, so that a worker that answers at the same moment either wins or finds no call.
  perform from public.active_calls where session_id = p_session_id and state = 'pending' for update;
  refused := found and private.end_session(p_session_id, p_reason::public.refusal_reason);
  if refused then
    perform private.end_probes(p_session_id);
  end if;
  return next;
end;
$$;
comment on function public.refuse_call is
  'An admitted call that could not be placed is refused after all. Not refused: it was answered or is over. '
  'Definer: the dispatch role writes no table.';

create function private.keep_usage(session public.sessions, p_usage jsonb, p_without_takes integer) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  delete from public.session_usage where session_id = session.id;
  insert into public.session_usage (session_id, organization_id, kind, provider, model, unit, amount)
  select session.id, session.organization_id, kind, provider, model, unit, sum(amount)
  from (
    select kind, provider, model, unit, amount
    from jsonb_to_recordset(coalesce(p_usage, '[]')) used
      (kind public.usage_kind, provider text, model text, unit public.usage_unit, amount numeric)
    union all
    select kind, provider, model, unit, amount
    from private.noted_usage
    where session_id = session.id and takes is distinct from p_without_takes
  ) used
  group by kind, provider, model, unit;
end;
$$;
comment on function private.keep_usage is
  'The usage of a call: what is given, and what its workers noted, but for the one whose total is given.';

create function private.keep_turns(session public.sessions, p_turns jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A worker that never got to speak has nothing to put in the place of what another one noted.
  if coalesce(jsonb_array_length(p_turns), 0) = 0 then return; end if;
  delete from public.session_turns where session_id = session.id;
  insert into public.session_turns (session_id, position, organization_id, role, text, at_ms)
  select
    session.id, ordinal, session.organization_id, (turn ->> 'role')::public.speaker, left(turn ->> 'text', 20000),
    greatest(0, (turn ->> 'at_ms')::numeric)
  from jsonb_array_elements(p_turns) with ordinality turns (turn, ordinal);
end;
$$;
comment on function private.keep_turns is 'The whole transcript, in the place of what was noted of it.';

create function private.keep_record(session public.sessions, p_record jsonb, p_worker text) returns void
language plpgsql set search_path = ''
as $$
begin
  update public.sessions
  set
    recorded = true,
    timings = coalesce(p_record -> 'timings', '{}'),
    config_revision = (p_record -> 'config' ->> 'revision')::bigint,
    config_source = (p_record -> 'config' ->> 'source')::public.config_source
  where id = session.id;

  perform private.keep_turns(session, p_record -> 'turns');

  insert into public.session_transfers
    (session_id, position, organization_id, destination, uri_kind, outcome, at_ms)
  select
    session.id, ordinal, session.organization_id, transfer ->> 'destination',
    (transfer ->> 'uri_kind')::public.transfer_uri, (transfer ->> 'outcome')::public.transfer_outcome,
    greatest(0, (transfer ->> 'at_ms')::numeric)
  from jsonb_array_elements(coalesce(p_record -> 'transfers', '[]')) with ordinality transfers (transfer, ordinal);

  perform private.keep_usage(
    session, p_record -> 'usage', case when coalesce(p_worker, session.worker) = session.worker then session.takes end
  );
  delete from private.noted_usage where session_id = session.id;
end;
$$;
comment on function private.keep_record is 'What a worker wrote down of its call (CallRecord of shared/contracts.ts).';

create function private.tell_providers(session public.sessions, p_providers jsonb, p_told text[]) returns void
language plpgsql set search_path = ''
as $$
declare
  met record;
begin
  for met in
    select provider, bool_or(outcome = 'failed') as failed
    from jsonb_to_recordset(coalesce(p_providers, '[]')) used (provider text, outcome text)
    -- A name that no breaker can have is not worth the record of the call that it comes with.
    where provider ~ '^[a-z][a-z0-9-]{0,31}$' and provider <> all (p_told)
    group by provider
    order by provider
  loop
    perform private.tell_breaker(
      session, met.provider, case when met.failed then 'failed' else 'ok' end::private.breaker_news,
      case when met.failed then 'provider_failed' end
    );
  end loop;
end;
$$;
comment on function private.tell_providers is
  'How each provider did in a call, but for those whose failure was told when it happened.';

create function public.finish_call(
  p_session_id uuid, p_end_reason text, p_record jsonb default null, p_worker text default null
)
returns table (finished boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  call public.active_calls;
  session public.sessions;
begin
  -- Locked first, as everywhere: another worker that takes the call at this moment either has it or finds it over.
  select * into call from public.active_calls where session_id = p_session_id for update;
  if call.worker <> p_worker then
    finished := false;
    return next;
    return;
  end if;

  finished := private.end_session(
    p_session_id, p_end_reason::public.call_reason, (p_record ->> 'ended_at')::timestamptz
  );
  select * into session from public.sessions where id = p_session_id for update;
  if p_record is not null and not session.recorded and (finished or session.worker = p_worker) then
    perform private.keep_record(session, p_record, p_worker);
  elsif finished then
    perform private.keep_usage(session, '[]', null);
  end if;
  if finished then
    perform private.tell_providers(session, p_record -> 'providers', coalesce(call.failed_providers, '{}'));
    perform private.end_probes(p_session_id);
  end if;
  return next;
end;
$$;
comment on function public.finish_call is
  'Settles a call: its end, transcript, transfers, usage, timings and configuration (CallRecord of '
  'shared/contracts.ts), which may come long after the call. Not finished: somebody settled it before, or p_worker was given and another worker has the '
  'call by now. Where it was settled without a record, because its worker was thought gone, the record of that worker '
  'is kept when it comes, and the end stays as it is. Definer: neither role writes a table.';

revoke all on function
  private.news_of(public.sessions),
  private.end_session(uuid, public.call_reason, timestamptz),
  private.keep_usage(public.sessions, jsonb, integer),
  private.keep_turns(public.sessions, jsonb),
  private.keep_record(public.sessions, jsonb, text),
  private.tell_providers(public.sessions, jsonb, text[]),
  public.refuse_call(uuid, text),
  public.finish_call(uuid, text, jsonb, text)
  from public;
grant execute on function public.refuse_call(uuid, text) to switchboard_dispatch;
grant execute on function public.finish_call(uuid, text, jsonb, text) to switchboard_dispatch, switchboard_agent;
