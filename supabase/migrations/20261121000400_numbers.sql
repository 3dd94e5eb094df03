-- What can be dialled, who answers it, and every version of what they were told to say.

create type public.config_layer as enum ('platform', 'organization', 'instance', 'number');
comment on type public.config_layer is 'The written layers of an agent configuration, weakest first.';

create table public.agent_instances (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  name text not null constraint name_is_short check (char_length(name) between 1 and 120),
  is_default boolean not null default false,
  config jsonb not null default '{}',
  config_revision bigint not null default 0,
  created_at timestamptz not null default now(),
  unique (organization_id, name),
  constraint instance_of_its_organization unique (organization_id, id)
);
comment on table public.agent_instances is 'Voice agents of an organisation; several numbers may share one.';
comment on column public.agent_instances.is_default is 'Answers the numbers of the organisation that name no agent.';
comment on column public.agent_instances.config is 'Third layer of the agent configuration.';
comment on column public.agent_instances.config_revision is 'Revision of config in config_versions.';
create unique index one_default_agent_an_organization on public.agent_instances (organization_id) where is_default;

create table public.sip_numbers (
  id uuid primary key default gen_random_uuid(),
  phone_number text not null unique
    constraint phone_number_can_be_dialled check (phone_number ~ '^(\+?[0-9]{2,15}|\*)$'),
  organization_id uuid references public.organizations (id) on delete restrict,
  agent_instance_id uuid,
  active boolean not null default true,
  label text not null default '' constraint label_is_short check (char_length(label) <= 120),
  config_override jsonb not null default '{}',
  config_revision bigint not null default 0,
  max_concurrent_calls integer not null default 1 constraint limit_is_not_negative check (max_concurrent_calls >= 0),
  assigned_by uuid,
  assigned_at timestamptz not null default now(),
  -- An agent of another organisation would speak with that organisation's prompt and pay with its keys.
  constraint agent_is_of_the_same_organization foreign key (organization_id, agent_instance_id)
    references public.agent_instances (organization_id, id),
  constraint agent_needs_an_organization check (organization_id is not null or agent_instance_id is null)
);
comment on table public.sip_numbers is
  'Every number and extension that can be dialled here. Without an organisation it is nobody''s and refused as '
  'unknown.';
comment on column public.sip_numbers.phone_number is
  'E.164 with its plus, or an extension, as the exchange sends it; * while active: any number that no other row has.';
comment on column public.sip_numbers.config_override is 'Strongest layer of the agent configuration.';
comment on column public.sip_numbers.config_revision is 'Revision of config_override in config_versions.';
comment on column public.sip_numbers.assigned_by is 'The platform admin who gave the number to its organisation.';
create index sip_numbers_by_organization on public.sip_numbers (organization_id, agent_instance_id);

create table public.config_versions (
  revision bigint primary key,
  layer public.config_layer not null,
  organization_id uuid references public.organizations (id) on delete cascade,
  agent_instance_id uuid references public.agent_instances (id) on delete cascade,
  sip_number_id uuid references public.sip_numbers (id) on delete cascade,
  config jsonb not null,
  saved_by uuid,
  saved_by_name text constraint saved_by_name_is_short check (char_length(saved_by_name) <= 120),
  saved_at timestamptz not null default now()
);
comment on table public.config_versions is
  'Every configuration that was ever saved. The row it was saved on names the active one by config_revision; to '
  'roll back is to save an old one again.';
comment on column public.config_versions.saved_by is 'The signed-in user; null: the platform itself.';
comment on column public.config_versions.saved_by_name is
  'The address of the signed-in user, or who a command of the platform says it was; null: nobody said.';
create index config_versions_of_platform on public.config_versions (revision desc) where layer = 'platform';
create index config_versions_by_organization on public.config_versions (organization_id, layer, revision desc);
create index config_versions_by_instance on public.config_versions (agent_instance_id, revision desc);
create index config_versions_by_number on public.config_versions (sip_number_id, revision desc);

-- One sequence over all layers: the greatest revision of the layers of a number is the version of what its agent says.
create sequence private.config_revisions;

create function private.stamp_config_revision() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.config_revision := nextval('private.config_revisions');
  return new;
end;
$$;
comment on function private.stamp_config_revision is
  'Gives a saved configuration the next revision. Definer: tenants who save have no right on the sequence.';

