-- Whose configuration changed, so that every shard forgets what it knows of that tenant within a second.
--
-- WHY A POLLER THAT ASKS FOR "GREATER THAN THE LAST I SAW" MISSES NOTHING. Revisions of a sequence are handed out in one
-- order and become visible in another: who reads 6 before 5 is committed never sees 5. So here:
--   a transaction takes the lock below before it takes its revision, and keeps it until it has ended;
--   Postgres makes a transaction visible first and lets go of its locks after that (CommitTransaction);
--   so whoever gets revision 6 got it after 5 was visible or had failed, and a reader that sees 6 sees 5.
-- The triggers are deferred to the end of their transaction: the lock is held for the commit alone, and no row lock is
-- waited for behind it, so two transactions that change the same rows in another order cannot deadlock here.

create table private.changes (
  tenant text,
  revision bigint not null,
  constraint one_row_a_tenant unique nulls not distinct (tenant)
);
comment on table private.changes is
  'The last change of each tenant, by its key; tenant null: of the platform, which is a change for all. A row stays '
  'when its tenant is gone: somebody may still remember it.';
create index changes_by_revision on private.changes (revision);
create sequence private.change_revisions;
insert into private.changes (revision) values (0);

create function private.note_change(variadic p_tenants text[]) returns void
language plpgsql set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtext('switchboard.changes'));
  insert into private.changes (tenant, revision)
  select tenant, nextval('private.change_revisions')
  from (select distinct unnest(p_tenants)) changed (tenant)
  on conflict on constraint one_row_a_tenant do update set revision = excluded.revision;
end;
$$;
comment on function private.note_change is
  'The tenants with these keys changed; null: the platform. Until the transaction ends no other can note a change.';

create function private.note_platform_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.note_change(null::text);
  return null;
end;
$$;
comment on function private.note_platform_change is 'Definer: nobody may write changes.';

create function private.note_organization_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then perform private.note_change(old.slug); end if;
  if tg_op <> 'DELETE' then perform private.note_change(new.slug); end if;
  return null;
end;
$$;
comment on function private.note_organization_change is
  'Notes the old and the new tenant key. Definer: nobody may write changes.';

create function private.note_change_of(variadic p_organizations uuid[]) returns void
language plpgsql set search_path = ''
as $$
declare
  -- One that is not found is being deleted in this transaction, and its own row notes that.
  tenants text[] := (select array_agg(slug) from public.organizations where id = any (p_organizations));
begin
  if tenants is not null then perform private.note_change(variadic tenants); end if;
end;
$$;
comment on function private.note_change_of is 'The organisations with these ids changed; null is nobody.';

create function private.note_agent_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.note_change_of(old.organization_id, new.organization_id);
  return null;
end;
$$;
comment on function private.note_agent_change is
  'Notes the organisations before and after. Definer: nobody may write changes.';

create function private.note_key_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if (tg_op <> 'INSERT' and old.organization_id is null) or (tg_op <> 'DELETE' and new.organization_id is null) then
    perform private.note_change(null::text);
  end if;
  perform private.note_change_of(old.organization_id, new.organization_id);
  return null;
end;
$$;
comment on function private.note_key_change is
  'Notes the organisations before and after, or the platform whose key it is. Definer: nobody may write changes.';

create function private.note_number_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.note_change_of(old.organization_id, new.organization_id);
  -- Who answered a number before it had a row of its own has to forget that it did.
  if tg_op <> 'DELETE' then
    perform private.note_change_of(variadic array(
      select organization_id from public.sip_numbers where phone_number in ('+' || new.phone_number, '*')
    ));
  end if;
  return null;
end;
$$;
comment on function private.note_number_change is
  'Notes the organisations before and after, and those that answered the number until now. Definer: nobody may write '
  'changes.';

create constraint trigger note_change after insert or update or delete on public.platform_settings
  deferrable initially deferred for each row execute function private.note_platform_change();
create constraint trigger note_change after insert or update or delete on public.organizations
  deferrable initially deferred for each row execute function private.note_organization_change();
create constraint trigger note_change after insert or update or delete on public.agent_instances
  deferrable initially deferred for each row execute function private.note_agent_change();
create constraint trigger note_change after insert or update or delete on public.sip_numbers
  deferrable initially deferred for each row execute function private.note_number_change();
create constraint trigger note_change after insert or update or delete on public.provider_keys
  deferrable initially deferred for each row execute function private.note_key_change();

create function private.changed_revision(p_tenant text) returns bigint
language sql stable set search_path = ''
as $$
  select max(revision) from private.changes where tenant = p_tenant or tenant is null
$$;
comment on function private.changed_revision is 'Up to which revision of changes what is read now of this tenant is new.';

create function public.config_changes(p_since bigint) returns table (tenant text, revision bigint)
language plpgsql stable security definer set search_path = ''
as $$
declare
  newest bigint := (select max(change.revision) from private.changes change);
begin
  -- Who saw more than there is asks a database that was brought back from a backup, and has to forget everything.
  if p_since is null or p_since > newest then
    return query select null::text, newest;
  -- Almost always nothing is new. Asked at once for the rows after p_since, Postgres plans for a third of the table and
  -- reads all of it: 156 pages with 5000 tenants, and 3 this way.
  elsif p_since < newest then
    return query
      select change.tenant, change.revision
      from private.changes change
      where change.revision > p_since
      order by change.revision;
  end if;
end;
$$;
comment on function public.config_changes is
  'Tenants that changed after revision p_since, oldest first; tenant null: the platform, so all of them. p_since null: '
  'the newest revision, to begin with. Definer: the agent role reads no table.';

revoke all on function
  private.note_change(text[]),
  private.note_change_of(uuid[]),
  private.note_platform_change(),
  private.note_organization_change(),
  private.note_agent_change(),
  private.note_key_change(),
  private.note_number_change(),
  private.changed_revision(text),
  public.config_changes(bigint)
  from public;
grant execute on function public.config_changes(bigint) to switchboard_agent;
