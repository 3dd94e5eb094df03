-- What an agent writes down for people while it talks.

create function public.open_ticket(p_session_id uuid, p_worker text, p_ticket jsonb)
returns table (opened boolean, reason text)
language plpgsql security definer rows 1 set search_path = ''
as $$
declare
  ticket_id uuid := p_ticket ->> 'id';
  tenant_id uuid;
begin
  -- Asked first: an agent that did not hear the answer asks again, and by then the call may be over.
  opened := exists (select from public.tickets where id = ticket_id and session_id = p_session_id);
  if opened then return next; return; end if;

  -- Locked as everywhere, slot first: a call that is settled at this moment is either live here or over.
  select call.organization_id into tenant_id
  from public.active_calls call
  join public.sessions session on session.id = call.session_id
  -- A watcher may have taken the worker's name off while the database was slow; nobody else has the call yet.
  where call.session_id = p_session_id and coalesce(call.worker, session.worker) = p_worker
  for update of call;
  if tenant_id is null then
    reason := (select end_reason from public.sessions where id = p_session_id);
    return next;
    return;
  end if;

  insert into public.tickets (id, organization_id, session_id, kind, priority, title, body, contact)
  values (
    ticket_id,
    tenant_id,
    p_session_id,
    (p_ticket ->> 'kind')::public.ticket_kind,
    (p_ticket ->> 'priority')::public.ticket_priority,
    left(p_ticket ->> 'title', 200),
    left(p_ticket ->> 'body', 10000),
    left(p_ticket ->> 'contact', 200)
  )
  on conflict (id) do nothing;
  -- The id may be taken by the same request, sent twice at once, or by a ticket of somebody else.
  opened := exists (select from public.tickets where id = ticket_id and session_id = p_session_id);
  return next;
end;
$$;
comment on function public.open_ticket is
  'Writes a ticket or a message (TicketDraft of shared/contracts.ts) for the call that this worker has, once an id. '
  'Not opened: the call is over, and reason says why, or another worker has it. Definer: the agent role writes no '
  'table.';

revoke all on function public.open_ticket(uuid, text, jsonb) from public;
grant execute on function public.open_ticket(uuid, text, jsonb) to switchboard_agent;
