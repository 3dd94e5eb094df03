-- What the API tells of calls, live and past. Who called is shown in full to those who may change things, and to viewers with
-- its middle hidden: so the columns that say it are in no grant any more, and what shows them is here.

revoke select on public.sessions, public.call_refusals, public.active_calls from authenticated;
grant select (id, organization_id, sip_number_id, called_number, admission, worker, takes, recorded, started_at, answered_at,
  ended_at, end_reason, config_revision, config_source, talk_ms, timings) on public.sessions to authenticated;
grant select (id, organization_id, sip_number_id, session_id, reason, called_number, refused_at)
  on public.call_refusals to authenticated;
grant select (session_id, organization_id, sip_number_id, pool, state, worker, placements, released, end_requested,
  failed_providers, started_at, lease_expires_at) on public.active_calls to authenticated;

create index sessions_by_start on public.sessions (started_at desc, id desc);
create index call_refusals_by_time on public.call_refusals (refused_at desc, id desc);

create function private.masked(p_caller text) returns text
language sql immutable set search_path = ''
as $$
  select case when char_length(p_caller) <= 4 then '••••' else '••••' || right(p_caller, 3) end
$$;
comment on function private.masked is 'A caller''s number as viewers see it.';

create function private.caller_of_session(p_session_id uuid) returns text
language sql stable security definer set search_path = ''
as $$
  select case
    when organization_id in (select private.my_organizations('editor')) or private.is_platform_admin() then caller_number
    when organization_id in (select private.my_organizations()) then private.masked(caller_number)
  end
  from public.sessions where id = p_session_id
$$;
comment on function private.caller_of_session is
  'Who called, as far as whoever asks may know. Definer: the column is in no grant.';

create function private.caller_of_refusal(p_refusal_id bigint) returns text
language sql stable security definer set search_path = ''
as $$
  select case
    when organization_id in (select private.my_organizations('editor')) or private.is_platform_admin() then caller_number
    when organization_id in (select private.my_organizations()) then private.masked(caller_number)
  end
  from public.call_refusals where id = p_refusal_id
$$;
comment on function private.caller_of_refusal is
  'Who was turned away, as far as whoever asks may know. Definer: the column is in no grant.';

create function private.number_ref(p_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('id', id, 'phoneNumber', phone_number, 'label', label) from public.sip_numbers where id = p_id
$$;
comment on function private.number_ref is 'A number as other documents name it; null: none, or not to be seen.';

create function private.calls_json(p_session_ids uuid[]) returns table (session_id uuid, item jsonb)
language sql stable security definer set search_path = ''
as $$
  -- Who asks is found out once: policies of each table that is joined here, asked row by row, took a millisecond a call.
  with me as materialized (
    select
      private.is_platform_admin() as is_admin,
      array(select private.my_organizations()) as sees,
      array(select private.my_organizations('editor')) as edits
  )
  select session.id, jsonb_build_object(
    'id', session.id,
    'state', case when session.ended_at is not null then 'ended' else coalesce(call.state::text, 'pending') end,
    'caller', case
      when me.is_admin or session.organization_id = any (me.edits) then session.caller_number
      else private.masked(session.caller_number)
    end,
    'called', session.called_number,
    'number', case when number.id is not null then
      jsonb_build_object('id', number.id, 'phoneNumber', number.phone_number, 'label', number.label)
    end,
    'organization', jsonb_build_object('id', organization.id, 'slug', organization.slug, 'name', organization.name),
    'startedAt', session.started_at,
    'answeredAt', session.answered_at,
    'endedAt', session.ended_at,
    'talkMs', session.talk_ms,
    'endReason', session.end_reason,
    'worker', coalesce(call.worker, session.worker),
    'lastAnswerMs', case when call.session_id is not null then (
      select turn.latency -> 'total_ms'
      from public.session_turns turn
      where turn.session_id = session.id and turn.latency is not null
      order by turn.position desc
      limit 1
    ) end,
    'tickets', (select count(*) from public.tickets ticket where ticket.session_id = session.id),
    'cost', (select sum(cost) from public.session_usage used where used.session_id = session.id)
  )
  from me
  join public.sessions session on session.id = any (p_session_ids)
  join public.organizations organization on organization.id = session.organization_id
  -- A number that went to another organisation is not this one's to see.
  left join public.sip_numbers number
    on number.id = session.sip_number_id and (me.is_admin or number.organization_id = any (me.sees))
  left join public.active_calls call on call.session_id = session.id
  where me.is_admin or session.organization_id = any (me.sees)
$$;
comment on function private.calls_json is
  'Calls as lists of the API give them away: of the named ones those that whoever asks may see. Definer: who called is in '
  'no grant.';

create function public.api_live_calls(p_query jsonb default '{}') returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'calls', coalesce(jsonb_agg(shown.item order by shown.item ->> 'startedAt', shown.session_id), '[]')
  )
  from private.calls_json(array(
    select call.session_id
    from public.active_calls call
    where p_query ->> 'organization' is null or call.organization_id = (p_query ->> 'organization')::uuid
  )) shown
