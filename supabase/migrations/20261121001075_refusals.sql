-- What a refused caller gets: busy, or, where the number says so, a sentence or another number. Being told so takes an
-- agent for a moment, so there are only so many at once; whoever comes beyond that hears busy.

create type private.invite as (
  called_number text,
  caller_number text,
  sip_call_id text,
  sip_from_tag text,
  room text
);
comment on type private.invite is 'What is known of a call before anybody decides: texts of strangers.';

create function private.cut_invite(
  p_called text,
  p_caller text,
  p_sip_call_id text,
  p_sip_from_tag text,
  p_room text
) returns private.invite
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    left(coalesce(p_called, ''), 64),
    left(coalesce(p_caller, ''), 256),
    left(p_sip_call_id, 512),
    left(coalesce(p_sip_from_tag, ''), 128),
    left(p_room, 256)
  );
end;
$$;
comment on function private.cut_invite is 'Strangers'' texts are cut to their columns, never trusted to be short.';

create type public.refusal_action as enum ('busy', 'message', 'forward');

create type public.refusal_outcome as enum ('played', 'forwarded', 'failed', 'caller_left', 'busy');
comment on type public.refusal_outcome is
  'played: the sentence was heard. forwarded: the exchange took the caller on. failed: neither came about. caller_left: '
  'before it was over. busy: there was no agent to tell it, so the caller heard busy.';

alter table public.call_refusals
  add column answer public.refusal_action not null default 'busy',
  add column forwarded_to text constraint forwarded_to_is_bounded check (char_length(forwarded_to) <= 64),
  add column answered public.refusal_outcome,
  add constraint forwarded_somewhere check ((answer = 'forward') = (forwarded_to is not null));
comment on column public.call_refusals.answer is 'What the caller was to get.';
comment on column public.call_refusals.answered is
  'What the caller got; null: busy as it was decided, or nobody told.';
create index call_refusals_forwarded on public.call_refusals (caller_number, refused_at) where answer = 'forward';

create table public.active_refusals (
  refusal_id bigint primary key references public.call_refusals (id) on delete cascade,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  sip_number_id uuid not null references public.sip_numbers (id) on delete cascade,
  room text not null,
  answer jsonb not null,
  expires_at timestamptz not null
);
comment on table public.active_refusals is
  'Callers who are being told that nobody takes their call, or are being forwarded: at most so many of a number and 20 '
  'of the platform. A row that nobody ended is over after 60 s.';
comment on column public.active_refusals.answer is 'As admit_call gave it, for who asks again about the same dialogue.';
create index active_refusals_by_organization on public.active_refusals (organization_id);
create index active_refusals_by_number on public.active_refusals (sip_number_id);
create index active_refusals_by_room on public.active_refusals (room);

grant select on public.active_refusals to authenticated;
alter table public.active_refusals enable row level security;
create policy "Members see who is being turned away in their organisation" on public.active_refusals
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));

create function private.keep_refusal(
  invite private.invite,
  p_reason public.refusal_reason,
  number public.sip_numbers,
  p_session_id uuid default null,
  p_answer public.refusal_action default 'busy',
  p_forwarded_to text default null
) returns bigint
language plpgsql set search_path = ''
as $$
declare
  kept_id bigint;
begin
  insert into public.call_refusals (
    organization_id, sip_number_id, session_id, reason, called_number, caller_number, sip_call_id, sip_from_tag, room,
    answer, forwarded_to
  )
  values (
    number.organization_id, number.id, p_session_id, p_reason, invite.called_number, invite.caller_number,
    invite.sip_call_id, invite.sip_from_tag, invite.room, p_answer, p_forwarded_to
  )
  on conflict (sip_call_id, sip_from_tag) do nothing
  returning id into kept_id;

  -- A scanner dials numbers of nobody as fast as it likes: each new row of that kind pushes out those long before it.
  if number.organization_id is null then
    delete from public.call_refusals where organization_id is null and id < kept_id - 10000;
  end if;
  return kept_id;
end;
$$;
comment on function private.keep_refusal is
  'Writes the row of a refused call, once a dialogue; null: it was there already.';

create function private.has_policy(p_reason public.call_reason) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return p_reason in (
    'number_busy', 'organization_busy', 'pool_busy', 'platform_busy', 'organization_rate_limited', 'breaker_open',
    'outside_hours'
  );
end;
$$;
comment on function private.has_policy is
  'Whether a caller refused for this reason gets what the number says. All others hear busy: nobody has the number, or '
  'there is no agent to tell anything.';

create function private.is_loop(
  invite private.invite, number public.sip_numbers, p_to text, p_at timestamptz
) returns boolean
language sql stable set search_path = ''
as $$
  select
    ltrim(p_to, '+') in (ltrim(number.phone_number, '+'), ltrim(invite.called_number, '+'))
    or 2 <= (
      select count(*)
      from public.call_refusals
      where answer = 'forward'
        and caller_number = invite.caller_number
        and refused_at > p_at - interval '30 seconds'
        and (sip_number_id = number.id or ltrim(forwarded_to, '+') = ltrim(number.phone_number, '+'))
    )
