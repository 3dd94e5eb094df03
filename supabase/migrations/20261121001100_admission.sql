-- Whether a call may come in. dispatch asks once a call; the answer is a row, and a refusal is a row too.

create type public.call_decision as (
  outcome text,
  reason text,
  session_id uuid,
  organization_id uuid,
  tenant text,
  number_id uuid,
  number_limit integer,
  pool text,
  answer jsonb,
  repeated boolean
);
comment on type public.call_decision is
  'outcome is admitted or refused; reason is a public.call_reason, null when admitted; answer is what a refused caller '
  'gets (refusalAnswerSchema of shared/contracts.ts), null when admitted; number_limit is how many calls the number '
  'takes at once, null when nobody has it.';

create function private.earlier_decision(invite private.invite) returns setof public.call_decision
language plpgsql stable rows 1 set search_path = ''
as $$
begin
  return query
    select
      case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
      case when private.is_refusal(decided.reason) then decided.reason end::text,
      decided.session_id,
      organization.id,
      organization.slug,
      number.id,
      number.max_concurrent_calls,
      organization.pool,
      case when private.is_refusal(decided.reason) then
        coalesce(
          (
            select telling.answer
            from public.active_refusals telling
            where telling.refusal_id = decided.refusal_id and telling.expires_at > clock_timestamp()
          ),
          '{"action": "busy"}'
        )
      end,
      true
    from (
      select id as session_id, organization_id, sip_number_id, end_reason as reason, null::bigint as refusal_id
      from public.sessions
      where sip_call_id = invite.sip_call_id and sip_from_tag = invite.sip_from_tag
      union all
      select session_id, organization_id, sip_number_id, reason, id
      from public.call_refusals
      where sip_call_id = invite.sip_call_id and sip_from_tag = invite.sip_from_tag
      limit 1
    ) decided
    left join public.organizations organization on organization.id = decided.organization_id
    left join public.sip_numbers number on number.id = decided.sip_number_id;
end;
$$;
comment on function private.earlier_decision is
  'What was decided of this dialogue before; no row: it is new. A sentence or a forward is answered again while it is '
  'on; once it is over nobody is told twice, and the answer is busy.';

create function private.closed_reason(
  p_called text,
  number public.sip_numbers,
  organization public.organizations
) returns public.call_reason
language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when p_called !~ '^\+?[0-9]{2,15}$' then 'malformed_number'
    when number.id is null then 'unknown_number'
    when not number.active then 'number_inactive'
    when organization.status <> 'active' then 'organization_inactive'
  end;
end;
$$;
comment on function private.closed_reason is 'Why nobody answers this number, busy or not; null: somebody does.';

create function private.seen_lately(p_seen_at timestamptz) returns boolean
language sql volatile set search_path = ''
as $$
  select p_seen_at > clock_timestamp() - interval '15 seconds'
$$;
comment on function private.seen_lately is
  'Whether a worker that reported itself then is there now: they do it each 5 s, and are taken for gone after 15 s.';

create function private.unserved_reason(p_policy jsonb, organization public.organizations) returns public.call_reason
language plpgsql volatile set search_path = ''
as $$
declare
  asked_at timestamptz := clock_timestamp();
begin
  if private.is_outside_hours(p_policy, asked_at) then return 'outside_hours'; end if;
  if not exists (
    select from public.workers
    where pool = organization.pool
      and not draining
      and (private.seen_lately(seen_at) or private.in_grace())
  ) then
    return 'pool_unavailable';
  end if;
  return null;
end;
$$;
comment on function private.unserved_reason is
  'Why nobody would be there to answer, although the number is in use; null: somebody is. A pool of which no worker was '
  'seen lately has none, unless the database was away: then none could report itself.';

-- THE DOOR. Why limits hold exactly, with any number of dispatch replicas:
--   never one over: rows enter active_calls only behind this lock, and one transaction at a time is behind it. It
--   counts after it has the lock, so it sees every row that was let in before: in read committed each statement sees
--   what is committed when it starts, and a lock is released after its transaction is visible. Calls that end meanwhile
--   only lower the count.
--   never one less: nothing but rows of active_calls is counted, and a call that was refused never was such a row. A row
--   goes with the transaction that ends its call; from its commit on it is not counted.
-- What enters without being asked about limits, a call of the time when the database was away (adopt_call), enters behind
-- this lock too: it may make one too many, and the next caller is refused for it.
-- One lock for all, because the limits of pool and platform are counted across organisations. It is held for one
-- insert, and a call to a number that nobody answers never asks for it.
-- So nobody waits behind it, or all tenants wait for what one tenant's rows wait for:
--   the rows that the inserts refer to are locked in front of the door (hold_number), where only their own callers wait;
--   rows that others may have locked for long (breakers, active_refusals) are skipped;
--   what waits all the same waits for 1.5 s (lock_timeout), less than dispatch waits for an answer, and fails as 55P03,
--   which shared/db.ts knows to be worth another try.
create function private.lock_admission() returns void
language plpgsql set search_path = ''
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'admission counts behind a lock and needs read committed, not %',
      current_setting('transaction_isolation');
  end if;
  perform pg_advisory_xact_lock(hashtext('switchboard.admission'));
