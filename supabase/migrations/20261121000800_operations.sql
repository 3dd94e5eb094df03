-- What the platform knows of its own health: workers and the breakers between tenants and their providers.

create type public.breaker_state as enum ('closed', 'open', 'half_open');

create table public.workers (
  name text primary key constraint name_is_bounded check (char_length(name) between 1 and 128),
  pool text not null references public.pools (name),
  version text not null,
  capacity integer not null constraint capacity_is_not_negative check (capacity >= 0),
  calls integer not null default 0 constraint calls_are_not_negative check (calls >= 0),
  load real not null default 0 constraint load_is_not_negative check (load >= 0),
  draining boolean not null default false,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
comment on table public.workers is 'Processes that hold calls, as they last reported.';
comment on column public.workers.load is 'What the worker reports to LiveKit: 0 idle, 1 full.';
comment on column public.workers.draining is 'Takes no new call and leaves when the last one ends.';
-- Not by seen_at: an index on what each report changes would have to be written with it.
create index workers_by_pool on public.workers (pool);

create table public.breakers (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  provider text constraint provider_is_a_name check (provider ~ '^[a-z][a-z0-9-]{0,31}$'),
  state public.breaker_state not null default 'closed',
  open_until timestamptz,
  openings integer not null default 0 constraint openings_are_not_negative check (openings >= 0),
  failures integer not null default 0 constraint failures_are_not_negative check (failures >= 0),
  last_reason text constraint last_reason_is_a_code check (last_reason ~ '^[a-z_]{1,40}$'),
  probe_session_id uuid references public.sessions (id) on delete set null,
  probe_until timestamptz,
  opened_at timestamptz,
  closed_at timestamptz,
  changed_at timestamptz not null default now(),
  constraint one_breaker_a_provider unique nulls not distinct (organization_id, provider),
  constraint open_until_a_time check ((state = 'open') = (open_until is not null)),
  constraint probes_when_half_open check (state = 'half_open' or probe_until is null)
);
comment on table public.breakers is
  'Open: the failures of one organisation''s calls keep its next calls away, and nobody else''s. No row: closed, and '
  'nothing ever failed.';
comment on column public.breakers.provider is 'Null: the organisation as a whole.';
comment on column public.breakers.openings is 'Times that it opened since it was last closed; each doubles the wait.';
comment on column public.breakers.failures is 'Of the last minute while it is closed; else the ones that opened it.';
comment on column public.breakers.last_reason is
  'What failed last: a reason of the catalogue, or what the provider did (private.provider_failure).';
comment on column public.breakers.probe_session_id is 'The last call that was let through to see whether it works again.';
comment on column public.breakers.probe_until is 'From then on another call may be the probe.';
comment on column public.breakers.opened_at is
  'Calls admitted since were let through as probes: that one of them went well tells something however long it took.';
comment on column public.breakers.closed_at is
  'Calls admitted before keep the configuration and keys they started with: what they tell is about the past.';
create index breakers_by_probe on public.breakers (probe_session_id) where probe_session_id is not null;

create table private.breaker_tallies (
  organization_id uuid not null references public.organizations (id) on delete cascade,
  provider text not null,
  since timestamptz not null,
  outcomes integer not null,
  failures integer not null,
  primary key (organization_id, provider, since)
);
comment on table private.breaker_tallies is
  'What breakers that are closed go by: outcomes of each ten seconds of the last minute. provider is empty for the '
  'organisation as a whole.';

create table private.watch_pulse (
  id boolean primary key default true constraint one_row_only check (id),
  seen_at timestamptz not null default now(),
  resumed_at timestamptz not null default now()
);
comment on table private.watch_pulse is
  'When somebody last asked for lost calls, and since when somebody asks without a pause: a pause means that the '
  'database was away. One row.';
insert into private.watch_pulse default values;

create function private.ms_since(p_at timestamptz) returns integer
language plpgsql volatile set search_path = ''
as $$
begin
  return least(greatest(extract(epoch from clock_timestamp() - p_at) * 1000, 0), 2147483647)::integer;
end;
$$;
comment on function private.ms_since is 'Milliseconds from then to now, never negative; the greatest integer if more.';

create function private.in_grace() returns boolean
language plpgsql volatile set search_path = ''
as $$
begin
  return (
    select
      seen_at < clock_timestamp() - interval '5 seconds' or resumed_at > clock_timestamp() - interval '10 seconds'
    from private.watch_pulse
  );
end;
$$;
comment on function private.in_grace is
  'The database was away a moment ago: what nobody renewed meanwhile is not dead, nobody could renew it.';
revoke all on function private.ms_since(timestamptz), private.in_grace() from public;

grant select on public.workers, public.breakers to authenticated;

alter table public.workers enable row level security;
alter table public.breakers enable row level security;

create policy "Platform admins see the workers" on public.workers
  for select to authenticated using ((select private.is_platform_admin()));
create policy "Members see the breakers of their organisation" on public.breakers
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
