-- What the API tells and changes of people, keys and what was done.

create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  email text not null constraint email_is_an_address check (email ~ '^[^@ ]+@[^@ ]+$' and char_length(email) <= 254),
  role public.member_role not null,
  invited_by uuid default auth.uid(),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '14 days'
);
comment on table public.invitations is
  'People who may join an organisation: whoever signs in with that address, which Auth has verified, does.';
create unique index one_invitation_an_address on public.invitations (organization_id, lower(email));
create index invitations_by_email on public.invitations (lower(email));

revoke all on public.invitations from anon, authenticated;
grant select, delete on public.invitations to authenticated;
grant insert (organization_id, email, role) on public.invitations to authenticated;
alter table public.invitations enable row level security;
create policy "Owners see who is invited to their organisation" on public.invitations
  for select to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
create policy "Owners invite people to their organisation" on public.invitations
  for insert to authenticated
  with check (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
create policy "Owners take invitations to their organisation back" on public.invitations
  for delete to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
create trigger audit_change after insert or update or delete on public.invitations
  for each row execute function private.audit_change('invitation');

create function private.keep_an_owner() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- One after the other: two owners who leave at the same moment would each see the other one stay.
  perform from public.organizations where id = old.organization_id for no key update;
  if found
    and not exists (
      select from public.organization_members where organization_id = old.organization_id and role = 'owner'
    )
    and auth.uid() is not null and not private.is_platform_admin()
  then
    raise exception 'an organisation needs an owner: make somebody else one first' using errcode = 'PT409';
  end if;
  return null;
end;
$$;
comment on function private.keep_an_owner is
  'Members of an organisation cannot leave it to nobody; the platform can. Definer: who may change members may not lock '
  'organisations.';
create trigger keep_an_owner after update or delete on public.organization_members
  for each row when (old.role = 'owner') execute function private.keep_an_owner();

create function public.api_members(p_organization_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.demand_role(p_organization_id, 'viewer');
  return jsonb_build_object(
    'members', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'id', member.user_id, 'email', person.email, 'role', member.role, 'since', member.created_at
          )
          order by member.role desc, person.email
        )
        from public.organization_members member
        join auth.users person on person.id = member.user_id
        where member.organization_id = p_organization_id
      ),
      '[]'
    ),
    'invitations', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'id', invitation.id, 'email', invitation.email, 'role', invitation.role, 'expiresAt', invitation.expires_at
          )
          order by invitation.email
        )
        from public.invitations invitation
        where invitation.organization_id = p_organization_id
          and (
            p_organization_id in (select private.my_organizations('owner')) or private.is_platform_admin()
          )
      ),
      '[]'
    )
  );
end;
$$;
comment on function public.api_members is
  'The people of an organisation with their addresses, and to owners who is invited. Definer: addresses are kept by Auth.';

create function public.api_invite(p_organization_id uuid, p_email text, p_role public.member_role) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
  invited public.invitations;
begin
  perform private.demand_role(p_organization_id, 'owner');
  delete from public.invitations where organization_id = p_organization_id and lower(email) = lower(p_email);
  insert into public.invitations (organization_id, email, role) values (p_organization_id, p_email, p_role)
  returning * into invited;
  return jsonb_build_object(
    'id', invited.id, 'email', invited.email, 'role', invited.role, 'expiresAt', invited.expires_at
  );
end;
$$;
comment on function public.api_invite is 'Invites an address, or changes the role it is invited to.';

create function public.api_accept_invitations() returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  invited public.invitations;
  joined integer := 0;
begin
  if auth.uid() is null or claims ->> 'email' is null then return 0; end if;
  for invited in
    delete from public.invitations where lower(email) = lower(claims ->> 'email') returning *
  loop
    continue when invited.expires_at < now();
    insert into public.organization_members (organization_id, user_id, role)
    values (invited.organization_id, auth.uid(), invited.role)
    on conflict do nothing;
    joined := joined + 1;
  end loop;
  return joined;
