-- What the API tells and changes of organisations, their people, their agents and their numbers. Documents are made here as
-- the API gives them away, so that one query makes a page. Functions run as whoever calls them, and policies decide what they
-- find, but where a comment says otherwise.
--
-- A list takes its filters as one document and gives rows of an item and a cursor: from where the next page goes on.

create function private.list_limit(p_query jsonb) returns integer
language sql immutable set search_path = ''
as $$
  -- One more than is shown tells whether there is another page.
  select least(greatest(coalesce((p_query ->> 'limit')::integer, 50), 1), 500) + 1
$$;
comment on function private.list_limit is 'How many rows a list gives.';

create function private.organization_ref(p_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('id', id, 'slug', slug, 'name', name) from public.organizations where id = p_id
$$;
comment on function private.organization_ref is 'An organisation as other documents name it; null: none, or not to be seen.';

create function private.organization_json(organization public.organizations) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', organization.id,
    'slug', organization.slug,
    'name', organization.name,
    'status', organization.status,
    'timezone', organization.timezone,
    'pool', organization.pool,
    'maxConcurrentCalls', organization.max_concurrent_calls,
    'maxCallsPerSecond', organization.max_calls_per_second,
    'maxCallMinutes', organization.max_call_minutes,
    'monthlySpendLimit', organization.monthly_spend_limit,
    'monthlyMinutesLimit', organization.monthly_minutes_limit,
    'numbers', (select count(*) from public.sip_numbers number where number.organization_id = organization.id),
    'liveCalls', (select count(*) from public.active_calls call where call.organization_id = organization.id),
    'createdAt', organization.created_at
  )
$$;
comment on function private.organization_json is 'An organisation as the API gives it away.';