$$;
comment on function private.is_loop is
  'Whether a forward would go round in circles: to the number itself, or this caller was forwarded from or to it twice '
  'in the last 30 s, as by two busy numbers that name each other.';

create function private.choose_answer(
  invite private.invite, number public.sip_numbers, p_policy jsonb, p_at timestamptz
) returns public.refusal_action
language plpgsql volatile set search_path = ''
as $$
declare
  refusal jsonb := p_policy -> 'refusal';
  most_at_once integer := case
    when refusal ->> 'most_at_once' ~ '^[0-9]{1,2}$' then least(greatest((refusal ->> 'most_at_once')::integer, 1), 20)
    else 2
  end;
begin
  if coalesce(refusal ->> 'action', 'busy') not in ('message', 'forward') then return 'busy'; end if;
  if refusal ->> 'action' = 'forward' and (
    coalesce(refusal ->> 'to', '') !~ '^(\+[1-9][0-9]{6,14}|[0-9]{2,15})$'
    or private.is_loop(invite, number, refusal ->> 'to', p_at)
  ) then
    return 'busy';
  end if;

  -- One that is being ended at this moment is not waited for: all tenants would, behind the lock of admission.
  delete from public.active_refusals
  where refusal_id in (
    select refusal_id from public.active_refusals where expires_at <= p_at for update skip locked
  );
  if most_at_once
      <= (select count(*) from public.active_refusals where sip_number_id = number.id and expires_at > p_at)
    or 20 <= (select count(*) from public.active_refusals where expires_at > p_at)
  then
    return 'busy';
  end if;
  return (refusal ->> 'action')::public.refusal_action;
end;
$$;
comment on function private.choose_answer is
  'What the policy of the number gives one more refused caller. Only true while lock_admission is held: rows enter '
  'active_refusals behind it alone, for the same reason as those of active_calls.';

create function private.refuse_dialogue(
  invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_policy jsonb
) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
  refused_at timestamptz := clock_timestamp();
  chosen public.refusal_action := 'busy';
  forward_to text;
  kept_id bigint;
  told jsonb := '{"action": "busy"}';
begin
  if private.has_policy(p_reason) then
    chosen := private.choose_answer(invite, number, p_policy, refused_at);
    if chosen = 'forward' then forward_to := p_policy #>> '{refusal,to}'; end if;
  end if;
  kept_id := private.keep_refusal(invite, p_reason, number, null, chosen, forward_to);
  if chosen = 'busy' or kept_id is null then return told; end if;

  told := jsonb_build_object(
    'action', chosen, 'reason', p_reason, 'refusal_id', kept_id, 'language', coalesce(p_policy ->> 'language', 'en')
  ) || case chosen
    when 'forward' then jsonb_build_object('to', forward_to)
    else jsonb_build_object('audio_url', p_policy #>> '{refusal,audio_url}')
  end;
  insert into public.active_refusals (refusal_id, organization_id, sip_number_id, room, answer, expires_at)
  values (kept_id, number.organization_id, number.id, invite.room, told, refused_at + interval '60 seconds');
  return told;
end;
$$;
comment on function private.refuse_dialogue is
  'Keeps the refusal, and the place of a caller who does not simply hear busy. Returns what that caller gets: '
  'refusalAnswerSchema of shared/contracts.ts.';

create function public.end_refusal(p_refusal_id bigint, p_outcome text) returns table (ended boolean)
language plpgsql security definer rows 1 set search_path = ''
as $$
begin
  delete from public.active_refusals where refusal_id = p_refusal_id;
  ended := found;
  if ended then
    update public.call_refusals set answered = p_outcome::public.refusal_outcome where id = p_refusal_id;
  end if;
  return next;
end;
$$;
comment on function public.end_refusal is
  'A refused caller was told, or forwarded, or neither: the place is free for the next one. Not ended: somebody said so '
  'before, or it is longer ago than 60 s and others came. Definer: neither role writes a table.';

revoke all on function
  private.cut_invite(text, text, text, text, text),
  private.keep_refusal(private.invite, public.refusal_reason, public.sip_numbers, uuid, public.refusal_action, text),
  private.has_policy(public.call_reason),
  private.choose_answer(private.invite, public.sip_numbers, jsonb, timestamptz),
  private.is_loop(private.invite, public.sip_numbers, text, timestamptz),
  private.refuse_dialogue(private.invite, public.refusal_reason, public.sip_numbers, jsonb),
  public.end_refusal(bigint, text)
  from public;
grant execute on function public.end_refusal(bigint, text) to switchboard_dispatch, switchboard_agent;