end;
$$;
comment on function public.api_accept_invitations is
  'Whoever is signed in joins the organisations that invited their address. How many. Definer: who is invited is no member '
  'yet, and members are their owners'' to add.';

create function public.api_change_member(p_organization_id uuid, p_user_id uuid, p_role public.member_role)
returns boolean
language plpgsql volatile set search_path = ''
as $$
begin
  perform private.demand_role(p_organization_id, 'owner');
  update public.organization_members set role = p_role where organization_id = p_organization_id and user_id = p_user_id;
  return found;
end;
$$;
comment on function public.api_change_member is 'False: there is no such member.';

create function public.api_remove_member(p_organization_id uuid, p_id uuid) returns boolean
language plpgsql volatile set search_path = ''
as $$
begin
  perform private.demand_role(p_organization_id, 'owner');
  delete from public.organization_members where organization_id = p_organization_id and user_id = p_id;
  if found then return true; end if;
  delete from public.invitations where organization_id = p_organization_id and id = p_id;
  return found;
end;
$$;
comment on function public.api_remove_member is 'Removes a member, or takes an invitation back. False: there is no such one.';

create function public.api_provider_keys(p_query jsonb default '{}') returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('keys', coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', key.id,
        'provider', key.provider,
        'lastFour', key.last_four,
        'organization', private.organization_ref(key.organization_id),
        'createdAt', key.created_at
      )
      order by key.organization_id nulls first, key.provider
    ),
    '[]'
  ))
  from public.provider_keys key
  where key.revoked_at is null
    and (p_query ->> 'organization' is null or key.organization_id = (p_query ->> 'organization')::uuid)
$$;
comment on function public.api_provider_keys is 'Which provider keys are in use, never the keys; filter: organization.';

create function public.api_put_provider_key(p_organization_id uuid, p_provider text, p_sealed jsonb) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  added uuid;
begin
  perform private.demand(
    case
      when p_organization_id is null then private.is_platform_admin()
      else p_organization_id in (select private.my_organizations('owner')) or private.is_platform_admin()
    end
  );
  delete from public.provider_keys
  where organization_id is not distinct from p_organization_id and provider = p_provider and revoked_at is null;
  insert into public.provider_keys (organization_id, provider, key_id, ciphertext, last_four)
  values (
    p_organization_id, p_provider, p_sealed ->> 'keyId', p_sealed ->> 'ciphertext', p_sealed ->> 'lastFour'
  )
  returning id into added;
  return added;
end;
$$;
comment on function public.api_put_provider_key is
  'Keeps a sealed key in the place of the one before; organization null: the platform''s. Definer: keys are nobody''s to write.';

create function public.api_remove_provider_key(p_id uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  key public.provider_keys;
begin
  select * into key from public.provider_keys where id = p_id;
  if not found then return false; end if;
  if not (key.organization_id in (select private.my_organizations()) or private.is_platform_admin()) then return false; end if;
  perform private.demand_role(key.organization_id, 'owner');
  delete from public.provider_keys where id = p_id;
  return true;
end;
$$;
comment on function public.api_remove_provider_key is
  'False: there is no such key to be seen. Definer: keys are nobody''s to write.';

create function private.api_key_json(key public.api_keys) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', key.id,
    'name', key.name,
    'lastFour', key.last_four,
    'scopes', to_jsonb(key.scopes),
    'organization', private.organization_ref(key.organization_id),
    'createdAt', key.created_at,
    'lastUsedAt', key.last_used_at,
    'expiresAt', key.expires_at
  )
$$;
comment on function private.api_key_json is 'An API key as the API gives it away: never the key, nor its hash.';

create function public.api_api_keys(p_query jsonb default '{}') returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  organization constant uuid := p_query ->> 'organization';
begin
  perform private.demand(
    case
      when organization is null then private.is_platform_admin()
      else organization in (select private.my_organizations('owner')) or private.is_platform_admin()
    end
  );
  return (
    select jsonb_build_object('keys', coalesce(jsonb_agg(private.api_key_json(key) order by key.name), '[]'))
    from public.api_keys key
    where key.revoked_at is null and (organization is null or key.organization_id = organization)
  );