create function private.name_saver(p_name text) returns void
language sql volatile set search_path = ''
as $$
  select set_config('switchboard.saved_by', left(coalesce(p_name, ''), 120), true)
$$;
comment on function private.name_saver is 'Who saves what this transaction saves, where nobody is signed in.';

create function private.saver_name() returns text
language sql stable set search_path = ''
as $$
  select case
    -- Whoever is signed in is named by the token and by nothing else.
    when (select auth.uid()) is not null
      then left(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email', 120)
    else nullif(current_setting('switchboard.saved_by', true), '')
  end
$$;
comment on function private.saver_name is 'For saved_by_name.';

create function private.keep_config_version() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  saved jsonb := to_jsonb(new);
  saved_layer public.config_layer := tg_argv[0];
begin
  insert into public.config_versions
    (revision, layer, organization_id, agent_instance_id, sip_number_id, config, saved_by, saved_by_name)
  values (
    new.config_revision,
    saved_layer,
    case saved_layer when 'organization' then saved ->> 'id' else saved ->> 'organization_id' end::uuid,
    case saved_layer when 'instance' then saved ->> 'id' end::uuid,
    case saved_layer when 'number' then saved ->> 'id' end::uuid,
    case saved_layer when 'number' then saved -> 'config_override' else saved -> 'config' end,
    (select auth.uid()),
    private.saver_name()
  );
  return null;
end;
$$;
comment on function private.keep_config_version is
  'Writes history that nobody can skip or forge. Its argument is the layer. Definer: nobody may write '
  'config_versions.';

create trigger stamp_config_revision before insert or update of config on public.platform_settings
  for each row execute function private.stamp_config_revision();
create trigger stamp_config_revision before insert or update of config on public.organizations
  for each row execute function private.stamp_config_revision();
create trigger stamp_config_revision before insert or update of config on public.agent_instances
  for each row execute function private.stamp_config_revision();
-- Another organisation or agent is another configuration too, although no text changed.
create trigger stamp_config_revision before insert or update of config_override, organization_id, agent_instance_id
  on public.sip_numbers for each row execute function private.stamp_config_revision();

create trigger keep_config_version after insert or update of config on public.platform_settings
  for each row execute function private.keep_config_version('platform');
create trigger keep_config_version after insert or update of config on public.organizations
  for each row execute function private.keep_config_version('organization');
create trigger keep_config_version after insert or update of config on public.agent_instances
  for each row execute function private.keep_config_version('instance');
create trigger keep_config_version after insert or update of config_override, organization_id, agent_instance_id
  on public.sip_numbers for each row execute function private.keep_config_version('number');

-- The platform's row is older than these triggers, and history begins with the first version of every row.
update public.platform_settings set config = config;

revoke all on function
  private.stamp_config_revision(),
  private.name_saver(text),
  private.saver_name(),
  private.keep_config_version()
  from public;

grant select on public.agent_instances, public.sip_numbers, public.config_versions to authenticated;
grant insert (organization_id, name, is_default, config), update (name, is_default, config), delete
  on public.agent_instances to authenticated;
-- The whole of what a tenant may change of a number. Creating and assigning is the platform's.
grant update (label, active, config_override) on public.sip_numbers to authenticated;
grant insert, delete on public.sip_numbers to authenticated;

alter table public.agent_instances enable row level security;
alter table public.sip_numbers enable row level security;
alter table public.config_versions enable row level security;

create policy "Members see the agents of their organisation" on public.agent_instances
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Editors add agents to their organisation" on public.agent_instances
  for insert to authenticated
  with check (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));
create policy "Editors change the agents of their organisation" on public.agent_instances
  for update to authenticated
  using (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()))
  with check (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));
create policy "Editors remove agents of their organisation" on public.agent_instances
  for delete to authenticated
  using (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));

create policy "Members see the numbers of their organisation" on public.sip_numbers
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Editors change the numbers of their organisation" on public.sip_numbers
  for update to authenticated
  using (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()))
  with check (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));
create policy "Platform admins add numbers" on public.sip_numbers
  for insert to authenticated with check ((select private.is_platform_admin()));
create policy "Platform admins remove numbers" on public.sip_numbers
  for delete to authenticated using ((select private.is_platform_admin()));

create policy "Members see what was saved in their organisation" on public.config_versions
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
