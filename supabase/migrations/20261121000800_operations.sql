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
create index workers_by_pool on public.workers (pool, seen_at desc);

create table public.breakers (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  provider text constraint provider_is_a_name check (provider ~ '^[a-z][a-z0-9-]{0,31}$'),
  state public.breaker_state not null default 'closed',
  open_until timestamptz,
  failures integer not null default 0 constraint failures_are_not_negative check (failures >= 0),
  last_reason public.call_reason,
  changed_at timestamptz not null default now(),
  constraint one_breaker_a_provider unique nulls not distinct (organization_id, provider),
  constraint open_until_a_time check ((state = 'open') = (open_until is not null))
);
comment on table public.breakers is
  'Open: the failures of one organisation''s calls keep its next calls away, and nobody else''s.';
comment on column public.breakers.provider is 'Null: the organisation as a whole.';

grant select on public.workers, public.breakers to authenticated;

alter table public.workers enable row level security;
alter table public.breakers enable row level security;

create policy "Platform admins see the workers" on public.workers
  for select to authenticated using ((select private.is_platform_admin()));
create policy "Members see the breakers of their organisation" on public.breakers
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
