-- Whose number was dialled, and everything that was written for its agent.

create function private.find_number(p_called text) returns setof public.sip_numbers
language sql stable rows 1 set search_path = ''
as $$
  select *
  from public.sip_numbers
  where phone_number in (p_called, '+' || p_called) and organization_id is not null
  order by phone_number = p_called desc
  limit 1
$$;
comment on function private.find_number is
  'The assigned number that was dialled: as it is stored, else with the plus that some exchanges leave out. Never a '
  'near miss.';

create function public.lookup_number(p_called text) returns table (
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
  config_version bigint,
  provider_keys jsonb
)
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
    greatest(
      platform.config_revision, organization.config_revision, instance.config_revision, number.config_revision
    ),
    coalesce(
      (
        select jsonb_agg(
          jsonb_build_object('provider', key.provider, 'key_id', key.key_id, 'ciphertext', key.ciphertext)
          order by key.created_at desc
        )
        from public.provider_keys key
        where key.organization_id = organization.id and key.revoked_at is null
      ),
      '[]'
    )
  from private.find_number(p_called) number
  join public.organizations organization on organization.id = number.organization_id
  cross join public.platform_settings platform
  left join public.agent_instances instance
    on instance.organization_id = organization.id
    and case
      when number.agent_instance_id is null then instance.is_default
      else instance.id = number.agent_instance_id
    end
$$;
comment on function public.lookup_number is
  'No row, or the one number that was dialled with its configuration layers, weakest first, and the sealed keys of '
  'its own organisation. Definer: the agent role reads no table.';

revoke all on function private.find_number(text), public.lookup_number(text) from public;
grant execute on function public.lookup_number(text) to switchboard_agent;