$$;
comment on function public.api_live_calls is 'The calls on the line now, longest first; filter: organization.';

create function private.calls_of_caller(p_part text) returns setof uuid
language sql stable security definer set search_path = ''
as $$
  with me as materialized (
    select
      private.is_platform_admin() as is_admin,
      array(select private.my_organizations()) as sees,
      array(select private.my_organizations('editor')) as edits
  )
  select session.id
  from me
  join public.sessions session on me.is_admin or session.organization_id = any (me.sees)
  where strpos(
    case
      when me.is_admin or session.organization_id = any (me.edits) then session.caller_number
      else private.masked(session.caller_number)
    end,
    p_part
  ) > 0
$$;
comment on function private.calls_of_caller is
  'Calls of callers whose number has this in what is shown of it. Definer: the column is in no grant.';

create function public.api_calls(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language plpgsql stable set search_path = ''
as $$
declare
  organization constant uuid := p_query ->> 'organization';
  number constant uuid := p_query ->> 'number';
  reason constant text := p_query ->> 'reason';
  answered constant boolean := p_query ->> 'answered';
  with_tickets constant boolean := p_query ->> 'tickets';
  caller constant text := p_query ->> 'caller';
  words constant text := p_query ->> 'words';
  since constant timestamptz := p_query ->> 'from';
  until constant timestamptz := p_query ->> 'to';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    with page as materialized (
      select session.id, session.started_at
      from public.sessions session
      where (organization is null or session.organization_id = organization)
        and (number is null or session.sip_number_id = number)
        and (reason is null or session.end_reason::text = reason)
        and (answered is null or (session.answered_at is not null) = answered)
        and (since is null or session.started_at >= since)
        and (until is null or session.started_at < until)
        and (after_at is null or (session.started_at, session.id) < (after_at, after_id))
        and (caller is null or session.id in (select private.calls_of_caller(caller)))
        and (
          words is null
          or session.id in (
            select turn.session_id from public.session_turns turn where strpos(lower(turn.text), lower(words)) > 0
          )
        )
        and (
          with_tickets is null
          or with_tickets = exists (select from public.tickets ticket where ticket.session_id = session.id)
        )
      order by session.started_at desc, session.id desc
      limit private.list_limit(p_query)
    )
    select shown.item, page.started_at || '|' || page.id
    from page
    join private.calls_json(array(select page.id from page)) shown on shown.session_id = page.id
    order by page.started_at desc, page.id desc;
end;
$$;
comment on function public.api_calls is
  'Admitted calls, newest first; filters: organization, number, reason, answered, from, to, caller, words, tickets, after, '
  'limit.';

create function private.ticket_json(ticket public.tickets) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', ticket.id,
    'kind', ticket.kind,
    'status', ticket.status,
    'priority', ticket.priority,
    'title', ticket.title,
    'body', ticket.body,
    'contact', ticket.contact,
    'call', ticket.session_id,
    'caller', private.caller_of_session(ticket.session_id),
    'organization', private.organization_ref(ticket.organization_id),
    'createdAt', ticket.created_at,
    'closedAt', ticket.closed_at
  )
