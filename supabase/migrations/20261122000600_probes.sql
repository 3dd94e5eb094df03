-- Probes: somebody asks whether the providers of a number, or a provider with a key, would answer, without a call.
--
--   asked for ──(a host of agents looks each second)──▶ taken ──▶ finished, with what each provider said
--   taken, and not finished for 12 s: that host is gone, and another one takes it.
--   Not finished 45 s after it was asked for: nobody is there to do it any more.
--
-- Who asks may not open keys and loads no provider's library; agents do both. An hour later it is forgotten.

create table private.probes (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid references public.organizations (id) on delete cascade,
  sip_number_id uuid references public.sip_numbers (id) on delete cascade,
  provider_key_id uuid references public.provider_keys (id) on delete cascade,
  draft jsonb,
  pool text references public.pools (name) on delete cascade,
  asked_at timestamptz not null default now(),
  taken_by text,
  taken_at timestamptz,
  finished_at timestamptz,
  result jsonb,
  constraint probe_has_one_subject check (num_nonnulls(sip_number_id, provider_key_id) = 1),
  constraint probe_of_a_key_has_no_draft check (provider_key_id is null or draft is null),
  constraint probe_result_is_short check (octet_length(result::text) <= 65536)
);
comment on table private.probes is 'Questions to providers that somebody wants asked, for an hour, and what came of them.';
comment on column private.probes.organization_id is 'Whose it is; null: the platform''s.';
comment on column private.probes.draft is 'Laid over the number in the place of what is saved; null: as it is saved.';
comment on column private.probes.pool is 'Whose hosts are to ask, since they are the ones that answer calls; null: any.';
create index probes_unfinished on private.probes (asked_at) where finished_at is null;
create index probes_by_organization on private.probes (organization_id);
create index probes_by_number on private.probes (sip_number_id);
create index probes_by_key on private.probes (provider_key_id);

create function private.ask_for_probe(probe private.probes) returns uuid
language plpgsql volatile set search_path = ''
as $$
declare
  added uuid;
begin
  delete from private.probes where asked_at < now() - interval '1 hour';
  if 5 <= (
    select count(*) from private.probes waiting
    where waiting.organization_id is not distinct from probe.organization_id
      and waiting.finished_at is null and waiting.asked_at > now() - interval '45 seconds'
  ) then
    raise exception 'five tries of this organisation are under way: wait for one of them'
      using errcode = 'PT409';
  end if;
  insert into private.probes (organization_id, sip_number_id, provider_key_id, draft, pool)
  values (probe.organization_id, probe.sip_number_id, probe.provider_key_id, probe.draft, probe.pool)
  returning id into added;
  return added;
end;
$$;
comment on function private.ask_for_probe is 'Each one costs the tenant a little: no more than five wait at once.';

create function public.api_probe_number(p_id uuid, p_draft jsonb default null) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted private.probes;
begin
  select number.organization_id, organization.pool into wanted.organization_id, wanted.pool
  from public.sip_numbers number
  join public.organizations organization on organization.id = number.organization_id
  where number.id = p_id;
  if not found or not (
    wanted.organization_id in (select private.my_organizations()) or private.is_platform_admin()
  ) then
    return null;
  end if;
  perform private.demand_role(wanted.organization_id, 'editor');
  wanted.sip_number_id := p_id;
  wanted.draft := p_draft;
  return private.ask_for_probe(wanted);
end;
$$;
comment on function public.api_probe_number is
  'Has each provider of a number asked for the least it can be asked. Null: no number of an organisation to be seen. Definer: '
  'probes are in no grant.';

create function public.api_probe_key(p_id uuid) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted private.probes;
begin
  select key.organization_id, organization.pool into wanted.organization_id, wanted.pool
  from public.provider_keys key
  left join public.organizations organization on organization.id = key.organization_id
  where key.id = p_id and key.revoked_at is null;
  if not found or not (
    wanted.organization_id in (select private.my_organizations()) or private.is_platform_admin()
  ) then
    return null;
  end if;
  perform private.demand_role(wanted.organization_id, 'owner');
  wanted.provider_key_id := p_id;
  return private.ask_for_probe(wanted);
end;
$$;
comment on function public.api_probe_key is
  'Has a provider asked for the least it can be asked, with that key. Null: no such key to be seen. Definer: keys and probes '
  'are in no grant.';

create function public.api_probe(p_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'id', probe.id,
    'askedAt', probe.asked_at,
    'state', case
      when probe.finished_at is not null then 'finished'
      when probe.asked_at < now() - interval '45 seconds' then 'nobody_there'
      when probe.taken_at is null then 'waiting'
      else 'running'
    end,
    'result', probe.result
  )
  from private.probes probe
  where probe.id = p_id
    and (
      probe.organization_id in (select private.my_organizations('editor'))
      or (select private.is_platform_admin())
    )
$$;
comment on function public.api_probe is 'How far a probe is. Null: no such one to be seen. Definer: probes are in no grant.';

create function public.take_probe(p_worker text, p_pool text)
returns table (
  id uuid, called text, draft jsonb, tenant text, provider_key jsonb, platform_config jsonb, organization_config jsonb
)
language sql volatile security definer set search_path = ''
as $$
  with taken as (
    update private.probes probe
    set taken_by = p_worker, taken_at = now()
    where probe.id = (
      select waiting.id
      from private.probes waiting
      where waiting.finished_at is null
        and waiting.asked_at > now() - interval '45 seconds'
        and (waiting.pool is null or waiting.pool = p_pool)
        and (waiting.taken_at is null or waiting.taken_at < now() - interval '12 seconds')
      order by waiting.asked_at
      limit 1
      for update skip locked
    )
    returning probe.*
  )
  select
    taken.id,
    number.phone_number,
    taken.draft,
    organization.slug,
    case
      when key.id is not null then jsonb_build_object(
        'provider', key.provider,
        'key_id', key.key_id,
        'ciphertext', key.ciphertext,
        'owner', case when key.organization_id is null then 'platform' else 'organization' end
      )
    end,
    platform.config,
    coalesce(organization.config, '{}')
  from taken
  cross join public.platform_settings platform
  left join public.sip_numbers number on number.id = taken.sip_number_id
  left join public.organizations organization on organization.id = taken.organization_id
  left join public.provider_keys key on key.id = taken.provider_key_id
$$;
comment on function public.take_probe is
  'The probe that waits longest for this pool, now this host''s; no row: none waits. Called null: it is about that key, still '
  'sealed, and the layers say where its provider is reached. Definer: the agent role reads no table.';

create function public.finish_probe(p_id uuid, p_worker text, p_result jsonb) returns table (finished boolean)
language sql volatile security definer rows 1 set search_path = ''
as $$
  with ended as (
    update private.probes probe
    set finished_at = now(), result = p_result
    where probe.id = p_id and probe.taken_by = p_worker and probe.finished_at is null
    returning 1
  )
  select exists (select from ended)
$$;
comment on function public.finish_probe is
  'What came of a probe. False: another host has it, or it is forgotten. Definer: the agent role writes no table.';

revoke all on function
  private.ask_for_probe(private.probes),
  public.api_probe_number(uuid, jsonb),
  public.api_probe_key(uuid),
  public.api_probe(uuid),
  public.take_probe(text, text),
  public.finish_probe(uuid, text, jsonb)
  from public;
grant execute on function
  public.api_probe_number(uuid, jsonb),
  public.api_probe_key(uuid),
  public.api_probe(uuid)
  to authenticated;
grant execute on function
  public.take_probe(text, text),
  public.finish_probe(uuid, text, jsonb)
  to switchboard_agent;
