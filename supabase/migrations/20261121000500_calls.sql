-- Calls: the ones on the line now, the ones that were, and the ones that were refused.

create type public.call_state as enum ('pending', 'active');
comment on type public.call_state is 'pending: a slot is reserved and the caller hears ringing. active: answered.';

create type public.admission_kind as enum ('counted', 'offline');
comment on type public.admission_kind is
  'counted: within the limits. offline: the database was away, and a replica of dispatch let the call in by what it '
  'remembered; limits may have been exceeded.';

create type public.speaker as enum ('caller', 'agent');
create type public.usage_kind as enum ('stt', 'llm', 'tts', 'realtime');
create type public.usage_unit as enum (
  'audio_ms',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'input_audio_tokens',
  'output_audio_tokens',
  'characters'
);
create type public.ticket_status as enum ('open', 'closed');
create type public.ticket_kind as enum ('ticket', 'message');
comment on type public.ticket_kind is 'ticket: something is to be done. message: the caller wants somebody to know.';
create type public.ticket_priority as enum ('low', 'normal', 'high');

create type public.config_source as enum ('current', 'stale', 'last_good');
comment on type public.config_source is
  'current: as it was written. stale: the database was away, this is what it last said. last_good: what was written '
  'did not pass its checks, this was the newest version that did.';

create type public.transfer_uri as enum ('sip', 'sips', 'tel');
create type public.transfer_outcome as enum (
  'connected',
  'busy',
  'no_answer',
  'refused',
  'unreachable',
  'failed',
  'caller_left'
);

create table public.sessions (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  sip_number_id uuid references public.sip_numbers (id) on delete set null,
  called_number text not null constraint called_number_is_bounded check (char_length(called_number) <= 64),
  caller_number text not null constraint caller_number_is_bounded check (char_length(caller_number) <= 256),
  sip_call_id text not null constraint sip_call_id_is_bounded check (char_length(sip_call_id) <= 512),
  sip_from_tag text not null constraint sip_from_tag_is_bounded check (char_length(sip_from_tag) <= 128),
  room text not null constraint room_is_bounded check (char_length(room) <= 256),
  admission public.admission_kind not null default 'counted',
  worker text,
  takes integer not null default 0,
  recorded boolean not null default false,
  started_at timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  ended_at timestamptz,
  end_reason public.call_reason,
  config_revision bigint,
  config_source public.config_source,
  talk_ms bigint generated always as ((extract(epoch from ended_at - answered_at) * 1000)::bigint) stored,
  timings jsonb not null default '{}' constraint timings_are_an_object check (jsonb_typeof(timings) = 'object'),
  -- From tag and Call-ID name one dialogue, however often its INVITE is repeated and whoever reports it.
  constraint one_session_a_dialogue unique (sip_call_id, sip_from_tag),
  constraint ended_with_a_reason check ((ended_at is null) = (end_reason is null)),
  constraint revision_with_its_source check ((config_revision is null) = (config_source is null))
);
comment on table public.sessions is 'Call history: one row for each admitted call, from admission to settlement, kept.';
comment on column public.sessions.caller_number is 'As the exchange wrote it: a stranger''s text.';
comment on column public.sessions.worker is 'Who holds the call, or held it last.';
comment on column public.sessions.takes is 'How many workers held the call, one after the other.';
comment on column public.sessions.recorded is
  'The worker''s own record is kept; false at the end: the call was settled without one, from what was noted.';
comment on column public.sessions.talk_ms is
  'From answer to end; null while the call is on or when it was never answered.';
comment on column public.sessions.config_revision is
  'Greatest revision of the layers that the agent of this call was made of; null: it never had a configuration.';
comment on column public.sessions.timings is 'Milliseconds of each step of the call, by name.';
create index sessions_by_organization on public.sessions (organization_id, started_at desc);
create index sessions_by_number on public.sessions (sip_number_id, started_at desc);
create index sessions_by_room on public.sessions (room);