$$;
comment on function private.ticket_json is 'A ticket as the API gives it away.';

create function public.api_call(p_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select listed.item || jsonb_build_object(
    'takes', session.takes,
    'admission', session.admission,
    'configRevision', session.config_revision,
    'configSource', session.config_source,
    'recorded', session.recorded,
    'timings', session.timings,
    'turns', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'position', turn.position, 'role', turn.role, 'text', turn.text, 'atMs', turn.at_ms,
            'latency', case when turn.latency is not null then jsonb_build_object(
              'totalMs', turn.latency -> 'total_ms', 'sttMs', turn.latency -> 'stt_ms',
              'turnMs', turn.latency -> 'turn_ms', 'llmMs', turn.latency -> 'llm_ms', 'ttsMs', turn.latency -> 'tts_ms'
            ) end
          )
          order by turn.position
        )
        from public.session_turns turn where turn.session_id = session.id
      ),
      '[]'
    ),
    'transfers', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object('destination', moved.destination, 'outcome', moved.outcome, 'atMs', moved.at_ms)
          order by moved.position
        )
        from public.session_transfers moved where moved.session_id = session.id
      ),
      '[]'
    ),
    'usage', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'kind', used.kind, 'provider', used.provider, 'model', used.model, 'unit', used.unit, 'amount', used.amount,
            'cost', used.cost
          )
          order by used.kind, used.provider, used.model, used.unit
        )
        from public.session_usage used where used.session_id = session.id
      ),
      '[]'
    ),
    'ticketList', coalesce(
      (
        select jsonb_agg(private.ticket_json(ticket) order by ticket.created_at)
        from public.tickets ticket where ticket.session_id = session.id
      ),
      '[]'
    )
  )
  from public.sessions session
  join private.calls_json(array[p_id]) listed on listed.session_id = session.id
  where session.id = p_id
$$;
comment on function public.api_call is 'Everything that is known of a call; null: no such call to be seen.';

