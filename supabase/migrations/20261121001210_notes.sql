-- What is written down of a call while it is on: a worker that is gone leaves behind what was said and used, and in which
-- language.

alter table public.sessions
  add column language text constraint language_is_bounded check (char_length(language) <= 35);
comment on column public.sessions.language is
  'In which the call went on after its agent changed the language; null: the configured one.';

create function private.note_turns(session public.sessions, p_turns jsonb) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  insert into public.session_turns (session_id, position, organization_id, role, text, at_ms)
  select session.id, position, session.organization_id, role, left(text, 20000), greatest(0, at_ms)
  from jsonb_to_recordset(coalesce(p_turns, '[]')) turn (position integer, role public.speaker, text text, at_ms numeric)
  -- Sent again because the answer was lost: what was written first stays.
  on conflict (session_id, position) do nothing;
end;
$$;
comment on function private.note_turns is 'Each place in the transcript is written once, in whatever order they come.';

create function private.note_usage(session public.sessions, p_usage jsonb) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.noted_usage as noted (session_id, takes, kind, provider, model, unit, amount)
  select session.id, session.takes, kind, provider, model, unit, sum(amount)
  from jsonb_to_recordset(coalesce(p_usage, '[]')) used
    (kind public.usage_kind, provider text, model text, unit public.usage_unit, amount numeric)
  group by kind, provider, model, unit
  on conflict (session_id, takes, kind, provider, model, unit) do update
  -- Totals only grow: the smaller one is an older note that came late.
  set amount = greatest(noted.amount, excluded.amount);
end;
$$;
comment on function private.note_usage is 'The total so far of the worker that holds the call now.';

create function public.note_calls(p_worker text, p_notes jsonb) returns table (session_id uuid, noted boolean)
language plpgsql security definer set search_path = ''
as $$
declare
  note record;
  session public.sessions;
begin
  for note in
    select id, turns, usage, language
    from jsonb_to_recordset(p_notes) given (session_id uuid, turns jsonb, usage jsonb, language text)
    cross join lateral (select given.session_id as id) named
    order by id
  loop
    session_id := note.id;
    perform from public.active_calls call
    where call.session_id = note.id and call.worker = p_worker and not call.released
    for update;
    noted := found;
    if noted then
      if jsonb_array_length(note.turns) > 0 then
        -- The answer itself may not have been heard, because the database was away just then.
        perform public.answer_call(note.id, p_worker)
        from public.active_calls call
        where call.session_id = note.id and call.state = 'pending';
      end if;
      update public.sessions set language = note.language where id = note.id and note.language is not null;
      select * into session from public.sessions where id = note.id;
      perform private.note_turns(session, note.turns);
      perform private.note_usage(session, note.usage);
    end if;
    return next;
  end loop;
end;
$$;
comment on function public.note_calls is
  'Keeps new turns and the usage so far of calls that this worker has: [{"session_id", "turns": [{"position", "role", '
  '"text", "at_ms"}], "usage": [as in CallRecord of shared/contracts.ts], "language"}]. Positions count from 1 over the '
  'whole call, usage is the worker''s own, a language is that of the call from now on. A call in which somebody spoke is '
  'an answered one. Not noted: the call is over or not this worker''s. Definer: the agent role writes no table.';

revoke all on function
  private.note_turns(public.sessions, jsonb),
  private.note_usage(public.sessions, jsonb),
  public.note_calls(text, jsonb)
  from public;
grant execute on function public.note_calls(text, jsonb) to switchboard_agent;
