-- Webhooks: what happens to an organisation's calls is told to its own servers.
--
--   an event ──(trigger, in the transaction of what happened)──▶ owed: one row for each endpoint that wants to be told
--   owed ──(due: some replica of dispatch claims it, for 30 s)──▶ being sent ──▶ delivered
--                                                                            └──▶ owed again, later each time, 8 times
--                                                                            └──▶ given up
-- Whoever asks for it again owes it anew: same id, same payload. Ended rows are kept for 30 days.
--
-- Told at least once: who is cut off between the endpoint's answer and the settlement here sends it again, under the same
-- id. In no certain order: one that failed comes after those that did not.

alter table public.webhook_endpoints
  add column secret_key_id text not null default 'k1'
    constraint secret_key_id_is_a_name check (secret_key_id ~ '^[a-z0-9-]{1,32}$'),
  -- The closed list, the same as in dispatch/webhooks/events.ts.
  add constraint events_are_known check (
    events <@ array[
      'call.started', 'call.answered', 'call.ended', 'call.refused', 'ticket.opened', 'breaker.opened', 'breaker.closed',
      'config.changed', 'webhook.test'
    ]
  );
comment on column public.webhook_endpoints.secret_key_id is 'The secret that sealed it, as of provider keys.';
comment on column public.webhook_endpoints.events is 'What it is told of; empty: everything.';
comment on column public.webhook_endpoints.active is 'False: nothing new is owed to it, and what was is given up.';

alter table public.webhook_deliveries
  add column attempted_at timestamptz,
  add column claimed_until timestamptz,
  add column replayed_after integer not null default 0
    constraint replayed_after_is_not_negative check (replayed_after >= 0),
  add column last_error text constraint last_error_is_short check (char_length(last_error) <= 300);
comment on column public.webhook_deliveries.payload is 'Sent as it is: {"type", "at", "data"}. The same at each attempt.';
comment on column public.webhook_deliveries.attempts is 'Begun ever. The number of the newest one says who may settle it.';
comment on column public.webhook_deliveries.attempted_at is 'When the newest attempt began; null: there was none.';
comment on column public.webhook_deliveries.claimed_until is
  'Set: a replica of dispatch is sending it. In the past: that replica is gone, and nobody knows what came of it.';
comment on column public.webhook_deliveries.replayed_after is
  'Attempts that there were when somebody asked for it again: the retries are counted from there.';
comment on column public.webhook_deliveries.last_error is 'What came of the newest attempt, in words; null: it went well.';
comment on column public.webhook_deliveries.response_status is 'Of the newest attempt; null: nobody answered.';

create index webhook_deliveries_waiting on public.webhook_deliveries (endpoint_id, next_attempt_at)
  where next_attempt_at is not null;
create index webhook_deliveries_being_sent on public.webhook_deliveries (endpoint_id) where claimed_until is not null;
create index webhook_deliveries_ended on public.webhook_deliveries (coalesce(attempted_at, created_at))
  where next_attempt_at is null;