create function public.api_tickets(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language plpgsql stable set search_path = ''
as $$
declare
  organization constant uuid := p_query ->> 'organization';
  wanted_status constant text := p_query ->> 'status';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select private.ticket_json(ticket), ticket.created_at || '|' || ticket.id
    from public.tickets ticket
    where (organization is null or ticket.organization_id = organization)
      and (wanted_status is null or ticket.status::text = wanted_status)
      and (
        p_query ->> 'search' is null
        or strpos(lower(ticket.title || ' ' || ticket.body), lower(p_query ->> 'search')) > 0
      )
      and (after_at is null or (ticket.created_at, ticket.id) < (after_at, after_id))
    order by ticket.created_at desc, ticket.id desc
    limit private.list_limit(p_query);
end;
$$;
comment on function public.api_tickets is 'Tickets, newest first; filters: organization, status, search, after, limit.';

create function public.api_add_ticket(p_ticket jsonb) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
  added public.tickets;
begin
  insert into public.tickets (organization_id, session_id, priority, title, body, contact)
  values (
    (p_ticket ->> 'organization')::uuid,
    (p_ticket ->> 'call')::uuid,
    coalesce(p_ticket ->> 'priority', 'normal')::public.ticket_priority,
    p_ticket ->> 'title',
    coalesce(p_ticket ->> 'body', ''),
    coalesce(p_ticket ->> 'contact', '')
  )
  returning * into added;
  return private.ticket_json(added);
end;
$$;
comment on function public.api_add_ticket is 'Opens a ticket by hand.';

create function public.api_change_ticket(p_id uuid, p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
  was public.tickets;
  wanted public.tickets;
begin
  select * into was from public.tickets where id = p_id;
  if not found then return null; end if;
  perform private.demand_role(was.organization_id, 'editor');
  wanted := jsonb_populate_record(was, private.to_columns(p_changes));
  update public.tickets
  set status = wanted.status, priority = wanted.priority, title = wanted.title, body = wanted.body,
    contact = wanted.contact,
    closed_at = case when wanted.status = 'closed' then coalesce(was.closed_at, now()) end
  where id = p_id
  returning * into wanted;
  return private.ticket_json(wanted);
end;
$$;
comment on function public.api_change_ticket is 'Changes the named fields, closes it or opens it again. Null: there is none.';

create function public.api_refusals(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language plpgsql stable set search_path = ''
as $$
declare
  organization constant uuid := p_query ->> 'organization';
  wanted_reason constant text := p_query ->> 'reason';
  since constant timestamptz := p_query ->> 'from';
  until constant timestamptz := p_query ->> 'to';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant bigint := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select
      jsonb_build_object(
        'id', refusal.id::text,
        'reason', refusal.reason,
        'called', refusal.called_number,
        'caller', private.caller_of_refusal(refusal.id),
        'number', private.number_ref(refusal.sip_number_id),
        'organization', private.organization_ref(refusal.organization_id),
        'call', refusal.session_id,
        'refusedAt', refusal.refused_at
      ),
      refusal.refused_at || '|' || refusal.id
    from public.call_refusals refusal
    where (organization is null or refusal.organization_id = organization)
      and (wanted_reason is null or refusal.reason::text = wanted_reason)
      and (since is null or refusal.refused_at >= since)
      and (until is null or refusal.refused_at < until)
      and (after_at is null or (refusal.refused_at, refusal.id) < (after_at, after_id))
    order by refusal.refused_at desc, refusal.id desc
    limit private.list_limit(p_query);
end;
$$;
comment on function public.api_refusals is
  'Calls that were turned away, newest first; filters: organization, reason, from, to, after, limit.';

create function public.api_statistics(p_query jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  with asked as (
    select
      (p_query ->> 'organization')::uuid as organization,
      (p_query ->> 'from')::timestamptz as since,
      (p_query ->> 'to')::timestamptz as until,
      p_query ->> 'timezone' as zone
  ),
  called as materialized (
    select
      session.started_at at time zone asked.zone as local_time, session.answered_at is not null as answered,
      session.talk_ms, session.end_reason, (session.answered_at - session.started_at) as waited
    from public.sessions session, asked
    where (asked.organization is null or session.organization_id = asked.organization)
      and session.started_at >= asked.since and session.started_at < asked.until
  ),
  refused as materialized (
    select refusal.refused_at at time zone asked.zone as local_time, refusal.reason
    from public.call_refusals refusal, asked
    where (asked.organization is null or refusal.organization_id = asked.organization)
      and refusal.refused_at >= asked.since and refusal.refused_at < asked.until
  ),
  days as (
    select day, sum(calls) as calls, sum(answered) as answered, sum(refused) as refused, sum(talk_ms) as talk_ms
    from (
      select local_time::date, 1, answered::integer, 0, coalesce(talk_ms, 0) from called
      union all
      select local_time::date, 0, 0, 1, 0 from refused
    ) event (day, calls, answered, refused, talk_ms)
    group by day
  )
  select jsonb_build_object(
    'calls', (select count(*) from called),
    'answered', (select count(*) from called where answered),
    'refused', (select count(*) from refused),
    'averageTalkMs', (select round(avg(talk_ms)) from called),
    'answerMs', (
      select jsonb_build_object(
        'p50', round(extract(epoch from percentile_cont(0.5) within group (order by waited)) * 1000),
        'p95', round(extract(epoch from percentile_cont(0.95) within group (order by waited)) * 1000)
      )
      from called where answered
    ),
    'days', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'day', day, 'calls', calls, 'answered', answered, 'refused', refused,
            'averageTalkMs', round(talk_ms / nullif(answered, 0))
          )
          order by day
        )
        from days
      ),
      '[]'
    ),
    'hours', coalesce(
      (
        select jsonb_agg(jsonb_build_object('weekday', weekday, 'hour', hour, 'calls', calls) order by weekday, hour)
        from (
          select extract(isodow from local_time)::integer, extract(hour from local_time)::integer, count(*)
          from called group by 1, 2
        ) busy (weekday, hour, calls)
      ),
      '[]'
    ),
    'refusals', coalesce(
      (
        select jsonb_agg(jsonb_build_object('reason', reason, 'count', count) order by count desc, reason)
        from (select reason::text, count(*) from refused group by 1) counted (reason, count)
      ),
      '[]'
    ),
    'ends', coalesce(
      (
        select jsonb_agg(jsonb_build_object('reason', reason, 'count', count) order by count desc, reason)
        from (select end_reason::text, count(*) from called where end_reason is not null group by 1) counted (reason, count)
      ),
      '[]'
    )
  )
