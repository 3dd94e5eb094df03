-- Breakers: what an organisation's calls, and its providers, did lately decides whether its next call is tried at all.
--
--   closed ──(half or more of at least 5 outcomes in a minute failed, or one that the next call would repeat)──▶ open
--   open ──(30 s later, doubled each time up to 10 min: one call is let through, the probe)──▶ half_open
--   half_open ──(the probe, or one before it, went well)──▶ closed        half_open ──(the probe failed)──▶ open
--   half_open ──(the probe told nothing in 60 s, or ended without telling)──▶ the next call is the probe
--
-- A probe that still talks after 60 s is not waited for: one more call a minute is let through, so a business whose calls
-- are long is never dead for the length of one. That it was answered does not count as success, because here as everywhere
-- a call tells how it went when it ends. So several probes may be on: whichever ends well first closes the breaker, and
-- only the newest opens it again, because what failed an older one is older news.
--
-- One row for an organisation and one for each of its providers that ever failed. Every statement names the
-- organisation, so one tenant's failures wait for no other's; and whatever runs behind the lock of admission, where all
-- tenants wait for each other, skips a row that is locked. Where several rows are locked, the organisation's comes
-- first, then the providers in the order of their names.

create type private.provider_failure as enum ('bad_key', 'quota', 'timeout', 'unavailable', 'other');
comment on type private.provider_failure is 'What a provider did, as the agent calls it.';

create type private.breaker_news as enum ('ok', 'failed', 'fatal');
comment on type private.breaker_news is 'fatal: the next call would fail the same way, so nothing needs counting.';

create function private.lets_probe(breaker public.breakers) returns boolean
language plpgsql volatile set search_path = ''
as $$
begin
  return case breaker.state
    when 'closed' then false
    when 'open' then breaker.open_until <= clock_timestamp()
    when 'half_open' then breaker.probe_until is null or breaker.probe_until <= clock_timestamp()
  end;
end;
$$;
comment on function private.lets_probe is 'Whether the next call may be the one that tries.';

create function private.breaker_reason(p_organization_id uuid) returns public.call_reason
language plpgsql set search_path = ''
as $$
declare
  breaker public.breakers;
begin
  select * into breaker
  from public.breakers
  where organization_id = p_organization_id and provider is null and state <> 'closed';
  if not found then return null; end if;

  if private.lets_probe(breaker) then
    -- Locked until this call is decided. One that is locked already is being changed by the outcome of another call of
    -- this organisation: to wait for it here would be to let all tenants wait.
    perform from public.breakers due where due.id = breaker.id and private.lets_probe(due) for update skip locked;
    if found then return null; end if;
  end if;
  return 'breaker_open';
end;
$$;
comment on function private.breaker_reason is
  'breaker_open, or null: the organisation''s calls come in, or this one may be the probe (private.mark_probe says so '
  'once it has a session). Only exact behind the lock of admission.';

create function private.mark_probe(p_organization_id uuid, p_session_id uuid) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  update public.breakers
  set
    state = 'half_open', open_until = null, probe_session_id = p_session_id,
    probe_until = clock_timestamp() + interval '60 seconds', changed_at = clock_timestamp()
  where id = (
    select due.id
    from public.breakers due
    where due.organization_id = p_organization_id and due.provider is null and private.lets_probe(due)
    for update skip locked
  );
end;
$$;
comment on function private.mark_probe is
  'The session is the probe of its organisation''s breaker, if that waits for one. Behind the lock of admission.';

create function private.mark_provider_probes(p_organization_id uuid, p_session_id uuid) returns text[]
language plpgsql set search_path = ''
as $$
begin
  with due as materialized (
    select breaker.id
    from public.breakers breaker
    where breaker.organization_id = p_organization_id and breaker.provider is not null and private.lets_probe(breaker)
    order by breaker.provider
    for update skip locked
  )
  update public.breakers
  set
    state = 'half_open', open_until = null, probe_session_id = p_session_id,
    probe_until = clock_timestamp() + interval '60 seconds', changed_at = clock_timestamp()
  from due
  where breakers.id = due.id;

  return array(
    select provider
    from public.breakers
    where organization_id = p_organization_id
      and provider is not null
      and state <> 'closed'
      and probe_session_id is distinct from p_session_id
    order by provider
  );
end;
$$;
comment on function private.mark_provider_probes is
  'The session is the probe of each provider that waits for one. The others whose breaker is not closed come back: the '
  'call had better do without them.';

create function private.count_outcome(p_organization_id uuid, p_provider text, p_failed boolean)
returns table (outcomes bigint, failures bigint)
language plpgsql rows 1 set search_path = ''
as $$
declare
  -- A breaker is asked about by its organisation and name; the key of the tallies has no null.
  name text := coalesce(p_provider, '');
begin
  insert into private.breaker_tallies as tally (organization_id, provider, since, outcomes, failures)
  values (p_organization_id, name, date_bin('10 seconds', clock_timestamp(), 'epoch'), 1, p_failed::integer)
  on conflict (organization_id, provider, since) do update
  set outcomes = tally.outcomes + 1, failures = tally.failures + excluded.failures;

  delete from private.breaker_tallies tally
  where tally.organization_id = p_organization_id
    and tally.provider = name
    and tally.since < clock_timestamp() - interval '60 seconds';

  return query
  select sum(tally.outcomes), sum(tally.failures)
  from private.breaker_tallies tally
  where tally.organization_id = p_organization_id and tally.provider = name;