end;
$$;
comment on function private.lock_admission is 'Until the transaction ends, no other may let a call in.';

create function private.hold_number(p_number_id uuid) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  perform
  from public.organizations organization
  join public.sip_numbers number on number.organization_id = organization.id
  join public.pools pool on pool.name = organization.pool
  where number.id = p_number_id
  for key share;
end;
$$;
comment on function private.hold_number is
  'Until the transaction ends, nobody deletes or renames the number, its organisation or its pool, so the foreign keys '
  'that are checked behind the door wait for nobody. Whoever is at it is waited for here: what was read of the three '
  'before may be old.';

create sequence private.slot_entries;
comment on sequence private.slot_entries is 'One more for each row that ever entered active_calls.';
alter table public.active_calls add column entry bigint not null default nextval('private.slot_entries');
comment on column public.active_calls.entry is 'Rows are numbered as they enter, so that not each call has to count them.';

create table private.slot_count (
  id boolean primary key default true constraint one_row_only check (id),
  live bigint not null default 0,
  entry bigint not null default 0
);
comment on table private.slot_count is
  'What was counted last of active_calls, and the newest entry then: from there on, as many calls are on as were then, '
  'and as entered since, or fewer. One row, written behind the lock of admission.';
insert into private.slot_count default values;

create function private.slots_at_most(p_limit bigint) returns bigint
language plpgsql volatile set search_path = ''
as $$
declare
  newest bigint := coalesce(pg_catalog.pg_sequence_last_value('private.slot_entries'), 0);
  at_most bigint := (select live + newest - entry from private.slot_count where id);
begin
  if at_most >= p_limit then
    select count(*) into at_most from public.active_calls;
    update private.slot_count set live = at_most, entry = newest where id and (live, entry) <> (at_most, newest);
  end if;
  return at_most;
end;
$$;
comment on function private.slots_at_most is
  'A number below p_limit that the calls on the platform do not exceed, else exactly how many they are. So with room to '
  'spare the price of a call does not grow with the calls that are on. What was rolled back, or ended, only makes the '
  'number too great, and one that reaches the limit is counted again. Behind the lock of admission.';

create function private.pool_capacity(p_pool text) returns bigint
language plpgsql volatile set search_path = ''
as $$
begin
  return (
    select nullif(sum(capacity), 0)
    from public.workers
    where pool = p_pool and not draining and private.seen_lately(seen_at)
  );
end;
$$;
comment on function private.pool_capacity is
  'How many calls the workers of a pool hold that take new ones; null: none has said so lately.';

create function private.calls_counted_in(p_pool text) returns bigint
language plpgsql volatile set search_path = ''
as $$
begin
  return (
    select count(*)
    from public.active_calls
    where pool = p_pool
      and coalesce(
        worker <> all (array(select name from public.workers where pool = p_pool and draining)),
        true
      )
  );
end;
$$;
comment on function private.calls_counted_in is
  'The calls of a pool that its pool_capacity has to hold: not those that end with a worker that takes no more.';

create function private.busy_reason(
  number public.sip_numbers,
  organization public.organizations,
  p_at timestamptz
) returns public.call_reason
-- Volatile, so that each count has a picture of its own: a stable one may count in the picture of before the lock.
language plpgsql volatile set search_path = ''
as $$
declare
  pool_limit integer := (select max_concurrent_calls from public.pools where name = organization.pool);
  pool_capacity bigint := private.pool_capacity(organization.pool);
  platform_limit integer := (select max_concurrent_calls from public.platform_settings where id);
  everywhere bigint := private.slots_at_most(least(pool_limit, platform_limit));
begin
  if number.max_concurrent_calls
    <= (select count(*) from public.active_calls where sip_number_id = number.id)
  then return 'number_busy';
  end if;
  -- An organisation and a pool have no more calls than there are on the platform: a limit above that is not reached.
  if organization.max_concurrent_calls <= everywhere
    and organization.max_concurrent_calls
      <= (select count(*) from public.active_calls where organization_id = organization.id)
  then return 'organization_busy';
  end if;
  if pool_limit <= everywhere
    and pool_limit <= (select count(*) from public.active_calls where pool = organization.pool)
  then return 'pool_busy';
  end if;
  -- Without this a caller rings until dispatch has found out that no worker takes the call. While the database was away
  -- no worker could say that it is there.
  if pool_capacity <= everywhere
    and pool_capacity <= private.calls_counted_in(organization.pool)
    and not private.in_grace()
  then return 'pool_busy';
  end if;
  if platform_limit <= everywhere then return 'platform_busy'; end if;
  if organization.max_calls_per_second <= (
    select count(*)
    from public.sessions
    where organization_id = organization.id and started_at > p_at - interval '1 second'
  )
  then return 'organization_rate_limited';
  end if;
  return null;
end;
$$;
comment on function private.busy_reason is
  'The narrowest limit that leaves no room for one more call at this moment; null: all do. A limit that is null never '
  'holds. The rate is a window that slides: of the calls let in, no second anywhere, wherever it begins, holds more than '
  'the organisation may get. started_at is p_at of when they were let in, drawn behind the lock, so it only goes up; a '
  'clock that is set back makes the window longer, never shorter. Only true while lock_admission is held.';

