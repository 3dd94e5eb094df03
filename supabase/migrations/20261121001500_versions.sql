-- Looking back at what was saved, and going back to it.

create function public.restore_config_version(p_revision bigint) returns table (restored boolean, revision bigint)
language plpgsql volatile rows 1 set search_path = ''
as $$
declare
  version public.config_versions;
begin
  select * into version from public.config_versions versions where versions.revision = p_revision;
  case version.layer
    when 'platform' then
      update public.platform_settings
      set config = version.config
      where config_revision <> p_revision
      returning config_revision into revision;
    when 'organization' then
      update public.organizations
      set config = version.config
      where id = version.organization_id and config_revision <> p_revision
      returning config_revision into revision;
    when 'instance' then
      update public.agent_instances
      set config = version.config
      where id = version.agent_instance_id and config_revision <> p_revision
      returning config_revision into revision;
    when 'number' then
      update public.sip_numbers
      set config_override = version.config
      where id = version.sip_number_id and config_revision <> p_revision
        -- What an earlier organisation wrote for this number is not this one's to say.
        and organization_id is not distinct from version.organization_id
      returning config_revision into revision;
    else null;
  end case;
  restored := revision is not null;
  return next;
end;
$$;
comment on function public.restore_config_version is
  'Saves that version again, under a new revision, on the row it was saved on. Not restored: it is the active one, '
  'there is none like it, or its row is gone or out of reach. Invoker: policies decide who may.';

create function private.written_layer(p_layer public.config_layer, p_organization text, p_name text)
returns table (row_id uuid, organization_id uuid, config jsonb, revision bigint)
language sql stable rows 1 set search_path = ''
as $$
  select null::uuid, null::uuid, platform.config, platform.config_revision
  from public.platform_settings platform
  where p_layer = 'platform'
  union all
  select organization.id, organization.id, organization.config, organization.config_revision
  from public.organizations organization
  where p_layer = 'organization' and organization.slug = p_organization
  union all
  select instance.id, organization.id, instance.config, instance.config_revision
  from public.agent_instances instance
  join public.organizations organization on organization.id = instance.organization_id
  where p_layer = 'instance' and organization.slug = p_organization and instance.name = p_name
  union all
  select number.id, organization.id, number.config_override, number.config_revision
  from public.sip_numbers number
  left join public.organizations organization on organization.id = number.organization_id
  where p_layer = 'number'
    and number.phone_number = p_name
    and (p_organization is null or organization.slug = p_organization)
$$;
comment on function private.written_layer is
  'The row of a layer: of the organisation with that tenant key, its agent with that name, or that number.';

create function public.current_config(
  p_layer public.config_layer, p_organization text default null, p_name text default null
) returns table (config jsonb, revision bigint)
language sql stable security definer rows 1 set search_path = ''
as $$
  select config, revision from private.written_layer(p_layer, p_organization, p_name)
$$;
comment on function public.current_config is
  'What is written on one layer; p_organization is a tenant key, p_name the name of an agent or a number. No row: '
  'there is none like it. Definer: the operator role reads no table.';

create function public.config_history(
  p_layer public.config_layer, p_organization text default null, p_name text default null, p_limit integer default 20
) returns table (revision bigint, saved_at timestamptz, saved_by text, active boolean, config jsonb)
language sql stable security definer set search_path = ''
as $$
  select
    version.revision,
    version.saved_at,
    coalesce(version.saved_by_name, version.saved_by::text),
    version.revision = layer.revision,
    version.config
  from private.written_layer(p_layer, p_organization, p_name) layer
  join public.config_versions version
    on version.layer = p_layer
    and version.organization_id is not distinct from layer.organization_id
    and case p_layer
      when 'instance' then version.agent_instance_id = layer.row_id
      when 'number' then version.sip_number_id = layer.row_id
      else true
    end
  order by version.revision desc
  limit p_limit
$$;
comment on function public.config_history is
  'Every version of one layer, newest first; named as in current_config. Of a number only what its present '
  'organisation saved. Definer: the operator role reads no table.';

create function public.restore_config(p_revision bigint, p_by text default null)
returns table (restored boolean, revision bigint)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  perform private.name_saver(p_by);
  return query select * from public.restore_config_version(p_revision);
end;
$$;
comment on function public.restore_config is
  'restore_config_version for whoever runs the platform; p_by is the name that history shows. Definer: the operator '
  'role writes no table.';

revoke all on function
  private.written_layer(public.config_layer, text, text),
  public.restore_config_version(bigint),
  public.current_config(public.config_layer, text, text),
  public.config_history(public.config_layer, text, text, integer),
  public.restore_config(bigint, text)
  from public;
grant execute on function public.restore_config_version(bigint) to authenticated;
grant execute on function
  public.current_config(public.config_layer, text, text),
  public.config_history(public.config_layer, text, text, integer),
  public.restore_config(bigint, text)
  to switchboard_operator;
