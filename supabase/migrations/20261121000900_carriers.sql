-- The edge, when a session border controller stands in front: where calls may come from and where they are sent.

create type public.gateway_group as enum ('default', 'premium', 'backup');

create table public.carriers (
  id uuid primary key default gen_random_uuid(),
  name text not null unique constraint name_is_short check (char_length(name) between 1 and 120),
  organization_id uuid references public.organizations (id) on delete cascade,
  source_network cidr not null unique,
  active boolean not null default true,
  created_at timestamptz not null default now()
);
comment on table public.carriers is 'Networks that may send calls. Packets from anywhere else are dropped.';
comment on column public.carriers.organization_id is 'Set: every call from this network is this organisation''s.';
create index carriers_by_organization on public.carriers (organization_id);

create table public.gateways (
  id uuid primary key default gen_random_uuid(),
  name text not null unique constraint name_is_short check (char_length(name) between 1 and 120),
  address inet not null,
  port integer not null default 5060 constraint port_is_a_port check (port between 1 and 65535),
  dispatch_group public.gateway_group not null default 'default',
  weight integer not null default 1 constraint weight_is_a_share check (weight between 0 and 100),
  priority integer not null default 0,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  unique (address, port)
);
comment on table public.gateways is 'SIP nodes that calls are sent to.';
comment on column public.gateways.weight is 'Share of the calls among gateways of the same group and priority.';
comment on column public.gateways.priority is
  'Highest first; the next is tried when a gateway does not answer its pings.';

grant select, insert, update, delete on public.carriers, public.gateways to authenticated;

alter table public.carriers enable row level security;
alter table public.gateways enable row level security;

create policy "Platform admins see the carriers" on public.carriers
  for select to authenticated using ((select private.is_platform_admin()));
create policy "Platform admins add carriers" on public.carriers
  for insert to authenticated with check ((select private.is_platform_admin()));
create policy "Platform admins change carriers" on public.carriers
  for update to authenticated
  using ((select private.is_platform_admin()))
  with check ((select private.is_platform_admin()));
create policy "Platform admins remove carriers" on public.carriers
  for delete to authenticated using ((select private.is_platform_admin()));

create policy "Platform admins see the gateways" on public.gateways
  for select to authenticated using ((select private.is_platform_admin()));
create policy "Platform admins add gateways" on public.gateways
  for insert to authenticated with check ((select private.is_platform_admin()));
create policy "Platform admins change gateways" on public.gateways
  for update to authenticated
  using ((select private.is_platform_admin()))
  with check ((select private.is_platform_admin()));
create policy "Platform admins remove gateways" on public.gateways
  for delete to authenticated using ((select private.is_platform_admin()));
