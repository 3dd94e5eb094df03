-- The sound of calls whose callers were told of it, for as long as their business said.
--
-- A host of agents sends a recording when the call is over, in parts, each as often as it takes until it is answered: what came
-- is not kept a second time, and nobody sees it before its last part is there. A call that went on with another agent has one
-- for each of them. 180 kB a minute: no other store is needed, and what goes with a call goes with it here too.

create table public.recordings (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null references public.sessions (id) on delete cascade,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  worker text not null constraint recording_worker_is_short check (char_length(worker) between 1 and 120),
  begins_at timestamptz not null,
  length_ms integer not null constraint recording_length_is_sane check (length_ms between 0 and 86400000),
  parts integer not null constraint recording_parts_are_sane check (parts between 1 and 1000),
  bytes integer,
  delete_after timestamptz not null,
  kept_at timestamptz,
  constraint one_recording_an_agent unique (session_id, worker)
);
comment on table public.recordings is
  'What was heard in a call from the sentence of consent on: Ogg with Opus, the caller left, the agent right.';
comment on column public.recordings.worker is 'Whose part of the call it is.';
comment on column public.recordings.delete_after is 'By the configuration that the call had; from then on nobody sees it.';
comment on column public.recordings.kept_at is 'Null: parts of it are not here yet.';
create index recordings_by_organization on public.recordings (organization_id);
create index recordings_by_end on public.recordings (delete_after);

create table private.recording_parts (
  recording_id uuid not null references public.recordings (id) on delete cascade,
  part integer not null,
  sound bytea not null constraint recording_part_is_small check (octet_length(sound) between 1 and 524288),
  primary key (recording_id, part)
);
comment on table private.recording_parts is 'The sound itself. The first part is 1.';
-- It is as small as it gets.
alter table private.recording_parts alter column sound set storage external;

alter table public.recordings enable row level security;
grant select, delete on public.recordings to authenticated;
create policy "Editors see the recordings of their organisation" on public.recordings
  for select to authenticated
  using (
    kept_at is not null and delete_after > now()
    and (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()))
  );
create policy "Owners remove recordings of their organisation" on public.recordings
  for delete to authenticated
  using (organization_id in (select private.my_organizations('owner')) or (select private.is_platform_admin()));
-- Those whose time has come go without a word.
create trigger audit_change after delete on public.recordings
  for each row when (old.delete_after > now()) execute function private.audit_change('recording');

create function public.keep_recording(
  p_session_id uuid, p_worker text, p_recording jsonb, p_part integer, p_sound text
) returns table (kept boolean, reason text)
language plpgsql volatile security definer rows 1 set search_path = ''
as $$
declare
  business constant uuid := (select organization_id from public.sessions where id = p_session_id);
  starts constant timestamptz := p_recording ->> 'begins_at';
  gone constant timestamptz := starts + make_interval(days => (p_recording ->> 'retention_days')::integer);
  recording public.recordings;
begin
  if business is null then
    return query select false, 'no_call';
    return;
  end if;
  if gone <= now() then
    return query select false, 'too_old';
    return;
  end if;
  insert into public.recordings (session_id, organization_id, worker, begins_at, length_ms, parts, delete_after)
  values (
    p_session_id, business, p_worker, starts, (p_recording ->> 'length_ms')::integer,
    (p_recording ->> 'parts')::integer, gone
  )
  on conflict (session_id, worker) do nothing;
  select * into strict recording from public.recordings where session_id = p_session_id and worker = p_worker for update;
  if recording.kept_at is null then
    insert into private.recording_parts (recording_id, part, sound)
    values (recording.id, p_part, decode(p_sound, 'base64'))
    on conflict (recording_id, part) do nothing;
    update public.recordings
    set kept_at = now(), bytes = here.bytes
    from (
      select count(*) as parts, sum(octet_length(sound)) as bytes
      from private.recording_parts where recording_id = recording.id
    ) here
    where id = recording.id and here.parts = recording.parts;
  end if;
  return query select true, null::text;
end;
$$;
comment on function public.keep_recording is
  'One part of what an agent recorded of a call, in base64, as often as it is told. p_recording: {"begins_at", "length_ms", '
  '"retention_days", "parts"}. Not kept: no_call, which may come with a record that waits, or too_old. Definer: the agent '
  'role writes no table.';

create function public.forget_recordings() returns table (forgotten bigint)
language sql volatile security definer rows 1 set search_path = ''
as $$
  with gone as (
    delete from public.recordings where delete_after <= now() returning 1
  )
  select count(*) from gone
$$;
comment on function public.forget_recordings is
  'Deletes those whose time has come, and says how many. Definer: dispatch deletes in no table.';

create function public.api_call_recordings(p_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('recordings', coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', recording.id, 'beginsAt', recording.begins_at, 'lengthMs', recording.length_ms, 'bytes', recording.bytes,
        'deleteAfter', recording.delete_after, 'href', '/recordings/' || recording.id
      )
      order by recording.begins_at
    ),
    '[]'
  ))
  from public.recordings recording where recording.session_id = p_id
$$;
comment on function public.api_call_recordings is 'What was recorded of a call, for those who may hear it.';

create function public.api_play_recording(p_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  recording public.recordings;
begin
  select * into recording from public.recordings where id = p_id and kept_at is not null and delete_after > now();
  if not found or not (
    recording.organization_id in (select private.my_organizations()) or private.is_platform_admin()
  ) then
    return null;
  end if;
  perform private.demand_role(recording.organization_id, 'editor');
  perform private.note_deed(recording.organization_id, 'recording.played', recording.session_id::text);
  return jsonb_build_object('parts', recording.parts, 'bytes', recording.bytes);
end;
$$;
comment on function public.api_play_recording is
  'How many parts a recording has, for an editor who is to hear it, which is written down. Null: none to be seen. Definer: '
  'the audit log is written by nobody.';

create function public.api_recording_part(p_id uuid, p_part integer) returns text
language sql stable security definer set search_path = ''
as $$
  -- In lines of 76, as encode() gives it, it would be of no use to most readers.
  select translate(encode(part.sound, 'base64'), E'\n', '')
  from public.recordings recording
  join private.recording_parts part on part.recording_id = recording.id and part.part = p_part
  where recording.id = p_id and recording.kept_at is not null and recording.delete_after > now()
    and (
      recording.organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin())
    )
$$;
comment on function public.api_recording_part is
  'One part of a recording in base64; null: none to be heard. Definer: the sound is in no grant.';

create function public.api_remove_recording(p_id uuid) returns boolean
language plpgsql volatile set search_path = ''
as $$
declare
  of uuid := (select organization_id from public.recordings where id = p_id);
begin
  if of is null then return false; end if;
  perform private.demand_role(of, 'owner');
  delete from public.recordings where id = p_id;
  return found;
end;
$$;
comment on function public.api_remove_recording is 'For an owner. False: there is no such recording to be seen.';

revoke all on function
  public.keep_recording(uuid, text, jsonb, integer, text),
  public.forget_recordings(),
  public.api_call_recordings(uuid),
  public.api_play_recording(uuid),
  public.api_recording_part(uuid, integer),
  public.api_remove_recording(uuid)
  from public;
grant execute on function public.keep_recording(uuid, text, jsonb, integer, text) to switchboard_agent;
grant execute on function public.forget_recordings() to switchboard_dispatch;
grant execute on function
  public.api_call_recordings(uuid),
  public.api_play_recording(uuid),
  public.api_recording_part(uuid, integer),
  public.api_remove_recording(uuid)
  to authenticated;