create table public.session_turns (
  session_id uuid not null references public.sessions (id) on delete cascade,
  position integer not null,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  role public.speaker not null,
  text text not null,
  at_ms integer not null constraint at_is_not_negative check (at_ms >= 0),
  primary key (session_id, position)
);
comment on table public.session_turns is 'Transcript.';
comment on column public.session_turns.at_ms is 'Since the call was offered to its worker.';
create index session_turns_by_organization on public.session_turns (organization_id);

create table public.session_transfers (
  session_id uuid not null references public.sessions (id) on delete cascade,
  position integer not null,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  destination text not null constraint destination_is_bounded check (char_length(destination) <= 64),
  uri_kind public.transfer_uri not null,
  outcome public.transfer_outcome not null,
  at_ms integer not null constraint at_is_not_negative check (at_ms >= 0),
  primary key (session_id, position)
);
comment on table public.session_transfers is 'Each time that a call was to be put through, and what came of it.';
comment on column public.session_transfers.destination is 'Id of the destination in the configuration of the call.';
comment on column public.session_transfers.at_ms is 'Since the call was offered to its worker.';
create index session_transfers_by_organization on public.session_transfers (organization_id);

create table public.session_usage (
  session_id uuid not null references public.sessions (id) on delete cascade,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  kind public.usage_kind not null,
  provider text not null,
  model text not null,
  unit public.usage_unit not null,
  amount numeric not null constraint amount_is_not_negative check (amount >= 0),
  cost numeric(12, 6) constraint cost_is_not_negative check (cost >= 0),
  primary key (session_id, kind, provider, model, unit)
);
comment on table public.session_usage is 'What a call used of each provider and model.';
comment on column public.session_usage.cost is 'Null: no price is known for the model.';
create index session_usage_by_organization on public.session_usage (organization_id);

create table private.noted_usage (
  session_id uuid not null references public.sessions (id) on delete cascade,
  takes integer not null,
  kind public.usage_kind not null,
  provider text not null,
  model text not null,
  unit public.usage_unit not null,
  amount numeric not null constraint amount_is_not_negative check (amount >= 0),
  primary key (session_id, takes, kind, provider, model, unit)
);
comment on table private.noted_usage is
  'What each worker of a call had used of it when it last said so; gone once the call has a record.';
comment on column private.noted_usage.takes is 'Which of the workers: sessions.takes while it held the call.';

create table public.tickets (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  session_id uuid references public.sessions (id) on delete set null,
  kind public.ticket_kind not null default 'ticket',
  status public.ticket_status not null default 'open',
  priority public.ticket_priority not null default 'normal',
  title text not null constraint title_is_short check (char_length(title) between 1 and 200),
  body text not null default '' constraint body_is_bounded check (char_length(body) <= 10000),
  contact text not null default '' constraint contact_is_short check (char_length(contact) <= 200),
  created_at timestamptz not null default now(),
  closed_at timestamptz
);
comment on table public.tickets is 'What an agent or a person wrote down to be done after a call.';
comment on column public.tickets.contact is
  'How to reach the caller, as they said it; empty: the number they called from.';
create index tickets_by_organization on public.tickets (organization_id, created_at desc);
create index tickets_by_session on public.tickets (session_id);

create table public.active_calls (
  session_id uuid primary key references public.sessions (id) on delete cascade,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  sip_number_id uuid not null references public.sip_numbers (id) on delete restrict,
  pool text not null references public.pools (name),
  room text not null,
  state public.call_state not null default 'pending',
  worker text constraint worker_is_bounded check (char_length(worker) <= 128),
  placements integer not null default 1,
  released boolean not null default false,
  end_requested public.call_reason,
  failed_providers text[] not null default '{}',
  started_at timestamptz not null default clock_timestamp(),
  lease_expires_at timestamptz not null
)
-- Each lease is renewed each 5 s: with room in the page, and no index on what changes, that writes no index.
with (fillfactor = 60);
comment on table public.active_calls is
  'The slots in use: a row is reserved before the agent starts and deleted when the call ends, and limits count '
  'rows.';