create function private.reserve_slot(
  invite private.invite,
  number public.sip_numbers,
  organization public.organizations,
  p_session_id uuid,
  p_at timestamptz
) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  insert into public.sessions (
    id, organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag, room, started_at
  )
  values (
    p_session_id, organization.id, number.id, invite.called_number, invite.caller_number, invite.sip_call_id,
    invite.sip_from_tag, invite.room, p_at
  );
  insert into public.active_calls
    (session_id, organization_id, sip_number_id, pool, room, started_at, lease_expires_at)
  values (
    p_session_id, organization.id, number.id, organization.pool, invite.room, p_at,
    clock_timestamp() + interval '4 seconds'
  );
end;
$$;
comment on function private.reserve_slot is
  'Opens a session and reserves its slot; a worker has 4 s to take it, then the call is placed again.';

create function public.admit_call(
  p_called text,
  p_caller text,
  p_sip_call_id text,
  p_sip_from_tag text,
  p_room text
) returns public.call_decision
language plpgsql security definer set search_path = ''
-- Plans are kept, and these tables grow: one that was made while a table was empty would read all of it later on.
set enable_seqscan = off
-- To compile a plan takes longer than to run any of these.
set jit = off
set lock_timeout = '1500ms'
as $$
declare
  invite private.invite := private.cut_invite(p_called, p_caller, p_sip_call_id, p_sip_from_tag, p_room);
  number public.sip_numbers;
  organization public.organizations;
  policy jsonb;
  refused public.call_reason;
  decision public.call_decision;
  new_session uuid := gen_random_uuid();
  decided_at timestamptz;
  -- The organisation's breaker is not closed: a call that is let in all the same is its probe.
  probing boolean := false;
begin
  select * into decision from private.earlier_decision(invite);
  if found then return decision; end if;

  select * into number from private.find_number(invite.called_number);
  if found then
    perform private.hold_number(number.id);
    -- Whoever was waited for may have given it to somebody else.
    select * into number from private.find_number(invite.called_number);
  end if;
  select * into organization from public.organizations where id = number.organization_id;
  refused := private.closed_reason(invite.called_number, number, organization);

  if refused is null then
    policy := private.policy_of(number);
    refused := private.unserved_reason(policy, organization);
    perform private.lock_admission();
    -- Another replica may have decided the same dialogue while this one waited.
    select * into decision from private.earlier_decision(invite);
    if found then return decision; end if;
    decided_at := clock_timestamp();
    probing := exists (
      select from public.breakers
      where organization_id = organization.id and provider is null and state <> 'closed'
    );
    if refused is null and probing then refused := private.breaker_reason(organization.id); end if;
    refused := coalesce(refused, private.busy_reason(number, organization, decided_at));
  end if;

  decision.outcome := case when refused is null then 'admitted' else 'refused' end;
  decision.reason := refused;
  decision.organization_id := organization.id;
  decision.tenant := organization.slug;
  decision.number_id := number.id;
  decision.number_limit := number.max_concurrent_calls;
  decision.pool := organization.pool;
  decision.repeated := false;
  if refused is null then
    decision.session_id := new_session;
    perform private.reserve_slot(invite, number, organization, new_session, decided_at);
    if probing then perform private.mark_probe(organization.id, new_session); end if;
  else
    decision.answer := private.refuse_dialogue(invite, refused, number, policy);
  end if;
  return decision;
end;
$$;
comment on function public.admit_call is
  'Reserves a slot and opens a session, or says why not and keeps the refusal. The same Call-ID and From tag get the '
  'same answer again, marked repeated. Definer: the dispatch role writes no table.';

create function public.room_decision(p_room text) returns table (outcome text, reason text, session_id uuid)
language sql stable security definer rows 1 set search_path = ''
as $$
  select
    case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
    decided.reason::text,
    decided.session_id
  from (
    select end_reason as reason, id as session_id, started_at as at from public.sessions where room = p_room
    union all
    select refusals.reason, refusals.session_id, refused_at from public.call_refusals refusals where room = p_room
  ) decided
  order by decided.at desc
  limit 1
$$;
comment on function public.room_decision is
  'What some replica decided of the call in this room, for a replica that did not; no row: nothing yet. Definer: '
  'the dispatch role reads no table.';

revoke all on function
  private.earlier_decision(private.invite),
  private.closed_reason(text, public.sip_numbers, public.organizations),
  private.unserved_reason(jsonb, public.organizations),
  private.slots_at_most(bigint),
  private.pool_capacity(text),
  private.calls_counted_in(text),
  private.busy_reason(public.sip_numbers, public.organizations, timestamptz),
  private.lock_admission(),
  private.hold_number(uuid),
  private.reserve_slot(private.invite, public.sip_numbers, public.organizations, uuid, timestamptz),
  public.admit_call(text, text, text, text, text),
  public.room_decision(text)
  from public;
grant execute on function public.admit_call(text, text, text, text, text), public.room_decision(text)
  to switchboard_dispatch;
