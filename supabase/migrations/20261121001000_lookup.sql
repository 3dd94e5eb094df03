-- Whose number was dialled, and everything that was written for its agent.

-- The two are in PL/pgSQL because their plans are kept: planning them anew cost each call three times what running them does.
create function private.find_number(p_called text) returns setof public.sip_numbers
language plpgsql stable rows 1 set search_path = ''
as $$
begin
  return query
    select *
    from public.sip_numbers
    where phone_number in (p_called, '+' || p_called, '*')
      and (phone_number <> '*' or active)
      and organization_id is not null
    order by phone_number = p_called desc, phone_number = '*'
    limit 1;
end;
$$;
comment on function private.find_number is
  'The assigned number that was dialled: as it is stored, else with the plus that some exchanges leave out, else the '
  'active row for any number. Never a near miss.';

create function private.find_agent(number public.sip_numbers) returns setof public.agent_instances
language plpgsql stable rows 1 set search_path = ''
as $$
begin
  if number.agent_instance_id is null then
    return query
      select * from public.agent_instances where organization_id = number.organization_id and is_default;
  else
    return query
      select *
      from public.agent_instances
      where organization_id = number.organization_id and id = number.agent_instance_id;
  end if;
end;
$$;
comment on function private.find_agent is 'Who answers the number: its own agent, else the default one of its organisation.';

create function private.usable_keys(p_organization_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'provider', key.provider,
        'key_id', key.key_id,
        'ciphertext', key.ciphertext,
        'owner', case when key.organization_id is null then 'platform' else 'organization' end
      )
      order by key.provider
    ),
    '[]'
  )
  from public.provider_keys key
  where key.revoked_at is null
    and (
      key.organization_id = p_organization_id
      or key.organization_id is null
      and (select config @> '{"owner": {"platform_keys": true}}' from public.platform_settings)
      and not exists (
        select from public.provider_keys own
        where own.organization_id = p_organization_id and own.provider = key.provider and own.revoked_at is null
      )
    )
$$;
comment on function private.usable_keys is
  'The sealed keys of an organisation and, only where the owner of the platform allows it, the platform''s for '
  'providers of which it has none.';

create type public.number_lookup as (
  number_id uuid,
  organization_id uuid,
  tenant text,
  organization_name text,
  phone_number text,
  label text,
  active boolean,
  organization_active boolean,
  platform_config jsonb,
  organization_config jsonb,
  instance_config jsonb,
  config_override jsonb,
  config_revision bigint,
  changed_revision bigint,
  provider_keys jsonb
);
comment on type public.number_lookup is
  'config_revision is the greatest revision of the layers; changed_revision says which of config_changes are in it.';

create function public.lookup_number(p_called text) returns setof public.number_lookup
language sql stable security definer rows 1 set search_path = ''
as $$
  select
    number.id,
    organization.id,
    organization.slug,
    organization.name,
    number.phone_number,
    number.label,
    number.active,
    organization.status = 'active',
    platform.config,
    organization.config,
    instance.config,
    number.config_override,
    written.revision,
    private.changed_revision(organization.slug),
    private.usable_keys(organization.id)
  from private.find_number(p_called) number
  join public.organizations organization on organization.id = number.organization_id
  cross join public.platform_settings platform
  left join lateral private.find_agent(number) instance on true
  cross join lateral greatest(
    platform.config_revision, organization.config_revision, instance.config_revision, number.config_revision
  ) written (revision)
$$;
comment on function public.lookup_number is
  'No row, or the one number that was dialled with its configuration layers, weakest first, and the sealed keys that '
  'its calls may use. Definer: the agent role reads no table.';

create function public.lookup_number_before(p_called text, p_revision bigint) returns setof public.number_lookup
language sql stable security definer rows 1 set search_path = ''
as $$
  select
    number.id,
    found.organization_id,
    found.tenant,
    found.organization_name,
    found.phone_number,
    found.label,
    found.active,
    found.organization_active,
    platform.config,
    organization.config,
    instance.config,
    override.config,
    written.revision,
    found.changed_revision,
    found.provider_keys
  from public.lookup_number(p_called) found
  join public.sip_numbers number on number.id = found.number_id
  cross join lateral private.find_agent(number) agent
  cross join lateral (
    select config, revision from public.config_versions
    where layer = 'platform' and revision < p_revision
    order by revision desc limit 1
  ) platform
  cross join lateral (
    select config, revision from public.config_versions
    where layer = 'organization' and organization_id = found.organization_id and revision < p_revision
    order by revision desc limit 1
  ) organization
  cross join lateral (
    select config, revision from public.config_versions
    where agent_instance_id = agent.id and revision < p_revision
    order by revision desc limit 1
  ) instance
  cross join lateral (
    -- What an earlier organisation wrote for this number is not this one's to say.
    select config, revision from public.config_versions
    where sip_number_id = number.id and organization_id = found.organization_id and revision < p_revision
    order by revision desc limit 1
  ) override
  cross join lateral greatest(
    platform.revision, organization.revision, instance.revision, override.revision
  ) written (revision)
$$;
comment on function public.lookup_number_before is
  'As lookup_number, with every layer as it stood before that revision; asked again with the revision that comes back '
  'it goes one step further. No row: some layer was not written yet. Keys and names are those of now. Definer: the '
  'agent role reads no table.';

revoke all on function
  private.find_number(text),
  private.find_agent(public.sip_numbers),
  private.usable_keys(uuid),
  public.lookup_number(text),
  public.lookup_number_before(text, bigint)
  from public;
grant execute on function public.lookup_number(text), public.lookup_number_before(text, bigint) to switchboard_agent;