end;
$$;
comment on function private.count_outcome is
  'Counts one more, forgets what is older than a minute, and says what the last minute was like.';

create function private.forget_outcomes(breaker public.breakers) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  delete from private.breaker_tallies
  where organization_id = breaker.organization_id and provider = coalesce(breaker.provider, '');
end;
$$;
comment on function private.forget_outcomes is 'What was counted led to a decision: the next one counts anew.';

create function private.open_breaker(breaker public.breakers, p_reason text) returns void
language plpgsql set search_path = ''
as $$
begin
  update public.breakers
  set
    state = 'open', openings = openings + 1, opened_at = clock_timestamp(),
    -- The power is bounded before it is taken: a breaker may stay open over a long holiday.
    open_until = clock_timestamp() + least(interval '10 minutes', interval '30 seconds' * 2 ^ least(openings, 10)),
    failures = breaker.failures, last_reason = p_reason, probe_session_id = null, probe_until = null,
    changed_at = clock_timestamp()
  where id = breaker.id;
  perform private.forget_outcomes(breaker);
end;
$$;
comment on function private.open_breaker is 'For 30 s, twice as long each time that it opens again, 10 min at most.';

create function private.close_breaker(breaker public.breakers) returns void
language plpgsql set search_path = ''
as $$
begin
  update public.breakers
  set
    state = 'closed', open_until = null, openings = 0, failures = 0, probe_session_id = null, probe_until = null,
    closed_at = clock_timestamp(), changed_at = clock_timestamp()
  where id = breaker.id;
  perform private.forget_outcomes(breaker);
end;
$$;
comment on function private.close_breaker is 'All is as if nothing had failed, but for last_reason, which people read.';

create function private.tell_breaker(
  session public.sessions, p_provider text, p_news private.breaker_news, p_reason text default null
) returns void
language plpgsql set search_path = ''
as $$
declare
  breaker public.breakers;
  minute record;
begin
  if p_news <> 'ok' then
    insert into public.breakers (organization_id, provider) values (session.organization_id, p_provider)
    on conflict do nothing;
  end if;
  select * into breaker
  from public.breakers
  where organization_id = session.organization_id and provider is not distinct from p_provider
  for update;

  if breaker.state = 'half_open' then
    -- Whoever was let in since it opened was a probe, and went on while others took its place.
    if p_news = 'ok' and (breaker.probe_session_id = session.id or session.started_at > breaker.opened_at) then
      perform private.close_breaker(breaker);
    elsif p_news <> 'ok' and breaker.probe_session_id = session.id then
      breaker.failures := breaker.failures + 1;
      perform private.open_breaker(breaker, p_reason);
    end if;
    return;
  end if;
  -- Calls from before the breaker opened tell what is known already, and those from before it closed what is over.
  if breaker.state = 'open' or session.started_at < breaker.closed_at then return; end if;

  select * into minute from private.count_outcome(session.organization_id, p_provider, p_news <> 'ok');
  breaker.failures := minute.failures;
  if p_news = 'fatal' or (p_news = 'failed' and minute.outcomes >= 5 and minute.failures * 2 >= minute.outcomes) then
    perform private.open_breaker(breaker, p_reason);
  else
    update public.breakers
    set failures = minute.failures, last_reason = coalesce(p_reason, last_reason)
    where id = breaker.id;
  end if;
end;
$$;
comment on function private.tell_breaker is
  'What a call met: with a provider, or as a whole when p_provider is null. The caller holds no lock of a breaker that '
  'comes after this one.';

create function private.end_probes(p_session_id uuid) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  with told_nothing as materialized (
    select id
    from public.breakers
    where probe_session_id = p_session_id
    order by provider nulls first
    for update
  )
  update public.breakers
  set probe_session_id = null, probe_until = null
  from told_nothing
  where breakers.id = told_nothing.id;
end;
$$;
comment on function private.end_probes is 'The session is over: what it was the probe of takes the next call as one.';

create function private.try_new_key() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  with concerned as materialized (
    select id
    from public.breakers
    where organization_id = new.organization_id and state = 'open' and (provider is null or provider = new.provider)
    order by provider nulls first
    for update
  )
  update public.breakers
  set open_until = least(open_until, clock_timestamp())
  from concerned
  where breakers.id = concerned.id;
  return null;
end;
$$;
comment on function private.try_new_key is
  'Who has put in another key waits for nothing: the next call tries it. Definer: who writes keys writes no breaker.';
create trigger new_keys_are_tried after insert or update of ciphertext on public.provider_keys
  for each row execute function private.try_new_key();

revoke all on function
  private.try_new_key(),
  private.lets_probe(public.breakers),
  private.breaker_reason(uuid),
  private.mark_probe(uuid, uuid),
  private.mark_provider_probes(uuid, uuid),
  private.count_outcome(uuid, text, boolean),
  private.forget_outcomes(public.breakers),
  private.open_breaker(public.breakers, text),
  private.close_breaker(public.breakers),
  private.tell_breaker(public.sessions, text, private.breaker_news, text),
  private.end_probes(uuid)
  from public;
