-- Who may come in at all. Everything starts from nothing: what no later line grants is out of reach.

-- A hosted Supabase project hands every new object in `public` to all API roles: one forgotten policy would be a leak.
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'switchboard_dispatch') then
    create role switchboard_dispatch nologin noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'switchboard_agent') then
    create role switchboard_agent nologin noinherit;
  end if;
  -- For the commands of whoever runs the platform, never for a service.
  if not exists (select from pg_catalog.pg_roles where rolname = 'switchboard_operator') then
    create role switchboard_operator nologin noinherit;
  end if;
  -- PostgREST signs in as `authenticator` and becomes the role that the token names.
  if exists (select from pg_catalog.pg_roles where rolname = 'authenticator') then
    grant switchboard_dispatch, switchboard_agent, switchboard_operator to authenticator;
  end if;
end;
$$;

grant usage on schema public to switchboard_dispatch, switchboard_agent, switchboard_operator;

create schema private;
comment on schema private is 'What policies and functions need and no API may call: this schema is not exposed.';
grant usage on schema private to authenticated;
