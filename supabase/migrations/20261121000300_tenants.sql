-- The platform, its pools, the organisations on it and the people in them.

create type public.member_role as enum ('viewer', 'editor', 'owner');
comment on type public.member_role is 'Ascending: an editor may do what a viewer may, an owner what an editor may.';

create type public.organization_status as enum ('active', 'suspended');

create table public.platform_settings (
  id boolean primary key default true constraint one_row_only check (id),
  config jsonb not null default '{}',
  config_revision bigint not null default 0,
  max_concurrent_calls integer constraint limit_is_not_negative check (max_concurrent_calls >= 0)
);
comment on table public.platform_settings is 'What holds for every call on the platform. One row.';
comment on column public.platform_settings.config is
  'Weakest written layer of the agent configuration (shared/config).';
comment on column public.platform_settings.config_revision is 'Revision of config in config_versions.';
comment on column public.platform_settings.max_concurrent_calls is 'Pending and active calls together; null: no limit.';
insert into public.platform_settings default values;

create table public.pools (
  name text primary key constraint name_is_an_agent_name check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  max_concurrent_calls integer constraint limit_is_not_negative check (max_concurrent_calls >= 0)
);
comment on table public.pools is 'Groups of workers. The name is the agent name under which they register at LiveKit.';
comment on column public.pools.max_concurrent_calls is 'Pending and active calls together; null: no limit.';
insert into public.pools (name) values ('switchboard');

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique constraint slug_is_a_tenant_key check (slug ~ '^[A-Za-z0-9_-]{1,128}$'),
  name text not null constraint name_is_short check (char_length(name) between 1 and 120),
  status public.organization_status not null default 'active',
  timezone text not null default 'UTC',
  config jsonb not null default '{}',
  config_revision bigint not null default 0,
  pool text not null default 'switchboard' references public.pools (name),
  max_concurrent_calls integer constraint limit_is_not_negative check (max_concurrent_calls >= 0),
  max_calls_per_second integer constraint rate_is_positive check (max_calls_per_second > 0),
  max_call_minutes integer constraint call_minutes_are_positive check (max_call_minutes > 0),
  monthly_spend_limit numeric(12, 2) constraint spend_is_not_negative check (monthly_spend_limit >= 0),
  monthly_minutes_limit integer constraint minutes_are_not_negative check (monthly_minutes_limit >= 0),
  created_at timestamptz not null default now()
);
comment on table public.organizations is 'Tenants: one row for each business.';
comment on column public.organizations.slug is 'The tenant key that travels in metadata and logs.';
comment on column public.organizations.config is 'Second layer of the agent configuration.';
comment on column public.organizations.config_revision is 'Revision of config in config_versions.';
comment on column public.organizations.max_concurrent_calls is 'Pending and active calls together; null: no limit.';
comment on column public.organizations.max_calls_per_second is 'Calls admitted in any one second; null: no limit.';
comment on column public.organizations.max_call_minutes is
  'An answered call is ended after so long, whatever its configuration allows; null: no limit.';
comment on column public.organizations.monthly_spend_limit is 'In the currency of session_usage.cost; null: no limit.';
create index organizations_by_pool on public.organizations (pool);

create table public.organization_members (
  organization_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.member_role not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
comment on table public.organization_members is 'Who belongs to which organisation, and how far they may go there.';
create index organization_members_by_user on public.organization_members (user_id);

create table public.platform_admins (
  user_id uuid primary key references auth.users (id) on delete cascade,
  created_at timestamptz not null default now()
);
comment on table public.platform_admins is 'The people who run the platform and see every tenant.';

-- Policies ask these two. They are definer functions because the tables they read are under policies that ask them.
create function private.my_organizations(minimum public.member_role default 'viewer') returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select organization_id
  from public.organization_members
  where user_id = (select auth.uid()) and role >= minimum
$$;
comment on function private.my_organizations is
  'Organisations in which the signed-in user has at least this role. Takes no column of the row, so a policy runs '
  'it once a statement.';

create function private.is_platform_admin() returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (select from public.platform_admins where user_id = (select auth.uid()))
$$;
comment on function private.is_platform_admin is 'Whether the signed-in user runs the platform.';

revoke all on function private.my_organizations, private.is_platform_admin from public;
grant execute on function private.my_organizations, private.is_platform_admin to authenticated;

grant select on public.platform_settings, public.pools, public.organizations, public.organization_members,
  public.platform_admins to authenticated;
grant update (config, max_concurrent_calls) on public.platform_settings to authenticated;
grant update (name, timezone, config) on public.organizations to authenticated;
grant insert, delete, update (role) on public.organization_members to authenticated;

alter table public.platform_settings enable row level security;
alter table public.pools enable row level security;
alter table public.organizations enable row level security;
alter table public.organization_members enable row level security;
alter table public.platform_admins enable row level security;

create policy "Platform admins see the platform settings" on public.platform_settings
  for select to authenticated using ((select private.is_platform_admin()));
create policy "Platform admins change the platform settings" on public.platform_settings
  for update to authenticated
  using ((select private.is_platform_admin()))
  with check ((select private.is_platform_admin()));

create policy "Platform admins see the pools" on public.pools
  for select to authenticated using ((select private.is_platform_admin()));

create policy "Members see their organisation" on public.organizations
  for select to authenticated
  using (id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Editors change what their organisation says of itself" on public.organizations
  for update to authenticated
  using (id in (select private.my_organizations('editor')) or (select private.is_platform_admin()))
  with check (id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));

create policy "Members see who else is in their organisation" on public.organization_members
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Owners add members to their organisation" on public.organization_members
  for insert to authenticated
  with check (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
create policy "Owners change the role of members of their organisation" on public.organization_members
  for update to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()))
  with check (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
create policy "Owners remove members from their organisation" on public.organization_members
  for delete to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));

create policy "Platform admins see who else is one" on public.platform_admins
  for select to authenticated using ((select private.is_platform_admin()));
