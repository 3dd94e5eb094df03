-- What the commands of whoever runs the platform write: organisations, agents and numbers, by names and not by ids, so
-- that the same files can be imported twice. Null leaves a thing as it is. What is already so is not saved again: a
-- version is what somebody changed.

create type public.put_outcome as (id uuid, created boolean, changed boolean, revision bigint);
comment on type public.put_outcome is
  'Not changed: everything was as it was asked for already. revision is that of the configuration.';

create function private.lock_organization(p_slug text) returns public.organizations
language plpgsql set search_path = ''
as $$
declare
  organization public.organizations;
begin
  select * into organization from public.organizations where slug = p_slug for no key update;
  if not found then raise exception 'there is no organisation %', to_jsonb(p_slug); end if;
  return organization;
end;
$$;
comment on function private.lock_organization is
  'The organisation with this tenant key, for one writer at a time: two imports at once take turns.';

create function public.put_organization(
  p_slug text, p_name text default null, p_config jsonb default null, p_by text default null
) returns public.put_outcome
language plpgsql security definer set search_path = ''
as $$
declare
  saved public.organizations;
begin
  perform private.name_saver(p_by);
  insert into public.organizations (slug, name, config)
  values (p_slug, coalesce(p_name, p_slug), coalesce(p_config, '{}'))
  on conflict (slug) do nothing
  returning * into saved;
  if found then return (saved.id, true, true, saved.config_revision); end if;

  saved := private.lock_organization(p_slug);
  if saved.config <> p_config then
    update public.organizations set name = coalesce(p_name, name), config = p_config where id = saved.id
    returning * into saved;
    return (saved.id, false, true, saved.config_revision);
  end if;
  update public.organizations set name = p_name where id = saved.id and name <> p_name;
  return (saved.id, false, found, saved.config_revision);
end;
$$;
comment on function public.put_organization is
  'Makes the organisation with this tenant key, or changes it; p_by is the name that history shows. Definer: the '
  'operator role writes no table.';

create function public.put_agent(
  p_organization text,
  p_name text,
  p_default boolean default null,
  p_config jsonb default null,
  p_by text default null
) returns public.put_outcome
language plpgsql security definer set search_path = ''
as $$
declare
  organization public.organizations := private.lock_organization(p_organization);
  saved public.agent_instances;
begin
  perform private.name_saver(p_by);
  if p_default then
    -- First, because an organisation has one default agent at a time.
    update public.agent_instances
    set is_default = false
    where organization_id = organization.id and is_default and name <> p_name;
  end if;

  select * into saved from public.agent_instances where organization_id = organization.id and name = p_name for update;
  if not found then
    insert into public.agent_instances (organization_id, name, is_default, config)
    values (organization.id, p_name, coalesce(p_default, false), coalesce(p_config, '{}'))
    returning * into saved;
    return (saved.id, true, true, saved.config_revision);
  end if;
  if saved.config <> p_config then
    update public.agent_instances
    set is_default = coalesce(p_default, is_default), config = p_config
    where id = saved.id
    returning * into saved;
    return (saved.id, false, true, saved.config_revision);
  end if;
  update public.agent_instances set is_default = p_default where id = saved.id and is_default <> p_default;
  return (saved.id, false, found, saved.config_revision);
end;
$$;
comment on function public.put_agent is
  'Makes the agent of that name in an organisation, or changes it. p_default true: it is the default one from now on, '
  'and no other. Definer: the operator role writes no table.';

create function private.agent_named(p_organization_id uuid, p_name text) returns uuid
language plpgsql stable set search_path = ''
as $$
declare
  agent_id uuid;
begin
  if p_name is null then return null; end if;
  select id into agent_id from public.agent_instances where organization_id = p_organization_id and name = p_name;
  if not found then raise exception 'the organisation has no agent %', to_jsonb(p_name); end if;
  return agent_id;
end;
$$;
comment on function private.agent_named is 'Null for null: no agent of its own.';

create function public.put_number(
  p_organization text,
  p_phone_number text,
  p_label text default null,
  p_agent text default null,
  p_override jsonb default null,
  p_active boolean default null,
  p_by text default null,
  p_max_concurrent_calls integer default null
) returns public.put_outcome
language plpgsql security definer set search_path = ''
as $$
declare
  organization public.organizations := private.lock_organization(p_organization);
  agent_id uuid := private.agent_named(organization.id, p_agent);
  was public.sip_numbers;
  wanted public.sip_numbers;
begin
  perform private.name_saver(p_by);
  insert into public.sip_numbers (phone_number, organization_id, agent_instance_id, label, config_override, active,
    max_concurrent_calls)
  values (p_phone_number, organization.id, agent_id, coalesce(p_label, ''), coalesce(p_override, '{}'),
    coalesce(p_active, true), coalesce(p_max_concurrent_calls, 1))
  on conflict (phone_number) do nothing
  returning * into was;
  if found then return (was.id, true, true, was.config_revision); end if;

  -- Callers of the number, who need it to stay, come in meanwhile.
  select * into was from public.sip_numbers where phone_number = p_phone_number for no key update;
  wanted := was;
  wanted.organization_id := organization.id;
  wanted.agent_instance_id := agent_id;
  if was.organization_id is distinct from organization.id then
    -- What the organisation before wrote is not the next one's to say.
    wanted.label := '';
    wanted.config_override := '{}';
    wanted.assigned_by := null;
    wanted.assigned_at := now();
  end if;
  wanted.label := coalesce(p_label, wanted.label);
  wanted.config_override := coalesce(p_override, wanted.config_override);
  wanted.active := coalesce(p_active, was.active);
  wanted.max_concurrent_calls := coalesce(p_max_concurrent_calls, was.max_concurrent_calls);

  if (wanted.organization_id, wanted.agent_instance_id, wanted.config_override)
    is distinct from (was.organization_id, was.agent_instance_id, was.config_override) then
    update public.sip_numbers
    set organization_id = wanted.organization_id, agent_instance_id = wanted.agent_instance_id,
      config_override = wanted.config_override, assigned_by = wanted.assigned_by, assigned_at = wanted.assigned_at
    where id = was.id
    returning config_revision into wanted.config_revision;
  end if;
  update public.sip_numbers
  set label = wanted.label, active = wanted.active, max_concurrent_calls = wanted.max_concurrent_calls
  where id = was.id
    and (label, active, max_concurrent_calls)
      is distinct from (wanted.label, wanted.active, wanted.max_concurrent_calls);
  return (was.id, false, found or wanted.config_revision <> was.config_revision, wanted.config_revision);
end;
$$;
comment on function public.put_number is
  'Makes the number, or changes it and gives it to this organisation. p_agent null: its default agent answers. A '
  'number that comes from another organisation brings nothing along. Definer: the operator role writes no table.';

revoke all on function
  private.lock_organization(text),
  private.agent_named(uuid, text),
  public.put_organization(text, text, jsonb, text),
  public.put_agent(text, text, boolean, jsonb, text),
  public.put_number(text, text, text, text, jsonb, boolean, text, integer)
  from public;
grant execute on function
  public.put_organization(text, text, jsonb, text),
  public.put_agent(text, text, boolean, jsonb, text),
  public.put_number(text, text, text, text, jsonb, boolean, text, integer)
  to switchboard_operator;
