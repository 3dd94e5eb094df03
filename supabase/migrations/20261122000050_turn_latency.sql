-- Where the time went that a caller waited for each answer.

alter table public.session_turns
  add column latency jsonb constraint latency_is_an_object check (jsonb_typeof(latency) = 'object');
comment on column public.session_turns.latency is
  'TurnLatency of shared/contracts.ts; null: nobody waited for what was said.';

create or replace function private.note_turns(session public.sessions, p_turns jsonb) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  insert into public.session_turns (session_id, position, organization_id, role, text, at_ms, latency)
  select session.id, position, session.organization_id, role, left(text, 20000), greatest(0, at_ms), latency
  from jsonb_to_recordset(coalesce(p_turns, '[]')) turn
    (position integer, role public.speaker, text text, at_ms numeric, latency jsonb)
  -- Sent again because the answer was lost: what was written first stays.
  on conflict (session_id, position) do nothing;
end;
$$;

create or replace function private.keep_turns(session public.sessions, p_turns jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A worker that never got to speak has nothing to put in the place of what another one noted.
  if coalesce(jsonb_array_length(p_turns), 0) = 0 then return; end if;
  delete from public.session_turns where session_id = session.id;
  insert into public.session_turns (session_id, position, organization_id, role, text, at_ms, latency)
  select
    session.id, ordinal, session.organization_id, (turn ->> 'role')::public.speaker, left(turn ->> 'text', 20000),
    greatest(0, (turn ->> 'at_ms')::numeric), nullif(turn -> 'latency', 'null')
  from jsonb_array_elements(p_turns) with ordinality turns (turn, ordinal);
end;
$$;