$$;
comment on function public.api_statistics is
  'Figures of the calls from one moment to another, by the clock of a time zone; filter: organization. weekday 1 is Monday.';

create function private.note_deed(p_organization_id uuid, p_action text, p_target text) returns void
language plpgsql volatile set search_path = ''
as $$
declare
  entry public.audit_log;
begin
  entry.organization_id := p_organization_id;
  entry.action := p_action;
  entry.target_table := split_part(p_action, '.', 1);
  entry.target_id := p_target;
  perform private.keep_audit(entry);
end;
$$;
comment on function private.note_deed is 'Writes down what somebody did that changes no row that people write.';

create or replace function public.end_call(p_session_id uuid) returns table (asked boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  tenant_id uuid;
begin
  update public.active_calls set end_requested = 'told_to_end' where session_id = p_session_id
  returning organization_id into tenant_id;
  asked := found;
  if asked then perform private.note_deed(tenant_id, 'call.ended', p_session_id::text); end if;
  return next;
end;
$$;

create or replace function public.reset_breakers(p_tenant text, p_provider text default null)
returns table (reset integer)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  breaker public.breakers;
  tenant_id constant uuid := (select id from public.organizations where slug = p_tenant);
begin
  reset := 0;
  for breaker in
    select kept.*
    from public.breakers kept
    where kept.organization_id = tenant_id and (p_provider is null or kept.provider = p_provider)
    order by kept.provider nulls first
    for update of kept
  loop
    reset := reset + (breaker.state <> 'closed')::integer;
    perform private.close_breaker(breaker);
  end loop;
  if tenant_id is not null then
    perform private.note_deed(tenant_id, 'breaker.reset', coalesce(p_provider, 'all'));
  end if;
  return next;
end;
$$;

create function public.api_end_call(p_id uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  tenant_id uuid := (select organization_id from public.active_calls where session_id = p_id);
begin
  if tenant_id is null or not (tenant_id in (select private.my_organizations()) or private.is_platform_admin()) then
    return false;
  end if;
  perform private.demand_role(tenant_id, 'editor');
  return (select asked from public.end_call(p_id));
end;
$$;
comment on function public.api_end_call is
  'Its agent hears at the next renewal that it is to end the call. False: no such live call to be seen. Definer: live calls '
  'are nobody''s to write.';

create function public.api_listen(p_id uuid) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  call public.active_calls;
begin
  select * into call from public.active_calls where session_id = p_id;
  if not found or not (call.organization_id in (select private.my_organizations()) or private.is_platform_admin()) then
    return null;
  end if;
  perform private.demand_role(call.organization_id, 'owner');
  perform private.note_deed(call.organization_id, 'call.listened', p_id::text);
  return call.room;
end;
$$;
comment on function public.api_listen is
  'The room of a live call, for an owner who listens in, which is written down. Null: no such live call to be seen. Definer: '
  'rooms are in no grant.';

create function public.api_breakers(p_query jsonb default '{}') returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('breakers', coalesce(
    jsonb_agg(
      jsonb_build_object(
        'organization', private.organization_ref(breaker.organization_id),
        'provider', breaker.provider,
        'state', breaker.state,
        'openUntil', breaker.open_until,
        'failures', breaker.failures,
        'lastReason', breaker.last_reason,
        'changedAt', breaker.changed_at
      )
      order by breaker.state <> 'closed' desc, breaker.changed_at desc
    ),
    '[]'
  ))
  from public.breakers breaker
  where p_query ->> 'organization' is null or breaker.organization_id = (p_query ->> 'organization')::uuid
$$;
comment on function public.api_breakers is 'Breakers that ever counted a failure, open ones first; filter: organization.';

create function public.api_reset_breakers(p_organization_id uuid, p_provider text default null) returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  tenant text := (select slug from public.organizations where id = p_organization_id);
begin
  perform private.demand_role(p_organization_id, 'editor');
  return (select reset from public.reset_breakers(tenant, p_provider));
end;
$$;
comment on function public.api_reset_breakers is
  'Closes the breakers of an organisation, or that of one provider. How many were not closed. Definer: breakers are nobody''s '
  'to write.';

create function public.api_workers() returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'workers', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'name', worker.name, 'pool', worker.pool, 'version', worker.version, 'capacity', worker.capacity,
            'calls', worker.calls, 'load', worker.load, 'draining', worker.draining, 'startedAt', worker.started_at,
            'seenAt', worker.seen_at
          )
          order by worker.pool, worker.name
        )
        from public.workers worker
      ),
      '[]'
    ),
    'pools', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'name', pool.name,
            'maxConcurrentCalls', pool.max_concurrent_calls,
            'liveCalls', (select count(*) from public.active_calls call where call.pool = pool.name)
          )
          order by pool.name
        )
        from public.pools pool
      ),
      '[]'
    )
  )
