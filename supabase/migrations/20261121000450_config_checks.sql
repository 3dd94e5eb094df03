-- A configuration that was typed into a table editor passes no program on its way to the line. The checks here are the
-- ones that hold for a layer by itself and cost nothing: ranges, names of providers and what lies deeper are checked by
-- tenantConfigSchema in shared/config, when it is saved through the API or imported, and by the agent when it is read.

create function private.config_types() returns jsonb
language sql immutable set search_path = ''
as $$
  select '{
    "business": "object",
    "language": "string",
    "languages": "array",
    "greeting": "object",
    "instructions": "string",
    "apology": "object",
    "turn": "object",
    "custom_context": "object",
    "mode": "string",
    "stt": "object",
    "llm": "object",
    "tts": "object",
    "realtime": "object",
    "providers": "object",
    "tools": "object",
    "backend": "object",
    "hours": "object",
    "refusal": "object",
    "recording": "object",
    "limits": "object",
    "owner": "object"
  }'::jsonb
$$;
comment on function private.config_types is
  'Top-level settings of a configuration and the JSON type of each; a guard test compares them with tenantConfigSchema.';

create function private.config_problems(p_layer public.config_layer, p_config jsonb) returns setof text
language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_config) <> 'object' then
    return next format('it must be an object, not of type %s', jsonb_typeof(p_config));
    return;
  end if;
  if octet_length(p_config::text) > 65536 then
    return next format('it must not be longer than 65536 bytes, and has %s', octet_length(p_config::text));
  end if;
  return query
    select left(written.key, 60) || ': ' || case
      when known.type is null then 'no such setting'
      when p_layer <> 'platform' and written.key = 'owner' then 'only the configuration of the platform may set this'
      else format('must be of type %s or null, not %s', known.type, jsonb_typeof(written.value))
    end
    from jsonb_each(p_config) written
    left join jsonb_each_text(private.config_types()) known (key, type) using (key)
    where known.type is null
      -- Not even null: that would clear what the owner of the platform said.
      or p_layer <> 'platform' and written.key = 'owner'
      or jsonb_typeof(written.value) not in (known.type, 'null')
    order by written.key
    limit 10;
end;
$$;
comment on function private.config_problems is
  'What is wrong with a layer of configuration, each with its path; no row: nothing that the database checks. Null '
  'clears what weaker layers said, so it is right everywhere.';

create function private.check_config() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  saved_layer public.config_layer := tg_argv[0];
  saved_column text := tg_argv[1];
  problems text := (
    select string_agg(problem, '; ')
    from private.config_problems(saved_layer, to_jsonb(new) -> saved_column) problem
  );
begin
  if problems is not null then
    raise exception using
      errcode = 'check_violation',
      message = format('%s.%s is no configuration: %s', tg_table_name, saved_column, problems),
      hint = 'The settings are ' || (
        select string_agg(setting, ', ' order by setting) from jsonb_object_keys(private.config_types()) setting
      ) || '.',
      schema = tg_table_schema,
      table = tg_table_name,
      column = saved_column;
  end if;
  return new;
end;
$$;
comment on function private.check_config is
  'Turns down what cannot be a configuration. Its arguments are the layer and the column. Definer: who saves may call '
  'none of the functions behind it.';

create trigger check_config before insert or update of config on public.platform_settings
  for each row execute function private.check_config('platform', 'config');
create trigger check_config before insert or update of config on public.organizations
  for each row execute function private.check_config('organization', 'config');
create trigger check_config before insert or update of config on public.agent_instances
  for each row execute function private.check_config('instance', 'config');
create trigger check_config before insert or update of config_override on public.sip_numbers
  for each row execute function private.check_config('number', 'config_override');

revoke all on function
  private.config_types(),
  private.config_problems(public.config_layer, jsonb),
  private.check_config()
  from public;
