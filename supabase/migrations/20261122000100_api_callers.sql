-- Who calls the API: a person with the token of their sign-in, or a program with a key of an organisation or of the platform.
--
-- A key is no token that the database knows. dispatch, which hears it, hands its hash on in a header, with a token of its own
-- that says so. To everything below a key is an owner of its organisation; what it may do of that is its scopes, which
-- dispatch holds each request to, and nobody but dispatch has that token.

alter table public.api_keys
  alter column created_by set default auth.uid(),
  add constraint hash_is_sha256 check (hash ~ '^[0-9a-f]{64}$'),
  add constraint scopes_are_named check (array_to_string(scopes, ' ') ~ '^([a-z]+:(read|write)( |$))*$');
comment on column public.api_keys.scopes is 'What it may be used for: <resource>:read or <resource>:write of the API.';

create function private.calling_key() returns setof public.api_keys
language sql stable security definer rows 1 set search_path = ''
as $$
  select key.*
  from public.api_keys key
  where nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'calls_for' = 'api_key'
    and key.hash = nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-switchboard-key'
    and key.revoked_at is null
    and (key.expires_at is null or key.expires_at > now())
$$;
comment on function private.calling_key is
  'The key with which this request came to dispatch; no row: a person, or nobody. Definer: nobody may read hashes.';

create or replace function private.my_organizations(minimum public.member_role default 'viewer') returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select organization_id
  from public.organization_members
  where user_id = (select auth.uid()) and role >= minimum
  union all
  select organization_id from private.calling_key() where organization_id is not null
$$;
comment on function private.my_organizations is
  'Organisations in which the signed-in user has at least this role, or whose key is used. Takes no column of the row, so '
  'a policy runs it once a statement.';

create or replace function private.is_platform_admin() returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (select from public.platform_admins where user_id = (select auth.uid()))
    or exists (select from private.calling_key() where organization_id is null)
$$;
comment on function private.is_platform_admin is
  'Whether the signed-in user runs the platform, or the key that is used is the platform''s.';

create or replace function private.saver_name() returns text
language sql stable security definer set search_path = ''
as $$
  select case
    -- Whoever is signed in is named by the token and by nothing else.
    when (select auth.uid()) is not null
      then left(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email', 120)
    else coalesce(
      (select left('API key ' || name, 120) from private.calling_key()),
      nullif(current_setting('switchboard.saved_by', true), '')
    )
  end
$$;
comment on function private.saver_name is 'For saved_by_name. Definer: nobody may read hashes of keys.';

create function private.demand(p_allowed boolean) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if p_allowed is not true then
    raise exception 'your role does not allow this' using errcode = 'insufficient_privilege';
  end if;
end;
$$;
comment on function private.demand is 'Ends what the caller is not allowed to go on with.';

create function private.demand_role(p_organization_id uuid, p_minimum public.member_role) returns void
language sql stable set search_path = ''
as $$
  select private.demand(
    p_organization_id in (select private.my_organizations(p_minimum)) or private.is_platform_admin()
  )
$$;
comment on function private.demand_role is 'Ends what somebody without this role in the organisation must not do.';

create function public.api_caller() returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  key public.api_keys;
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  who jsonb;
begin
  select * into key from private.calling_key();
  if found then
    update public.api_keys set last_used_at = now()
    where id = key.id and (last_used_at is null or last_used_at < now() - interval '1 minute');
    who := jsonb_build_object('kind', 'key', 'id', key.id, 'name', key.name, 'scopes', to_jsonb(key.scopes));
  elsif auth.uid() is not null then
    who := jsonb_build_object('kind', 'person', 'id', auth.uid(), 'email', claims ->> 'email');
  else
    return null;
  end if;
  return who || jsonb_build_object(
    'isPlatformAdmin', private.is_platform_admin(),
    'organizations', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'id', organization.id, 'slug', organization.slug, 'name', organization.name,
            'timezone', organization.timezone, 'status', organization.status,
            'role', coalesce(member.role, 'owner')
          )
          order by organization.name
        )
        from public.organizations organization
        left join public.organization_members member
          on member.organization_id = organization.id and member.user_id = auth.uid()
        where organization.id in (select private.my_organizations())
      ),
      '[]'
    )
  );
end;
$$;
comment on function public.api_caller is
  'Who asks, and where they belong; null: nobody who is known. Notes that a key is used, once a minute. Definer: keys are '
  'nobody''s to write.';

create table private.api_requests (
  caller text not null,
  key text not null constraint key_is_short check (char_length(key) between 1 and 255),
  fingerprint text not null,
  status integer,
  body jsonb,
  begun_at timestamptz not null default now(),
  primary key (caller, key)
);
comment on table private.api_requests is
  'Requests that came with an idempotency key, for a day: who sends one again gets the answer they had.';
comment on column private.api_requests.fingerprint is 'Method, path and body, hashed: another request is not the same one.';
comment on column private.api_requests.status is 'Null: it is being answered.';
create index api_requests_by_age on private.api_requests (begun_at);

create function private.caller_id() returns text
language sql stable security definer set search_path = ''
as $$
  select coalesce((select auth.uid())::text, (select id::text from private.calling_key()))
$$;
comment on function private.caller_id is 'Of the person or the key. Definer: nobody may read hashes of keys.';

create function public.api_begin_request(p_key text, p_fingerprint text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant text := private.caller_id();
  known private.api_requests;
begin
  perform private.demand(me is not null);
  delete from private.api_requests where begun_at < now() - interval '1 day';
  -- Whoever was to answer it is gone: a request takes seconds.
  delete from private.api_requests
  where caller = me and key = p_key and status is null and begun_at < now() - interval '1 minute';
  insert into private.api_requests (caller, key, fingerprint) values (me, p_key, p_fingerprint) on conflict do nothing;
  if found then return jsonb_build_object('state', 'new'); end if;
  select * into known from private.api_requests where caller = me and key = p_key;
  return case
    when known.fingerprint <> p_fingerprint then jsonb_build_object('state', 'another')
    when known.status is null then jsonb_build_object('state', 'pending')
    else jsonb_build_object('state', 'answered', 'status', known.status, 'body', known.body)
  end;
end;
$$;
comment on function public.api_begin_request is
  'new: to be answered now. answered: with what was answered then. pending: somebody is at it. another: that key came with '
  'another request. Definer: the table is private.';

create function public.api_end_request(p_key text, p_status integer, p_body jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  update private.api_requests set status = p_status, body = p_body
  where caller = private.caller_id() and key = p_key and status is null
$$;
comment on function public.api_end_request is 'Keeps the answer for whoever asks again. Definer: the table is private.';

create function public.api_drop_request(p_key text) returns void
language sql volatile security definer set search_path = ''
as $$
  delete from private.api_requests where caller = private.caller_id() and key = p_key and status is null
$$;
comment on function public.api_drop_request is 'It came to nothing and may be tried again. Definer: the table is private.';

revoke all on function
  private.calling_key(),
  private.demand(boolean),
  private.demand_role(uuid, public.member_role),
  private.caller_id(),
  public.api_caller(),
  public.api_begin_request(text, text),
  public.api_end_request(text, integer, jsonb),
  public.api_drop_request(text)
  from public;
grant execute on function
  private.demand(boolean),
  private.demand_role(uuid, public.member_role),
  public.api_caller(),
  public.api_begin_request(text, text),
  public.api_end_request(text, integer, jsonb),
  public.api_drop_request(text)
  to authenticated;