$$;
comment on function public.api_workers is 'What workers last said of themselves, and the pools; empty for all but platform admins.';

revoke all on function
  private.masked(text),
  private.caller_of_session(uuid),
  private.caller_of_refusal(bigint),
  private.number_ref(uuid),
  private.calls_json(uuid[]),
  private.calls_of_caller(text),
  private.ticket_json(public.tickets),
  private.note_deed(uuid, text, text),
  public.api_live_calls(jsonb),
  public.api_calls(jsonb),
  public.api_call(uuid),
  public.api_tickets(jsonb),
  public.api_add_ticket(jsonb),
  public.api_change_ticket(uuid, jsonb),
  public.api_refusals(jsonb),
  public.api_statistics(jsonb),
  public.api_end_call(uuid),
  public.api_listen(uuid),
  public.api_breakers(jsonb),
  public.api_reset_breakers(uuid, text),
  public.api_workers()
  from public;
grant execute on function
  private.caller_of_session(uuid),
  private.caller_of_refusal(bigint),
  private.number_ref(uuid),
  private.calls_json(uuid[]),
  private.calls_of_caller(text),
  private.ticket_json(public.tickets),
  public.api_live_calls(jsonb),
  public.api_calls(jsonb),
  public.api_call(uuid),
  public.api_tickets(jsonb),
  public.api_add_ticket(jsonb),
  public.api_change_ticket(uuid, jsonb),
  public.api_refusals(jsonb),
  public.api_statistics(jsonb),
  public.api_end_call(uuid),
  public.api_listen(uuid),
  public.api_breakers(jsonb),
  public.api_reset_breakers(uuid, text),
  public.api_workers()
  to authenticated;

create function private.newest_change(p_organization_id uuid) returns bigint
language sql stable security definer set search_path = ''
as $$
  select coalesce(max(change.revision), 0)
  from private.changes change
  where private.is_platform_admin() and p_organization_id is null
    or change.tenant is null
    or change.tenant in (
      select slug from public.organizations organization
      where (organization.id in (select private.my_organizations()) or private.is_platform_admin())
        and (p_organization_id is null or organization.id = p_organization_id)
    )
$$;
comment on function private.newest_change is
  'Up to which revision numbers and configurations that may be seen were changed. Definer: changes are private.';

create function public.api_news(p_query jsonb default '{}') returns jsonb
language sql stable set search_path = ''
as $$
  select public.api_live_calls(p_query) || jsonb_build_object(
    'revision', private.newest_change((p_query ->> 'organization')::uuid)
  )
$$;
comment on function public.api_news is 'What pages look at again and again; filter: organization.';

revoke all on function private.newest_change(uuid), public.api_news(jsonb) from public;
grant execute on function private.newest_change(uuid), public.api_news(jsonb) to authenticated;
