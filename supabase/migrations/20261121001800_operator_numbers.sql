-- What the commands of whoever runs the platform have to know before they change a number, and the platform's own layer.

create function public.numbers_as_assigned(p_phone_numbers text[])
returns table (phone_number text, organization text, agent text, label text, active boolean)
language sql stable security definer set search_path = ''
as $$
  select number.phone_number, organization.slug, instance.name, number.label, number.active
  from public.sip_numbers number
  left join public.organizations organization on organization.id = number.organization_id
  left join public.agent_instances instance on instance.id = number.agent_instance_id
  where number.phone_number = any (p_phone_numbers)
  order by number.phone_number
$$;
comment on function public.numbers_as_assigned is
  'Of these numbers the ones there are: whose each is, and its own agent (null: the default one). Definer: the operator '
  'role reads no table.';

create function public.put_platform(p_config jsonb, p_by text default null) returns public.put_outcome
language plpgsql security definer set search_path = ''
as $$
declare
  saved bigint;
begin
  perform private.name_saver(p_by);
  update public.platform_settings set config = p_config where config <> p_config returning config_revision into saved;
  if found then return (null::uuid, false, true, saved); end if;
  select config_revision into saved from public.platform_settings;
  return (null::uuid, false, false, saved);
end;
$$;
comment on function public.put_platform is
  'Saves the configuration of the platform; p_by is the name that history shows. Definer: the operator role writes no '
  'table.';

revoke all on function
  public.numbers_as_assigned(text[]),
  public.put_platform(jsonb, text)
  from public;
grant execute on function
  public.numbers_as_assigned(text[]),
  public.put_platform(jsonb, text)
  to switchboard_operator;
