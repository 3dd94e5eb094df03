-- Provider keys as whoever runs the platform stores them and seals them anew. What passes here is sealed: a secret that
-- opens it never reaches the database.

create function public.put_provider_key(
  p_organization text, p_provider text, p_key_id text, p_ciphertext text, p_last_four text
) returns table (id uuid, created boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  owner_id uuid := case when p_organization is not null then (private.lock_organization(p_organization)).id end;
begin
  update public.provider_keys key
  set key_id = p_key_id, ciphertext = p_ciphertext, last_four = p_last_four, created_at = now()
  where key.organization_id is not distinct from owner_id and key.provider = p_provider and key.revoked_at is null
  returning key.id into id;
  created := not found;
  if created then
    insert into public.provider_keys as key (organization_id, provider, key_id, ciphertext, last_four)
    values (owner_id, p_provider, p_key_id, p_ciphertext, p_last_four)
    returning key.id into id;
  end if;
  return next;
end;
$$;
comment on function public.put_provider_key is
  'The key of an organisation, or of the platform (p_organization null), for a provider from now on; the one before '
  'is not kept. Definer: the operator role writes no table.';

create function public.sealed_keys(p_not_key_id text)
returns table (id uuid, tenant text, provider text, key_id text, ciphertext text)
language sql stable security definer set search_path = ''
as $$
  select key.id, coalesce(organization.slug, '*'), key.provider, key.key_id, key.ciphertext
  from public.provider_keys key
  left join public.organizations organization on organization.id = key.organization_id
  where key.key_id <> p_not_key_id and key.revoked_at is null
  order by key.id
$$;
comment on function public.sealed_keys is
  'Keys in use that another secret than this one sealed; tenant is what the key is bound to, * for the platform''s. '
  'Definer: the operator role reads no table.';

create function public.reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text)
returns table (resealed boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  update public.provider_keys
  set key_id = p_key_id, ciphertext = p_ciphertext
  where id = p_id and ciphertext = p_was and revoked_at is null;
  resealed := found;
  return next;
end;
$$;
comment on function public.reseal_key is
  'The same key under another secret. Not resealed: somebody changed it meanwhile, it is no longer p_was, and what '
  'they wrote stands. Definer: the operator role writes no table.';

revoke all on function
  public.put_provider_key(text, text, text, text, text),
  public.sealed_keys(text),
  public.reseal_key(uuid, text, text, text)
  from public;
grant execute on function
  public.put_provider_key(text, text, text, text, text),
  public.sealed_keys(text),
  public.reseal_key(uuid, text, text, text)
  to switchboard_operator;