end;
$$;
comment on function public.api_api_keys is
  'API keys in use; filter: organization. Definer: a row of the table has what nobody may read.';

create function public.api_add_api_key(p_key jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  organization constant uuid := p_key ->> 'organization';
  added public.api_keys;
begin
  -- Of people alone: a key that makes keys would outlive its own end.
  perform private.demand(auth.uid() is not null);
  perform private.demand(
    case
      when organization is null then private.is_platform_admin()
      else organization in (select private.my_organizations('owner')) or private.is_platform_admin()
    end
  );
  insert into public.api_keys (organization_id, name, hash, last_four, scopes, created_by, expires_at)
  values (
    organization, p_key ->> 'name', p_key ->> 'hash', p_key ->> 'lastFour',
    array(select jsonb_array_elements_text(p_key -> 'scopes')), auth.uid(), (p_key ->> 'expiresAt')::timestamptz
  )
  returning * into added;
  return private.api_key_json(added);
end;
$$;
comment on function public.api_add_api_key is
  'Keeps the hash of a new API key; organization null: the platform''s. Definer: keys are nobody''s to write.';

create function public.api_remove_api_key(p_id uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  key public.api_keys;
begin
  select * into key from public.api_keys where id = p_id and revoked_at is null;
  if not found then return false; end if;
  if not (key.organization_id in (select private.my_organizations()) or private.is_platform_admin()) then return false; end if;
  perform private.demand_role(key.organization_id, 'owner');
  update public.api_keys set revoked_at = now() where id = p_id;
  return true;
end;
$$;
comment on function public.api_remove_api_key is
  'From its next request on the key is nobody''s. False: there is no such key to be seen. Definer: keys are nobody''s to write.';

create function public.api_audit(p_query jsonb default '{}') returns table (item jsonb, cursor text)
language plpgsql stable set search_path = ''
as $$
declare
  organization constant uuid := p_query ->> 'organization';
  after_id constant bigint := p_query ->> 'after';
begin
  return query
    select
      jsonb_build_object(
        'id', entry.id::text,
        'at', entry.at,
        'who', entry.actor_name,
        'action', entry.action,
        'target', entry.target_id,
        'organization', private.organization_ref(entry.organization_id),
        'before', entry.before,
        'after', entry.after
      ),
      entry.id::text
    from public.audit_log entry
    where (organization is null or entry.organization_id = organization)
      and (p_query ->> 'target' is null or entry.target_id = p_query ->> 'target')
      and (p_query ->> 'action' is null or starts_with(entry.action, p_query ->> 'action'))
      and (after_id is null or entry.id < after_id)
    order by entry.id desc
    limit private.list_limit(p_query);
end;
$$;
comment on function public.api_audit is
  'Who changed what, newest first; filters: organization, target, action (its beginning), after, limit.';

revoke all on function
  private.keep_an_owner(),
  private.api_key_json(public.api_keys),
  public.api_members(uuid),
  public.api_invite(uuid, text, public.member_role),
  public.api_accept_invitations(),
  public.api_change_member(uuid, uuid, public.member_role),
  public.api_remove_member(uuid, uuid),
  public.api_provider_keys(jsonb),
  public.api_put_provider_key(uuid, text, jsonb),
  public.api_remove_provider_key(uuid),
  public.api_api_keys(jsonb),
  public.api_add_api_key(jsonb),
  public.api_remove_api_key(uuid),
  public.api_audit(jsonb)
  from public;
grant execute on function
  public.api_members(uuid),
  public.api_invite(uuid, text, public.member_role),
  public.api_accept_invitations(),
  public.api_change_member(uuid, uuid, public.member_role),
  public.api_remove_member(uuid, uuid),
  public.api_provider_keys(jsonb),
  public.api_put_provider_key(uuid, text, jsonb),
  public.api_remove_provider_key(uuid),
  public.api_api_keys(jsonb),
  public.api_add_api_key(jsonb),
  public.api_remove_api_key(uuid),
  public.api_audit(jsonb)
  to authenticated;
