-- Which numbers are answered with another configuration than the one that is written: their newest call of a day says so.

create function public.api_health(p_query jsonb default '{}') returns jsonb
language sql stable set search_path = ''
as $$
  with not_current as (
    select session.sip_number_id, count(*) as calls, max(session.started_at) as last_at
    from public.sessions session
    where session.started_at > now() - interval '1 day'
      and session.config_source <> 'current'
      and (p_query ->> 'organization' is null or session.organization_id = (p_query ->> 'organization')::uuid)
    group by session.sip_number_id
  )
  select jsonb_build_object('older', coalesce(
    jsonb_agg(
      jsonb_build_object(
        'number', private.number_ref(found.sip_number_id),
        'organization', private.organization_ref(newest.organization_id),
        'source', newest.config_source,
        'call', newest.id,
        'calls', found.calls,
        'lastAt', found.last_at
      )
      order by found.last_at desc
    ),
    '[]'
  ))
  from not_current found
  cross join lateral (
    select session.id, session.organization_id, session.config_source
    from public.sessions session
    where session.sip_number_id = found.sip_number_id and session.started_at > now() - interval '1 day'
      and session.config_source is not null
    order by session.started_at desc, session.id desc
    limit 1
  ) newest
  where newest.config_source <> 'current'
$$;
comment on function public.api_health is
  'Numbers whose newest call of a day was not answered with what is written: its last good version, because what is written '
  'does not pass its checks, or what was known of it while the database was away. Filter: organization.';

revoke all on function public.api_health(jsonb) from public;
grant execute on function public.api_health(jsonb) to authenticated;