create function public.api_organizations(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language sql stable set search_path = ''
as $$
  select private.organization_json(organization), organization.slug
  from public.organizations organization
  where (p_query ->> 'id' is null or organization.id = (p_query ->> 'id')::uuid)
    and (
      p_query ->> 'search' is null
      or strpos(lower(organization.name || ' ' || organization.slug), lower(p_query ->> 'search')) > 0
    )
    and (p_query ->> 'after' is null or organization.slug > p_query ->> 'after')
  order by organization.slug
  limit private.list_limit(p_query)
$$;
comment on function public.api_organizations is 'Organisations by tenant key; filters: id, search, after, limit.';

create function public.api_add_organization(p_organization jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  added public.organizations;
begin
  perform private.demand(private.is_platform_admin());
  insert into public.organizations (slug, name, timezone)
  values (
    p_organization ->> 'slug',
    coalesce(p_organization ->> 'name', p_organization ->> 'slug'),
    coalesce(p_organization ->> 'timezone', 'UTC')
  )
  returning * into added;
  return private.organization_json(added);
end;
$$;
comment on function public.api_add_organization is
  'Makes an organisation; a platform admin may. Definer: nobody may add to the table.';

create function public.api_change_organization(p_id uuid, p_changes jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted public.organizations;
begin
  perform private.demand_role(p_id, 'editor');
  select * into wanted from public.organizations where id = p_id for no key update;
  if not found then return null; end if;
  -- What an organisation says of itself; all else is the platform's to say.
  perform private.demand(private.is_platform_admin() or p_changes - array['name', 'timezone'] = '{}');
  wanted := jsonb_populate_record(wanted, private.to_columns(p_changes));
  update public.organizations
  set name = wanted.name, timezone = wanted.timezone, status = wanted.status, pool = wanted.pool,
    max_concurrent_calls = wanted.max_concurrent_calls, max_calls_per_second = wanted.max_calls_per_second,
    max_call_minutes = wanted.max_call_minutes, monthly_spend_limit = wanted.monthly_spend_limit,
    monthly_minutes_limit = wanted.monthly_minutes_limit
  where id = p_id
  returning * into wanted;
  return private.organization_json(wanted);
end;
$$;
comment on function public.api_change_organization is
  'Changes the named fields; its editors may name and timezone, a platform admin all. Null: there is none. Definer: limits '
  'are no tenant''s to write.';

create function private.to_columns(p_fields jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_object_agg(lower(regexp_replace(key, '([A-Z])', '_\1', 'g')), value), '{}')
  from jsonb_each(p_fields)
$$;
comment on function private.to_columns is 'Fields as the API names them, named as columns are: maxCalls, max_calls.';

create function private.agent_json(agent public.agent_instances) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', agent.id,
    'name', agent.name,
    'isDefault', agent.is_default,
    'organization', private.organization_ref(agent.organization_id),
    'numbers', (
      select count(*) from public.sip_numbers number
      where number.agent_instance_id = agent.id
        or agent.is_default and number.agent_instance_id is null and number.organization_id = agent.organization_id
    ),
    'revision', agent.config_revision,
    'createdAt', agent.created_at
  )
$$;
comment on function private.agent_json is 'A voice agent as the API gives it away.';

create function public.api_agents(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language sql stable set search_path = ''
as $$
  select private.agent_json(agent), agent.id::text
  from public.agent_instances agent
  where (p_query ->> 'id' is null or agent.id = (p_query ->> 'id')::uuid)
    and (p_query ->> 'organization' is null or agent.organization_id = (p_query ->> 'organization')::uuid)
    and (p_query ->> 'after' is null or agent.id > (p_query ->> 'after')::uuid)
  order by agent.id
  limit private.list_limit(p_query)
$$;
comment on function public.api_agents is 'Voice agents; filters: id, organization, after, limit.';

create function public.api_add_agent(p_organization_id uuid, p_name text) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
  added public.agent_instances;
begin
  insert into public.agent_instances (organization_id, name, is_default)
  values (
    p_organization_id,
    p_name,
    not exists (select from public.agent_instances where organization_id = p_organization_id and is_default)
  )
  returning * into added;
  return private.agent_json(added);
end;
$$;
comment on function public.api_add_agent is 'Makes a voice agent, the default one if there is no other.';

create function public.api_change_agent(p_id uuid, p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
  wanted public.agent_instances;
begin
  select * into wanted from public.agent_instances where id = p_id;
  if not found then return null; end if;
  perform private.demand_role(wanted.organization_id, 'editor');
  wanted := jsonb_populate_record(wanted, private.to_columns(p_changes));
  if wanted.is_default then
    update public.agent_instances set is_default = false
    where organization_id = wanted.organization_id and is_default and id <> p_id;
  end if;
  update public.agent_instances set name = wanted.name, is_default = wanted.is_default where id = p_id
  returning * into wanted;
  return private.agent_json(wanted);
end;
$$;
comment on function public.api_change_agent is
  'Changes the name, or makes it the default one in the place of the one that was. Null: there is none.';

create function public.api_remove_agent(p_id uuid) returns boolean
language plpgsql volatile set search_path = ''
as $$
declare
  owner uuid := (select organization_id from public.agent_instances where id = p_id);
begin
  if owner is null then return false; end if;
  perform private.demand_role(owner, 'editor');
  delete from public.agent_instances where id = p_id;
  return found;
end;
$$;
comment on function public.api_remove_agent is 'False: there was none.';

create function private.language_of(p_number_id uuid) returns text
language sql stable security definer set search_path = ''
as $$
  select coalesce(private.policy_of(number) ->> 'language', 'en')
  from public.sip_numbers number
  where number.id = p_number_id and number.organization_id is not null
$$;
comment on function private.language_of is
  'What the agent of a number speaks, as its layers say it; null: it is nobody''s. Definer: the platform''s '
  'layer is one of them. It tells nothing else.';

create function private.number_json(number public.sip_numbers) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', number.id,
    'phoneNumber', number.phone_number,
    'label', number.label,
    'active', number.active,
    'maxConcurrentCalls', number.max_concurrent_calls,
    'organization', private.organization_ref(number.organization_id),
    'agent', (
      select jsonb_build_object('id', agent.id, 'name', agent.name, 'own', number.agent_instance_id is not null)
      from public.agent_instances agent
      where agent.organization_id = number.organization_id
        and case when number.agent_instance_id is null then agent.is_default else agent.id = number.agent_instance_id end
    ),
    'language', private.language_of(number.id),
    'liveCalls', (select count(*) from public.active_calls call where call.sip_number_id = number.id),
    'assignedAt', number.assigned_at,
    'revision', number.config_revision
  )
$$;
comment on function private.number_json is 'A number as the API gives it away.';

create function public.api_numbers(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language sql stable set search_path = ''
as $$
  select private.number_json(number), number.phone_number
  from public.sip_numbers number
  where (p_query ->> 'id' is null or number.id = (p_query ->> 'id')::uuid)
    and (p_query ->> 'organization' is null or number.organization_id = (p_query ->> 'organization')::uuid)
    and (
      p_query ->> 'assigned' is null or (number.organization_id is not null) = (p_query ->> 'assigned')::boolean
    )
    and (
      p_query ->> 'search' is null
      or strpos(lower(number.phone_number || ' ' || number.label), lower(p_query ->> 'search')) > 0
    )
    and (p_query ->> 'after' is null or number.phone_number > p_query ->> 'after')
  order by number.phone_number
  limit private.list_limit(p_query)
$$;
comment on function public.api_numbers is
  'Numbers in the order of their digits; filters: id, organization, assigned, search, after, limit.';

create function public.api_change_number(p_id uuid, p_changes jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  was public.sip_numbers;
  wanted public.sip_numbers;
begin
  -- Callers of the number, who need it to stay, come in meanwhile.
  select * into was from public.sip_numbers where id = p_id for no key update;
  if not found or was.organization_id is null and not private.is_platform_admin() then return null; end if;
  perform private.demand_role(was.organization_id, 'editor');
  perform private.demand(private.is_platform_admin() or p_changes - array['label', 'active'] = '{}');
  wanted := jsonb_populate_record(was, private.to_columns(p_changes));
  if p_changes ? 'organization' then wanted.organization_id := p_changes ->> 'organization'; end if;
  if p_changes ? 'agent' then wanted.agent_instance_id := p_changes ->> 'agent'; end if;
  if wanted.organization_id is distinct from was.organization_id then
    -- What the organisation before wrote is not the next one's to say.
    wanted.config_override := '{}';
    wanted.label := coalesce(p_changes ->> 'label', '');
    wanted.agent_instance_id := p_changes ->> 'agent';
    wanted.assigned_by := auth.uid();
    wanted.assigned_at := now();
  end if;
  if (wanted.organization_id, wanted.agent_instance_id) is distinct from (was.organization_id, was.agent_instance_id) then
    update public.sip_numbers
    set organization_id = wanted.organization_id, agent_instance_id = wanted.agent_instance_id,
      config_override = wanted.config_override, assigned_by = wanted.assigned_by, assigned_at = wanted.assigned_at
    where id = p_id;
  end if;
  update public.sip_numbers
  set label = wanted.label, active = wanted.active, max_concurrent_calls = wanted.max_concurrent_calls
  where id = p_id
  returning * into wanted;
  return private.number_json(wanted);
end;
$$;
comment on function public.api_change_number is
  'Changes the named fields: label and active by editors of its organisation; organization, agent and maxConcurrentCalls by '
  'platform admins. A number that goes to another organisation brings nothing along. Null: there is none to be seen. '
  'Definer: assigning is no tenant''s to do.';

create function public.api_add_numbers(p_numbers jsonb) returns table (phone_number text, outcome text, number jsonb)
language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted jsonb;
  added public.sip_numbers;
begin
  perform private.demand(private.is_platform_admin());
  for wanted in select * from jsonb_array_elements(p_numbers) loop
    phone_number := wanted ->> 'phoneNumber';
    insert into public.sip_numbers
      (phone_number, organization_id, agent_instance_id, label, max_concurrent_calls, assigned_by)
    values (
      wanted ->> 'phoneNumber',
      (wanted ->> 'organization')::uuid,
      (wanted ->> 'agent')::uuid,
      coalesce(wanted ->> 'label', ''),
      coalesce((wanted ->> 'maxConcurrentCalls')::integer, 1),
      auth.uid()
    )
    on conflict on constraint sip_numbers_phone_number_key do nothing
    returning * into added;
    outcome := case when found then 'added' else 'exists' end;
    number := case when found then private.number_json(added) end;
    return next;
  end loop;
end;
$$;
comment on function public.api_add_numbers is
  'Adds numbers, all or, if one of them cannot be, none; those that are there already are left as they are. A platform '
  'admin may. Definer: the columns are nobody''s to write.';

create function public.api_remove_number(p_id uuid) returns boolean
language plpgsql volatile set search_path = ''
as $$
begin
  perform private.demand(private.is_platform_admin());
  delete from public.sip_numbers where id = p_id;
  return found;
end;
$$;
comment on function public.api_remove_number is 'A platform admin may. False: there was none.';

create function public.api_layers(p_layer public.config_layer, p_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'organizationName', coalesce(organization.name, ''),
    'phoneNumber', number.phone_number,
    'platform', platform.config,
    'organization', coalesce(organization.config, '{}'),
    'instance', agent.config,
    'number', coalesce(number.config_override, '{}')
  )
  from public.platform_settings platform
  left join public.sip_numbers number on p_layer = 'number' and number.id = p_id
  left join public.agent_instances named on p_layer = 'instance' and named.id = p_id
  left join public.organizations organization
    on organization.id = case p_layer
      when 'organization' then p_id
      when 'instance' then named.organization_id
      when 'number' then number.organization_id
    end
  left join lateral (
    select config from private.find_agent(number) where p_layer = 'number'
    union all
    select named.config where p_layer = 'instance'
  ) agent on true
  where private.is_platform_admin() or organization.id in (select private.my_organizations())
$$;
comment on function public.api_layers is
  'Everything that was written for an agent up to that layer, weakest first; instance null: no agent is said. Null: no such '
  'row to be seen. Definer: what the platform says to all is in it.';

create function public.api_layer(p_layer public.config_layer, p_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('config', config, 'revision', revision, 'organization', private.organization_ref(organization))
  from (
    select config, config_revision, null::uuid from public.platform_settings where p_layer = 'platform'
    union all
    select config, config_revision, id from public.organizations where p_layer = 'organization' and id = p_id
    union all
    select config, config_revision, organization_id from public.agent_instances where p_layer = 'instance' and id = p_id
    union all
    select config_override, config_revision, organization_id from public.sip_numbers
    where p_layer = 'number' and id = p_id
  ) layer (config, revision, organization)
$$;
comment on function public.api_layer is 'What is written on one layer; null: no such row to be seen.';

create function public.api_save_layer(p_layer public.config_layer, p_id uuid, p_config jsonb, p_revision bigint)
returns table (outcome text, revision bigint)
language plpgsql volatile rows 1 set search_path = ''
as $$
begin
  case p_layer
    when 'platform' then
      update public.platform_settings set config = p_config where config_revision = p_revision
      returning config_revision into revision;
    when 'organization' then
      update public.organizations set config = p_config where id = p_id and config_revision = p_revision
      returning config_revision into revision;
    when 'instance' then
      update public.agent_instances set config = p_config where id = p_id and config_revision = p_revision
      returning config_revision into revision;
    when 'number' then
      update public.sip_numbers set config_override = p_config where id = p_id and config_revision = p_revision
      returning config_revision into revision;
  end case;
  outcome := 'saved';
  if revision is null then
    revision := (public.api_layer(p_layer, p_id) ->> 'revision')::bigint;
    outcome := case
      when revision is null then 'missing'
      when revision = p_revision then 'forbidden'
      else 'changed_meanwhile'
    end;
  end if;
  return next;
end;
$$;
comment on function public.api_save_layer is
  'Saves a configuration over the version that its writer saw. changed_meanwhile: somebody else saved another one, whose '
  'revision this is. forbidden: it may be seen and not changed.';

create function public.api_versions(p_layer public.config_layer, p_id uuid, p_query jsonb default '{}')
returns table (item jsonb, cursor text)
language sql stable set search_path = ''
as $$
  select
    jsonb_build_object(
      'revision', version.revision,
      'savedAt', version.saved_at,
      'savedBy', coalesce(version.saved_by_name, version.saved_by::text),
      'active', version.revision = (public.api_layer(p_layer, p_id) ->> 'revision')::bigint,
      'config', version.config
    ),
    version.revision::text
  from public.config_versions version
  where version.layer = p_layer
    and case p_layer
      when 'organization' then version.organization_id = p_id
      when 'instance' then version.agent_instance_id = p_id
      -- What an earlier organisation wrote for a number is not the present one's to read.
      when 'number' then version.sip_number_id = p_id
        and version.organization_id is not distinct from
          (select number.organization_id from public.sip_numbers number where number.id = p_id)
      else true
    end
    and (p_query ->> 'after' is null or version.revision < (p_query ->> 'after')::bigint)
  order by version.revision desc
  limit private.list_limit(p_query)
$$;
comment on function public.api_versions is 'What was ever saved on a layer, newest first; filters: after, limit.';

revoke all on function
  private.list_limit(jsonb),
  private.organization_ref(uuid),
  private.organization_json(public.organizations),
  private.to_columns(jsonb),
  private.agent_json(public.agent_instances),
  private.language_of(uuid),
  private.number_json(public.sip_numbers),
  public.api_organizations(jsonb),
  public.api_add_organization(jsonb),
  public.api_change_organization(uuid, jsonb),
  public.api_agents(jsonb),
  public.api_add_agent(uuid, text),
  public.api_change_agent(uuid, jsonb),
  public.api_remove_agent(uuid),
  public.api_numbers(jsonb),
  public.api_change_number(uuid, jsonb),
  public.api_add_numbers(jsonb),
  public.api_remove_number(uuid),
  public.api_layers(public.config_layer, uuid),
  public.api_layer(public.config_layer, uuid),
  public.api_save_layer(public.config_layer, uuid, jsonb, bigint),
  public.api_versions(public.config_layer, uuid, jsonb)
  from public;
grant execute on function
  private.list_limit(jsonb),
  private.organization_ref(uuid),
  private.organization_json(public.organizations),
  private.to_columns(jsonb),
  private.agent_json(public.agent_instances),
  private.language_of(uuid),
  private.number_json(public.sip_numbers),
  public.api_organizations(jsonb),
  public.api_add_organization(jsonb),
  public.api_change_organization(uuid, jsonb),
  public.api_agents(jsonb),
  public.api_add_agent(uuid, text),
  public.api_change_agent(uuid, jsonb),
  public.api_remove_agent(uuid),
  public.api_numbers(jsonb),
  public.api_change_number(uuid, jsonb),
  public.api_add_numbers(jsonb),
  public.api_remove_number(uuid),
  public.api_layers(public.config_layer, uuid),
  public.api_layer(public.config_layer, uuid),
  public.api_save_layer(public.config_layer, uuid, jsonb, bigint),
  public.api_versions(public.config_layer, uuid, jsonb)
  to authenticated;