create function private.webhook_data(p_event text, p_row jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when p_event in ('call.started', 'call.answered', 'call.ended') then jsonb_build_object(
      'id', p_row -> 'id',
      'number', p_row -> 'sip_number_id',
      'called', p_row -> 'called_number',
      'caller', p_row -> 'caller_number',
      'startedAt', p_row -> 'started_at',
      'answeredAt', p_row -> 'answered_at',
      'endedAt', p_row -> 'ended_at',
      'endReason', p_row -> 'end_reason',
      'talkMs', p_row -> 'talk_ms'
    )
    when p_event = 'call.refused' then jsonb_build_object(
      'id', p_row ->> 'id',
      'call', p_row -> 'session_id',
      'number', p_row -> 'sip_number_id',
      'called', p_row -> 'called_number',
      'caller', p_row -> 'caller_number',
      'reason', p_row -> 'reason',
      'refusedAt', p_row -> 'refused_at'
    )
    when p_event = 'ticket.opened' then jsonb_build_object(
      'id', p_row -> 'id',
      'call', p_row -> 'session_id',
      'kind', p_row -> 'kind',
      'priority', p_row -> 'priority',
      'title', p_row -> 'title',
      'createdAt', p_row -> 'created_at'
    )
    when p_event in ('breaker.opened', 'breaker.closed') then jsonb_build_object(
      'provider', p_row -> 'provider',
      'state', p_row -> 'state',
      'openUntil', p_row -> 'open_until',
      'failures', p_row -> 'failures',
      'lastReason', p_row -> 'last_reason'
    )
    when p_event = 'config.changed' then jsonb_build_object(
      'layer', p_row -> 'layer',
      'agent', p_row -> 'agent_instance_id',
      'number', p_row -> 'sip_number_id',
      'revision', p_row -> 'revision',
      'savedBy', p_row -> 'saved_by_name'
    )
  end;
end;
$$;
comment on function private.webhook_data is
  'What an endpoint is told of a row, under the names that the API has. Who called is in it, what was said is not.';

create function private.owe_event(p_event text, p_organization_id uuid, p_at jsonb, p_data jsonb) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  insert into public.webhook_deliveries (organization_id, endpoint_id, event, payload, next_attempt_at, created_at)
  select
    endpoint.organization_id, endpoint.id, p_event,
    jsonb_build_object('type', p_event, 'at', p_at, 'data', p_data), clock_timestamp(), clock_timestamp()
  from public.webhook_endpoints endpoint
  where endpoint.organization_id = p_organization_id
    and endpoint.active
    and (endpoint.events = '{}' or p_event = any (endpoint.events))
  -- The row that the inserted one refers to. Whoever removes an endpoint holds it locked while all that is owed to it goes
  -- too: admission would wait for that behind its lock, and all tenants with it.
  for key share of endpoint skip locked;
end;
$$;
comment on function private.owe_event is
  'One row for each active endpoint of the organisation that wants to be told of this. Not for one that is being removed.';

-- ON THE PATH OF A CALL. These triggers fire when a call is admitted, refused, answered and settled, so:
--   without an endpoint they cost next to nothing: one look into the index endpoint_of_its_organization, and no document is
--   made. 12 us each were measured, where admission takes 1 ms;
--   nothing that goes wrong in them keeps a call from its way: it is a warning in the log, and the event is not told;
--   they wait for no row, and for a table that is being altered a tenth of a second.
create function private.tell_webhooks() returns trigger
language plpgsql security definer set search_path = '' set lock_timeout = '100ms'
as $$
declare
  told jsonb;
begin
  if exists (
    select from public.webhook_endpoints endpoint
    where endpoint.organization_id = new.organization_id and endpoint.active
  ) then
    told := to_jsonb(new);
    perform private.owe_event(
      tg_argv[0], new.organization_id, told -> tg_argv[1], private.webhook_data(tg_argv[0], told)
    );
  end if;
  return null;
exception
  when others then
    raise warning 'no webhook is told of %: % (%)', tg_argv[0], sqlerrm, sqlstate;
    return null;
end;
$$;
comment on function private.tell_webhooks is
  'Owes an event to the endpoints of the row''s organisation. Its arguments: the event, and the column that says when it '
  'happened. Definer: nobody may write deliveries.';

-- Those of one statement fire in the order of their names.
create trigger tell_webhooks_1_started after insert on public.sessions
  for each row execute function private.tell_webhooks('call.started', 'started_at');
-- A call of the time when the database was away is entered when it is on already.
create trigger tell_webhooks_2_adopted after insert on public.sessions
  for each row when (new.answered_at is not null)
  execute function private.tell_webhooks('call.answered', 'answered_at');
create trigger tell_webhooks_2_answered after update of answered_at on public.sessions
  for each row when (old.answered_at is null and new.answered_at is not null)
  execute function private.tell_webhooks('call.answered', 'answered_at');
create trigger tell_webhooks_3_ended after update of ended_at on public.sessions
  for each row when (old.ended_at is null and new.ended_at is not null)
  execute function private.tell_webhooks('call.ended', 'ended_at');
create trigger tell_webhooks after insert on public.call_refusals
  for each row when (new.organization_id is not null)
  execute function private.tell_webhooks('call.refused', 'refused_at');
create trigger tell_webhooks after insert on public.tickets
  for each row execute function private.tell_webhooks('ticket.opened', 'created_at');
-- A probe that fails opens a breaker again that was not closed: that is no news.
create trigger tell_webhooks_opened after update of state on public.breakers
  for each row when (old.state = 'closed' and new.state = 'open')
  execute function private.tell_webhooks('breaker.opened', 'changed_at');
create trigger tell_webhooks_closed after update of state on public.breakers
  for each row when (old.state <> 'closed' and new.state = 'closed')
  execute function private.tell_webhooks('breaker.closed', 'changed_at');
create trigger tell_webhooks after insert on public.config_versions
  for each row when (new.organization_id is not null)
  execute function private.tell_webhooks('config.changed', 'saved_at');

create function private.give_up_deliveries() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.webhook_deliveries
  set next_attempt_at = null, last_error = 'the webhook was switched off'
  where endpoint_id = new.id and next_attempt_at is not null;
  return null;
end;
$$;
comment on function private.give_up_deliveries is
  'Who switches an endpoint off is not to hear of last week when it is switched on. Definer: nobody may write deliveries.';
create trigger give_up_deliveries after update of active on public.webhook_endpoints
  for each row when (old.active and not new.active) execute function private.give_up_deliveries();

create function private.retry_at(p_failed integer) returns timestamptz
language sql volatile set search_path = ''
as $$
  select clock_timestamp() + (0.8 + 0.4 * random()) * (
    array['10 seconds', '1 minute', '5 minutes', '30 minutes', '2 hours', '6 hours', '12 hours', '24 hours']::interval[]
  )[p_failed]
$$;
comment on function private.retry_at is
  'When to try again after so many failures, give or take a fifth, so that what failed at once does not come back at once. '
  'Null: never.';

create function private.forget_deliveries(p_at timestamptz) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  delete from public.webhook_deliveries
  where id in (
    select ended.id
    from public.webhook_deliveries ended
    where ended.next_attempt_at is null and coalesce(ended.attempted_at, ended.created_at) < p_at - interval '30 days'
    order by coalesce(ended.attempted_at, ended.created_at)
    limit 100
    for update skip locked
  );
end;
$$;
comment on function private.forget_deliveries is 'Removes what ended 30 days ago, a little at a time.';

create function private.due_deliveries(p_at timestamptz, p_limit integer) returns setof uuid
language sql volatile set search_path = ''
as $$
  -- From one endpoint to the next by the index: one that hangs may have a hundred thousand rows that are due.
  with recursive owed (endpoint_id) as (
    (
      select delivery.endpoint_id
      from public.webhook_deliveries delivery
      where delivery.next_attempt_at is not null
      order by delivery.endpoint_id
      limit 1
    )
    union all
    select (
      select delivery.endpoint_id
      from public.webhook_deliveries delivery
      where delivery.next_attempt_at is not null and delivery.endpoint_id > owed.endpoint_id
      order by delivery.endpoint_id
      limit 1
    )
    from owed
    where owed.endpoint_id is not null
  )
  select due.id
  -- In another order each time: where not all can be served, those that hang would else take every turn.
  from (select owed.endpoint_id from owed where owed.endpoint_id is not null order by random()) endpoint
  cross join lateral (
    select delivery.id
    from public.webhook_deliveries delivery
    where delivery.endpoint_id = endpoint.endpoint_id and delivery.next_attempt_at <= p_at
    order by delivery.next_attempt_at
    limit greatest(
      0,
      3 - (
        select count(*)
        from public.webhook_deliveries sent
        where sent.endpoint_id = endpoint.endpoint_id and sent.claimed_until > p_at
      )
    )
    for update skip locked
  ) due
  limit p_limit
$$;
comment on function private.due_deliveries is
  'Locks what is due, of each endpoint those that wait longest: three at once, with what is being sent to it. Two replicas '
  'that ask at the same moment may each count without the other.';

create function public.claim_webhook_deliveries(p_limit integer)
returns table (
  id uuid, attempt integer, event text, body text, tenant text, url text, secret_key_id text, secret_ciphertext text,
  private_hosts jsonb
)
language plpgsql security definer set search_path = ''
-- Plans are kept, and these tables grow: one that was made while they were empty would read all of them later on.
set enable_seqscan = off
-- To compile a plan takes longer than to run it: 250 ms and 1 ms.
set jit = off
as $$
declare
  asked_at constant timestamptz := clock_timestamp();
  lease_end constant timestamptz := asked_at + interval '30 seconds';
begin
  perform private.forget_deliveries(asked_at);
  -- Almost always nothing is due.
  if not exists (select from public.webhook_deliveries delivery where delivery.next_attempt_at <= asked_at) then
    return;
  end if;
  return query
    with due as materialized (
      select picked.id from private.due_deliveries(asked_at, p_limit) picked (id)
    ),
    claimed as (
      update public.webhook_deliveries delivery
      set attempts = delivery.attempts + 1, attempted_at = asked_at, claimed_until = lease_end,
        next_attempt_at = lease_end
      from due
      where delivery.id = due.id
      returning delivery.*
    )
    select
      claimed.id, claimed.attempts, claimed.event, claimed.payload::text, organization.slug, endpoint.url,
      endpoint.secret_key_id, endpoint.secret_ciphertext,
      coalesce((select platform.config #> '{owner,private_hosts}' from public.platform_settings platform), '[]')
    from claimed
    join public.webhook_endpoints endpoint on endpoint.id = claimed.endpoint_id
    join public.organizations organization on organization.id = claimed.organization_id
    order by claimed.created_at;
end;
$$;
comment on function public.claim_webhook_deliveries is
  'What is due, for one asker, who has 30 s to send it and to say what came of it. body is what is signed and sent; '
  'private_hosts are those on the inside that the owner of the platform allows. Definer: the dispatch role writes no table.';

create function public.settle_webhook_delivery(
  p_id uuid, p_attempt integer, p_delivered boolean, p_status integer, p_error text
)
returns table (settled boolean, again_at timestamptz)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.webhook_deliveries delivery
  set
    claimed_until = null,
    delivered_at = case when p_delivered then clock_timestamp() end,
    next_attempt_at = case
      -- It was given up meanwhile, because its endpoint was switched off.
      when p_delivered or delivery.next_attempt_at is null then null
      else private.retry_at(delivery.attempts - delivery.replayed_after)
    end,
    response_status = p_status,
    last_error = left(p_error, 300)
  where delivery.id = p_id and delivery.attempts = p_attempt and delivery.claimed_until is not null
  returning delivery.next_attempt_at into again_at;
  settled := found;
  return next;
end;
$$;
comment on function public.settle_webhook_delivery is
  'What came of an attempt. Not settled: it took so long that somebody else has the delivery. again_at null: it is '
  'delivered, or given up. Definer: the dispatch role writes no table.';

create function public.release_webhook_delivery(p_id uuid, p_attempt integer) returns table (released boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.webhook_deliveries delivery
  set
    attempts = delivery.attempts - 1, claimed_until = null,
    next_attempt_at = case when delivery.next_attempt_at is not null then clock_timestamp() end
  where delivery.id = p_id and delivery.attempts = p_attempt and delivery.claimed_until is not null;
  released := found;
  return next;
end;
$$;
comment on function public.release_webhook_delivery is
  'Who claimed it stops, and did not come to an end with it: another replica sends it at once. Definer: the dispatch role '
  'writes no table.';

-- The API. Editors see and change webhooks, as the policies of both tables have it: what an endpoint is told is what editors
-- may read, callers' numbers among it.

create function private.webhook_json(p_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', endpoint.id,
    'url', endpoint.url,
    'events', to_jsonb(endpoint.events),
    'active', endpoint.active,
    'organization', private.organization_ref(endpoint.organization_id),
    'waiting', (
      select count(*) from public.webhook_deliveries delivery
      where delivery.endpoint_id = endpoint.id and delivery.next_attempt_at is not null
    ),
    'createdAt', endpoint.created_at
  )
  from public.webhook_endpoints endpoint
  where endpoint.id = p_id
$$;
comment on function private.webhook_json is 'A webhook as the API gives it away, never its secret. Null: not to be seen.';

create function private.delivery_json(delivery public.webhook_deliveries) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', delivery.id,
    'webhook', delivery.endpoint_id,
    'event', delivery.event,
    'state', case
      when delivery.delivered_at is not null then 'delivered'
      when delivery.next_attempt_at is null then 'given_up'
      else 'waiting'
    end,
    'attempts', delivery.attempts,
    'status', delivery.response_status,
    'error', delivery.last_error,
    'payload', delivery.payload,
    'createdAt', delivery.created_at,
    'attemptedAt', delivery.attempted_at,
    'nextAttemptAt', delivery.next_attempt_at,
    'deliveredAt', delivery.delivered_at
  )
$$;
comment on function private.delivery_json is 'A delivery as the API gives it away.';

create function private.may_change_webhooks(p_organization_id uuid) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(p_organization_id in (select private.my_organizations()), false) or private.is_platform_admin() then
    perform private.demand_role(p_organization_id, 'editor');
    return p_organization_id is not null;
  end if;
  return false;
end;
$$;
comment on function private.may_change_webhooks is
  'False: whoever asks is not to know that there is such an organisation. Ends what its viewers must not do.';

create function public.api_webhooks(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language plpgsql stable set search_path = ''
as $$
declare
  wanted constant uuid := p_query ->> 'id';
  organization constant uuid := p_query ->> 'organization';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select private.webhook_json(endpoint.id), endpoint.created_at || '|' || endpoint.id
    from public.webhook_endpoints endpoint
    where (wanted is null or endpoint.id = wanted)
      and (organization is null or endpoint.organization_id = organization)
      and (after_at is null or (endpoint.created_at, endpoint.id) < (after_at, after_id))
    order by endpoint.created_at desc, endpoint.id desc
    limit private.list_limit(p_query);
end;
$$;
comment on function public.api_webhooks is 'Webhooks, newest first; filters: id, organization, after, limit.';

create function public.api_add_webhook(p_webhook jsonb, p_sealed jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  organization constant uuid := p_webhook ->> 'organization';
  added uuid;
begin
  perform private.demand_role(organization, 'editor');
  -- Counted one after the other: what happens to a call is written once for each of them while it comes in.
  perform from public.organizations owner where owner.id = organization for no key update;
  if 10 <= (select count(*) from public.webhook_endpoints endpoint where endpoint.organization_id = organization) then
    raise exception 'an organisation has at most 10 webhooks' using errcode = 'check_violation';
  end if;
  insert into public.webhook_endpoints (organization_id, url, events, secret_key_id, secret_ciphertext)
  values (
    organization, p_webhook ->> 'url',
    array(select jsonb_array_elements_text(coalesce(p_webhook -> 'events', '[]'))),
    p_sealed ->> 'keyId', p_sealed ->> 'ciphertext'
  )
  returning id into added;
  return private.webhook_json(added);
end;
$$;
comment on function public.api_add_webhook is
  'Adds a webhook with the sealed secret that its deliveries are signed with; editors may. Definer: secrets are nobody''s to '
  'write.';

create function public.api_change_webhook(p_id uuid, p_changes jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted public.webhook_endpoints;
begin
  select * into wanted from public.webhook_endpoints endpoint where endpoint.id = p_id for no key update;
  if not private.may_change_webhooks(wanted.organization_id) then return null; end if;
  wanted := jsonb_populate_record(wanted, p_changes);
  update public.webhook_endpoints
  set url = wanted.url, events = wanted.events, active = wanted.active
  where id = p_id;
  return private.webhook_json(p_id);
end;
$$;
comment on function public.api_change_webhook is
  'Changes url, events or active; editors may. Switched off, what is owed to it is given up. Null: there is none to be seen. '
  'Definer: the table has secrets, so nobody may write it.';

create function public.api_remove_webhook(p_id uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  owner constant uuid := (select organization_id from public.webhook_endpoints where id = p_id);
begin
  if not private.may_change_webhooks(owner) then return false; end if;
  delete from public.webhook_endpoints where id = p_id;
  return found;
end;
$$;
comment on function public.api_remove_webhook is
  'Removes a webhook with everything that was owed to it; editors may. False: there is none to be seen. Definer: nobody may '
  'write the table.';

create function public.api_webhook_deliveries(p_webhook_id uuid, p_query jsonb default '{}')
returns table (item jsonb, cursor text)
language plpgsql stable set search_path = ''
as $$
declare
  owner constant uuid := (select organization_id from public.webhook_endpoints where id = p_webhook_id);
  wanted_event constant text := p_query ->> 'event';
  wanted_state constant text := p_query ->> 'state';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select private.delivery_json(delivery), delivery.created_at || '|' || delivery.id
    from public.webhook_deliveries delivery
    where delivery.organization_id = owner
      and delivery.endpoint_id = p_webhook_id
      and (wanted_event is null or delivery.event = wanted_event)
      and case wanted_state
        when 'delivered' then delivery.delivered_at is not null
        when 'given_up' then delivery.delivered_at is null and delivery.next_attempt_at is null
        when 'waiting' then delivery.next_attempt_at is not null
        else true
      end
      and (after_at is null or (delivery.created_at, delivery.id) < (after_at, after_id))
    order by delivery.created_at desc, delivery.id desc
    limit private.list_limit(p_query);
end;
$$;
comment on function public.api_webhook_deliveries is
  'What was told to a webhook, or is to be, newest first; filters: event, state (waiting, delivered, given_up), after, limit.';

create function public.api_replay_delivery(p_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  replayed public.webhook_deliveries;
begin
  select * into replayed from public.webhook_deliveries delivery where delivery.id = p_id for update;
  if not private.may_change_webhooks(replayed.organization_id) then return null; end if;
  -- One that is being sent at this moment is what was asked for.
  if coalesce(replayed.claimed_until <= clock_timestamp(), true) then
    update public.webhook_deliveries
    set next_attempt_at = clock_timestamp(), delivered_at = null, claimed_until = null, replayed_after = attempts
    where id = p_id
    returning * into replayed;
  end if;
  return private.delivery_json(replayed);
end;
$$;
comment on function public.api_replay_delivery is
  'Owes a delivery again, at once and with all its retries: same id, same payload; editors may. Null: there is none to be '
  'seen. Definer: nobody may write deliveries.';

create function public.api_test_webhook(p_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  owner constant uuid := (select organization_id from public.webhook_endpoints where id = p_id);
  added public.webhook_deliveries;
begin
  if not private.may_change_webhooks(owner) then return null; end if;
  insert into public.webhook_deliveries (organization_id, endpoint_id, event, payload, next_attempt_at, created_at)
  values (
    owner, p_id, 'webhook.test',
    jsonb_build_object('type', 'webhook.test', 'at', clock_timestamp(), 'data', jsonb_build_object('webhook', p_id)),
    clock_timestamp(), clock_timestamp()
  )
  returning * into added;
  return private.delivery_json(added);
end;
$$;
comment on function public.api_test_webhook is
  'Owes a webhook.test to a webhook, whatever else it wants to be told of and also while it is switched off; editors may. '
  'Null: there is none to be seen. Definer: nobody may write deliveries.';

-- Secrets of webhooks are sealed as provider keys are: whoever changes the sealing secret seals them anew with the same command.

create or replace function public.sealed_keys(p_not_key_id text)
returns table (id uuid, tenant text, provider text, key_id text, ciphertext text)
language sql stable security definer set search_path = ''
as $$
  select sealed.id, coalesce(organization.slug, '*'), sealed.provider, sealed.key_id, sealed.ciphertext
  from (
    select key.id, key.organization_id, key.provider, key.key_id, key.ciphertext
    from public.provider_keys key
    where key.revoked_at is null
    union all
    select endpoint.id, endpoint.organization_id, 'webhook', endpoint.secret_key_id, endpoint.secret_ciphertext
    from public.webhook_endpoints endpoint
  ) sealed
  left join public.organizations organization on organization.id = sealed.organization_id
  where sealed.key_id <> p_not_key_id
  order by sealed.id
$$;
comment on function public.sealed_keys is
  'Provider keys in use, and secrets of webhooks (provider webhook), that another secret than this one sealed; tenant is what '
  'they are bound to, * for the platform''s. Definer: the operator role reads no table.';

create or replace function public.reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text)
returns table (resealed boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.provider_keys
  set key_id = p_key_id, ciphertext = p_ciphertext
  where id = p_id and ciphertext = p_was and revoked_at is null;
  resealed := found;
  if not resealed then
    update public.webhook_endpoints
    set secret_key_id = p_key_id, secret_ciphertext = p_ciphertext
    where id = p_id and secret_ciphertext = p_was;
    resealed := found;
  end if;
  return next;
end;
$$;
comment on function public.reseal_key is
  'The same key, or secret of a webhook, under another secret. Not resealed: somebody changed it meanwhile, it is no longer '
  'p_was, and what they wrote stands. Definer: the operator role writes no table.';

revoke all on function
  private.webhook_data(text, jsonb),
  private.owe_event(text, uuid, jsonb, jsonb),
  private.tell_webhooks(),
  private.give_up_deliveries(),
  private.retry_at(integer),
  private.forget_deliveries(timestamptz),
  private.due_deliveries(timestamptz, integer),
  private.webhook_json(uuid),
  private.delivery_json(public.webhook_deliveries),
  private.may_change_webhooks(uuid),
  public.claim_webhook_deliveries(integer),
  public.settle_webhook_delivery(uuid, integer, boolean, integer, text),
  public.release_webhook_delivery(uuid, integer),
  public.api_webhooks(jsonb),
  public.api_add_webhook(jsonb, jsonb),
  public.api_change_webhook(uuid, jsonb),
  public.api_remove_webhook(uuid),
  public.api_webhook_deliveries(uuid, jsonb),
  public.api_replay_delivery(uuid),
  public.api_test_webhook(uuid)
  from public;
grant execute on function
  public.claim_webhook_deliveries(integer),
  public.settle_webhook_delivery(uuid, integer, boolean, integer, text),
  public.release_webhook_delivery(uuid, integer)
  to switchboard_dispatch;
grant execute on function
  private.webhook_json(uuid),
  private.delivery_json(public.webhook_deliveries),
  public.api_webhooks(jsonb),
  public.api_add_webhook(jsonb, jsonb),
  public.api_change_webhook(uuid, jsonb),
  public.api_remove_webhook(uuid),
  public.api_webhook_deliveries(uuid, jsonb),
  public.api_replay_delivery(uuid),
  public.api_test_webhook(uuid)
  to authenticated;
