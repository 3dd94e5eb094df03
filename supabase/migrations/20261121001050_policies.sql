-- What a number's written configuration says of calls that nobody takes: the part of it that is needed before an agent is
-- there to read it. Tables may hold what passes no check but those of the database, so what cannot be read here counts as
-- not written: the agent is the one to say that a configuration is invalid.

create function private.merge_config(below jsonb, above jsonb, p_depth integer default 5) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  merged jsonb := below;
  setting text;
  written jsonb;
begin
  if jsonb_typeof(above) <> 'object' or p_depth = 0 then return above; end if;
  if jsonb_typeof(merged) is distinct from 'object' then merged := '{}'; end if;
  for setting, written in select key, value from jsonb_each(above) loop
    merged := case
      when written = 'null' then merged - setting
      else merged || jsonb_build_object(setting, private.merge_config(merged -> setting, written, p_depth - 1))
    end;
  end loop;
  return merged;
end;
$$;
comment on function private.merge_config is
  'A stronger layer over a weaker one, as shared/merge.ts does it: objects merge, lists and scalars replace, null clears. '
  'Nothing that is read here lies deeper than p_depth, and what does is replaced: no text of a tenant makes this run deep.';

create function private.policy_of(number public.sip_numbers) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  policy jsonb := '{}';
  layers jsonb[];
  layer jsonb;
  setting text;
begin
  select array[platform.config, organization.config, instance.config, number.config_override] into layers
  from public.platform_settings platform
  join public.organizations organization on organization.id = number.organization_id
  left join private.find_agent(number) instance on true
  where platform.id;

  foreach layer in array layers loop
    foreach setting in array array['business', 'language', 'hours', 'refusal'] loop
      if layer ? setting then
        policy := private.merge_config(policy, jsonb_build_object(setting, layer -> setting));
      end if;
    end loop;
  end loop;
  return policy;
end;
$$;
comment on function private.policy_of is
  'The settings business, language, hours and refusal of a number, merged over the layers platform < organisation < '
  'agent < number. What nobody wrote is not in it. The one home of what a refused caller gets.';

create function private.spans_of(p_hours jsonb, p_day date) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(
    (
      select coalesce(holiday -> 'open', '[]')
      from jsonb_array_elements(
        case jsonb_typeof(p_hours -> 'holidays') when 'array' then p_hours -> 'holidays' else '[]' end
      ) with ordinality holidays (holiday, position)
      where holiday ->> 'date' = to_char(p_day, 'YYYY-MM-DD')
      order by position
      limit 1
    ),
    case
      when jsonb_typeof(p_hours -> 'weekly') is distinct from 'object' then '[["00:00", "24:00"]]'
      else coalesce(p_hours -> 'weekly' -> to_char(p_day, 'dy'), '[]')
    end
  )
$$;
comment on function private.spans_of is
  'When a business opens on a day, as pairs of times: those of the holiday, else those of the day of the week; no '
  'weekly hours at all: the whole day.';

create function private.first_instant(p_local timestamp, p_timezone text) returns timestamptz
language plpgsql immutable set search_path = ''
as $$
declare
  later timestamptz := p_local at time zone p_timezone;
  yesterday timestamptz := later - interval '24 hours';
  -- Of a time that the clock on the wall shows twice, Postgres takes the second; the first is the one by yesterday's offset.
  earlier timestamptz := (p_local - ((yesterday at time zone p_timezone) - (yesterday at time zone 'UTC')))
    at time zone 'UTC';
begin
  return case when earlier < later and earlier at time zone p_timezone = p_local then earlier else later end;
end;
$$;
comment on function private.first_instant is
  'When a clock of that zone shows the time first; a time that it leaves out in spring is as much later.';

create function private.is_open(p_hours jsonb, p_timezone text, p_at timestamptz) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
  today date := (p_at at time zone p_timezone)::date;
  day date;
  spans jsonb;
  opens text;
  closes text;
begin
  -- Of yesterday too: its last span may end after midnight.
  foreach day in array array[today - 1, today] loop
    spans := private.spans_of(p_hours, day);
    continue when jsonb_typeof(spans) <> 'array';
    for opens, closes in select span ->> 0, span ->> 1 from jsonb_array_elements(spans) span loop
      continue when opens !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' or opens is null;
      continue when closes !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' or closes is null;
      if private.first_instant(day + opens::time, p_timezone) <= p_at
        -- An end before its beginning is on the next day. Postgres reads 24:00 as the midnight that follows.
        and p_at < (day + case when closes < opens then 1 else 0 end + closes::time) at time zone p_timezone
      then return true;
      end if;
    end loop;
  end loop;
  return false;
end;
$$;
comment on function private.is_open is
  'Whether a business with these hours is open, by the clock of its time zone: what shared/hours.ts says, and a test '
  'compares the two. Raises invalid_parameter_value for a time zone that there is not.';

create function private.is_outside_hours(p_policy jsonb, p_at timestamptz) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  if p_policy #>> '{hours,closed,action}' is distinct from 'refuse' then return false; end if;
  return not private.is_open(p_policy -> 'hours', coalesce(p_policy #>> '{business,timezone}', 'UTC'), p_at);
exception
  when invalid_parameter_value then return false;
end;
$$;
comment on function private.is_outside_hours is
  'Whether calls are refused at this time because the business is closed. Businesses that answer then, or let callers '
  'leave a message, are never outside of their hours here.';

revoke all on function
  private.merge_config(jsonb, jsonb, integer),
  private.policy_of(public.sip_numbers),
  private.spans_of(jsonb, date),
  private.first_instant(timestamp, text),
  private.is_open(jsonb, text, timestamptz),
  private.is_outside_hours(jsonb, timestamptz)
  from public;
