-- What people may change is written down by the tables themselves: whichever way it came, by a page, the API, a command or a
-- table editor, nobody can leave it out or write another name.

create function private.without_secrets(p_row jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select p_row - array['ciphertext', 'secret_ciphertext', 'hash', 'config_revision', 'last_used_at']
$$;
comment on function private.without_secrets is
  'A row as the audit log may show it: nothing sealed, and nothing that changes by itself.';

create function private.changed_part(p_of jsonb, p_other jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_object_agg(key, value) from jsonb_each(p_of) where p_other -> key is distinct from value
$$;
comment on function private.changed_part is 'The columns of one row that another has otherwise; null: there are none.';

create function private.keep_audit(entry public.audit_log) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.audit_log (organization_id, actor, actor_name, action, target_table, target_id, before, after)
  values (
    -- One that is deleted in this transaction is not there any more; what was done to it is kept for the platform.
    (select id from public.organizations where id = entry.organization_id),
    (select auth.uid()),
    coalesce(
      private.saver_name(), case when (select auth.uid()) is null then 'the platform' else 'somebody without an address' end
    ),
    entry.action, entry.target_table, entry.target_id, entry.before, entry.after
  );
end;
$$;
comment on function private.keep_audit is 'Keeps what was done, with the name of who does it now, whatever the entry says.';

create function private.audit_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  noun constant text := tg_argv[0];
  was constant jsonb := private.without_secrets(to_jsonb(old));
  becomes constant jsonb := private.without_secrets(to_jsonb(new));
  whole constant jsonb := coalesce(becomes, was);
  owner constant text := case tg_table_name when 'organizations' then 'id' else 'organization_id' end;
  entry public.audit_log;
begin
  entry.organization_id := whole ->> owner;
  entry.target_table := tg_table_name;
  entry.target_id := coalesce(whole ->> 'id', whole ->> 'user_id', whole ->> 'name');
  entry.before := was;
  entry.after := becomes;
  entry.action := noun || case tg_op when 'INSERT' then '.added' when 'DELETE' then '.removed' else '.changed' end;
  if tg_op = 'UPDATE' then
    entry.before := private.changed_part(was, becomes);
    entry.after := private.changed_part(becomes, was);
    if entry.before is null then return null; end if;
    if entry.before ? 'organization_id' then
      -- Both businesses are to see it.
      if was ->> owner is not null then
        entry.action := noun || '.unassigned';
        entry.organization_id := was ->> owner;
        perform private.keep_audit(entry);
      end if;
      if becomes ->> owner is null then return null; end if;
      entry.action := noun || '.assigned';
      entry.organization_id := becomes ->> owner;
    end if;
  end if;
  perform private.keep_audit(entry);
  return null;
end;
$$;
comment on function private.audit_change is
  'Keeps each change of a row, of changed rows the columns that changed. Its argument is what a row is called. Definer: '
  'nobody may write audit_log.';

create trigger audit_change after insert or update or delete on public.organizations
  for each row execute function private.audit_change('organization');
create trigger audit_change after insert or update or delete on public.organization_members
  for each row execute function private.audit_change('member');
create trigger audit_change after insert or update or delete on public.platform_admins
  for each row execute function private.audit_change('admin');
create trigger audit_change after insert or update or delete on public.platform_settings
  for each row execute function private.audit_change('platform');
create trigger audit_change after insert or update or delete on public.pools
  for each row execute function private.audit_change('pool');
create trigger audit_change after insert or update or delete on public.agent_instances
  for each row execute function private.audit_change('agent');
create trigger audit_change after insert or update or delete on public.sip_numbers
  for each row execute function private.audit_change('number');
create trigger audit_change after insert or update or delete on public.provider_keys
  for each row execute function private.audit_change('provider_key');
create trigger audit_change after insert or update or delete on public.api_keys
  for each row execute function private.audit_change('api_key');
create trigger audit_change after insert or update or delete on public.webhook_endpoints
  for each row execute function private.audit_change('webhook');
create trigger audit_change after insert or update or delete on public.carriers
  for each row execute function private.audit_change('carrier');
create trigger audit_change after insert or update or delete on public.gateways
  for each row execute function private.audit_change('gateway');
create trigger audit_change after update or delete on public.tickets
  for each row execute function private.audit_change('ticket');
-- Those that agents open are part of their calls.
create trigger audit_new_ticket after insert on public.tickets
  for each row when (auth.uid() is not null) execute function private.audit_change('ticket');

revoke all on function
  private.without_secrets(jsonb),
  private.changed_part(jsonb, jsonb),
  private.keep_audit(public.audit_log),
  private.audit_change()
  from public;
