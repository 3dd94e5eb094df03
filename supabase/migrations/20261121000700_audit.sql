-- Who changed what.

create table public.audit_log (
  id bigint generated always as identity primary key,
  organization_id uuid references public.organizations (id) on delete set null,
  actor uuid,
  actor_name text not null,
  action text not null constraint action_is_short check (char_length(action) between 1 and 120),
  target_table text not null,
  target_id text not null,
  before jsonb,
  after jsonb,
  at timestamptz not null default now()
);
comment on table public.audit_log is 'Every change made through a page or the API. Rows are added and never changed.';
comment on column public.audit_log.actor is
  'The signed-in user; null: an API key or the platform itself, see actor_name.';
comment on column public.audit_log.before is 'Without secrets; null: the target was created.';
comment on column public.audit_log.after is 'Without secrets; null: the target was deleted.';
create index audit_log_by_organization on public.audit_log (organization_id, at desc);

grant select on public.audit_log to authenticated;

alter table public.audit_log enable row level security;

create policy "Owners see what was changed in their organisation" on public.audit_log
  for select to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
