-- Secrets: of the providers that tenants pay, of programs that call the API, of servers that receive webhooks.

create table public.provider_keys (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid references public.organizations (id) on delete cascade,
  provider text not null constraint provider_is_a_name check (provider ~ '^[a-z][a-z0-9-]{0,31}$'),
  key_id text not null default 'k1' constraint key_id_is_a_name check (key_id ~ '^[a-z0-9-]{1,32}$'),
  ciphertext text not null constraint ciphertext_is_sealed check (char_length(ciphertext) between 40 and 4096),
  last_four text not null constraint last_four_is_four check (char_length(last_four) <= 4),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
comment on table public.provider_keys is
  'Provider keys, sealed by shared/provider-keys.ts. They can be written and used, never read.';
comment on column public.provider_keys.organization_id is
  'Null: a key of the platform, for organisations without one of their own where the owner allows it.';
comment on column public.provider_keys.key_id is 'The secret that sealed it.';
comment on column public.provider_keys.ciphertext is
  'Base64 of nonce, tag and AES-256-GCM data, bound to the tenant (the platform: *) and the provider.';
create index provider_keys_by_organization on public.provider_keys (organization_id);
create unique index one_key_in_use_a_provider on public.provider_keys (organization_id, provider) nulls not distinct
  where revoked_at is null;

create table public.api_keys (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid references public.organizations (id) on delete cascade,
  name text not null constraint name_is_short check (char_length(name) between 1 and 120),
  hash text not null unique,
  last_four text not null constraint last_four_is_four check (char_length(last_four) <= 4),
  scopes text[] not null default '{}',
  created_by uuid,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
comment on table public.api_keys is 'Keys of programs that call the API.';
comment on column public.api_keys.organization_id is 'Null: a key of the platform itself.';
comment on column public.api_keys.hash is 'SHA-256 of the key, hexadecimal. The key itself is shown once and not kept.';
create index api_keys_by_organization on public.api_keys (organization_id);

create table public.webhook_endpoints (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  url text not null constraint url_is_https check (url ~ '^https://' and char_length(url) <= 2000),
  events text[] not null default '{}',
  secret_ciphertext text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  constraint endpoint_of_its_organization unique (organization_id, id)
);
comment on table public.webhook_endpoints is 'Where a tenant wants to be told of its calls.';
comment on column public.webhook_endpoints.secret_ciphertext is
  'What deliveries are signed with, sealed like provider keys.';

create table public.webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  endpoint_id uuid not null,
  event text not null,
  payload jsonb not null,
  attempts integer not null default 0 constraint attempts_are_not_negative check (attempts >= 0),
  next_attempt_at timestamptz,
  delivered_at timestamptz,
  response_status integer,
  created_at timestamptz not null default now(),
  foreign key (organization_id, endpoint_id) references public.webhook_endpoints (organization_id, id) on delete cascade
);
comment on table public.webhook_deliveries is 'Each event owed to an endpoint, until it is delivered or given up.';
comment on column public.webhook_deliveries.next_attempt_at is 'Null: delivered or given up.';
create index webhook_deliveries_by_endpoint on public.webhook_deliveries (organization_id, endpoint_id, created_at desc);
create index webhook_deliveries_due on public.webhook_deliveries (next_attempt_at) where next_attempt_at is not null;

-- Column by column: what is secret is in no grant, so no policy can let it out by mistake.
grant select (id, organization_id, provider, key_id, last_four, created_at, revoked_at)
  on public.provider_keys to authenticated;
grant select (id, organization_id, name, last_four, scopes, created_by, created_at, last_used_at, expires_at, revoked_at)
  on public.api_keys to authenticated;
grant select (id, organization_id, url, events, active, created_at) on public.webhook_endpoints to authenticated;
grant select on public.webhook_deliveries to authenticated;

alter table public.provider_keys enable row level security;
alter table public.api_keys enable row level security;
alter table public.webhook_endpoints enable row level security;
alter table public.webhook_deliveries enable row level security;

create policy "Owners see which provider keys their organisation has" on public.provider_keys
  for select to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
create policy "Owners see which API keys their organisation has" on public.api_keys
  for select to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
create policy "Editors see the webhook endpoints of their organisation" on public.webhook_endpoints
  for select to authenticated
  using (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));
create policy "Editors see the webhook deliveries of their organisation" on public.webhook_deliveries
  for select to authenticated
  using (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));
