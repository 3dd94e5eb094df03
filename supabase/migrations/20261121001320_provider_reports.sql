-- What a provider did in the middle of a call, told when it happened: the next calls need not find out by themselves.

create function public.report_provider(
  p_session_id uuid, p_worker text, p_provider text, p_failure text, p_fatal boolean
)
returns table (noted boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  failure private.provider_failure := p_failure;
  news private.breaker_news := case
    when failure in ('bad_key', 'quota') then 'fatal'
    when failure in ('timeout', 'unavailable') then 'failed'
  end;
  call public.active_calls;
  session public.sessions;
begin
  select * into call from public.active_calls where session_id = p_session_id for update;
  select * into session
  from public.sessions
  where id = p_session_id
    and worker = p_worker
    -- What a call that is over met was told with its record, but for what the next call would meet for certain.
    and (ended_at is null or (news = 'fatal' and ended_at > clock_timestamp() - interval '60 seconds'));
  noted := found and news is not null and p_provider ~ '^[a-z][a-z0-9-]{0,31}$';
  if not noted then
    return next;
    return;
  end if;

  if p_fatal and news = 'fatal' then
    perform private.tell_breaker(session, null, 'fatal', p_failure);
  end if;
  -- However often a provider fails in one call, it is one call that it failed in.
  if news = 'fatal' or p_provider <> all (call.failed_providers) then
    perform private.tell_breaker(session, p_provider, news, p_failure);
  end if;
  update public.active_calls
  set failed_providers = failed_providers || p_provider
  where session_id = p_session_id and p_provider <> all (failed_providers);
  return next;
end;
$$;
comment on function public.report_provider is
  'A provider failed in a call that this worker has: bad_key and quota open its breaker at once, and the '
  'organisation''s too when p_fatal says that nobody was left to do that work; timeout and unavailable are counted, '
  'once a call. Not noted: the failure tells nothing of other calls (other), or the call is not this worker''s. '
  'Definer: the agent role writes no table.';

revoke all on function public.report_provider(uuid, text, text, text, boolean) from public;
grant execute on function public.report_provider(uuid, text, text, text, boolean) to switchboard_agent;