comment on column public.active_calls.worker is 'Who holds the call; null: nobody yet, or nobody any more.';
comment on column public.active_calls.placements is 'How often a worker was asked for, this time included.';
comment on column public.active_calls.released is 'The holder gave the call away, or its process is known to be gone.';
comment on column public.active_calls.failed_providers is 'Their failure in this call was told to their breakers.';
comment on column public.active_calls.end_requested is
  'Set: the holder is told to end the call with this reason at its next renewal.';
comment on column public.active_calls.lease_expires_at is 'Past: the holder stopped renewing and the watcher may act.';
create index active_calls_by_organization on public.active_calls (organization_id);
create index active_calls_by_number on public.active_calls (sip_number_id);
create index active_calls_by_pool on public.active_calls (pool);

create table public.call_refusals (
  id bigint generated always as identity primary key,
  organization_id uuid references public.organizations (id) on delete cascade,
  sip_number_id uuid references public.sip_numbers (id) on delete set null,
  session_id uuid references public.sessions (id) on delete cascade,
  reason public.refusal_reason not null,
  called_number text not null constraint called_number_is_bounded check (char_length(called_number) <= 64),
  caller_number text not null constraint caller_number_is_bounded check (char_length(caller_number) <= 256),
  sip_call_id text not null constraint sip_call_id_is_bounded check (char_length(sip_call_id) <= 512),
  sip_from_tag text not null constraint sip_from_tag_is_bounded check (char_length(sip_from_tag) <= 128),
  room text not null constraint room_is_bounded check (char_length(room) <= 256),
  refused_at timestamptz not null default clock_timestamp(),
  constraint one_refusal_a_dialogue unique (sip_call_id, sip_from_tag)
);
comment on table public.call_refusals is 'Every call that was turned away, with its reason.';
comment on column public.call_refusals.organization_id is
  'Null: the dialled number is nobody''s. Only the newest 10 000 such rows are kept: a scanner must not fill the '
  'disk.';
comment on column public.call_refusals.session_id is 'Set: the call had been admitted and could not be placed.';
create index call_refusals_by_organization on public.call_refusals (organization_id, refused_at desc);
create index call_refusals_by_number on public.call_refusals (sip_number_id);
create index call_refusals_by_session on public.call_refusals (session_id);
create index call_refusals_by_room on public.call_refusals (room);
create index call_refusals_of_nobody on public.call_refusals (id) where organization_id is null;

grant select on public.sessions, public.session_turns, public.session_transfers, public.session_usage, public.tickets,
  public.active_calls, public.call_refusals to authenticated;
grant insert (organization_id, session_id, title, body, priority, contact),
  update (status, title, body, priority, contact, closed_at)
  on public.tickets to authenticated;

alter table public.sessions enable row level security;
alter table public.session_turns enable row level security;
alter table public.session_transfers enable row level security;
alter table public.session_usage enable row level security;
alter table public.tickets enable row level security;
alter table public.active_calls enable row level security;
alter table public.call_refusals enable row level security;

create policy "Members see the calls of their organisation" on public.sessions
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Members read the transcripts of their organisation" on public.session_turns
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Members see where calls of their organisation were put through" on public.session_transfers
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Members see what the calls of their organisation used" on public.session_usage
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Members see the live calls of their organisation" on public.active_calls
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Members see the refused calls of their organisation" on public.call_refusals
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));

create policy "Members see the tickets of their organisation" on public.tickets
  for select to authenticated
  using (organization_id in (select private.my_organizations()) or (select private.is_platform_admin()));
create policy "Editors open tickets in their organisation" on public.tickets
  for insert to authenticated
  with check (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));
create policy "Editors change the tickets of their organisation" on public.tickets
  for update to authenticated
  using (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()))
  with check (organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin()));
