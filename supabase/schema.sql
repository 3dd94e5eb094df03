-- What supabase/migrations add up to. Read this, not the history; `npm run schema:dump` writes it.

-- Name: private; Type: SCHEMA; Schema: -

CREATE SCHEMA private;

-- Name: SCHEMA private; Type: COMMENT; Schema: -

COMMENT ON SCHEMA private IS 'What policies and functions need and no API may call: this schema is not exposed.';

-- Name: public; Type: SCHEMA; Schema: -

CREATE SCHEMA public;

-- Name: SCHEMA public; Type: COMMENT; Schema: -

COMMENT ON SCHEMA public IS 'standard public schema';

-- Name: breaker_news; Type: TYPE; Schema: private

CREATE TYPE private.breaker_news AS ENUM (
    'ok',
    'failed',
    'fatal'
);

-- Name: TYPE breaker_news; Type: COMMENT; Schema: private

COMMENT ON TYPE private.breaker_news IS 'fatal: the next call would fail the same way, so nothing needs counting.';

-- Name: invite; Type: TYPE; Schema: private

CREATE TYPE private.invite AS (
	called_number text,
	caller_number text,
	sip_call_id text,
	sip_from_tag text,
	room text
);

-- Name: TYPE invite; Type: COMMENT; Schema: private

COMMENT ON TYPE private.invite IS 'What is known of a call before anybody decides: texts of strangers.';

-- Name: provider_failure; Type: TYPE; Schema: private

CREATE TYPE private.provider_failure AS ENUM (
    'bad_key',
    'quota',
    'timeout',
    'unavailable',
    'other'
);

-- Name: TYPE provider_failure; Type: COMMENT; Schema: private

COMMENT ON TYPE private.provider_failure IS 'What a provider did, as the agent calls it.';

-- Name: admission_kind; Type: TYPE; Schema: public

CREATE TYPE public.admission_kind AS ENUM (
    'counted',
    'offline'
);

-- Name: TYPE admission_kind; Type: COMMENT; Schema: public

COMMENT ON TYPE public.admission_kind IS 'counted: within the limits. offline: the database was away, and a replica of dispatch let the call in by what it remembered; limits may have been exceeded.';

-- Name: breaker_state; Type: TYPE; Schema: public

CREATE TYPE public.breaker_state AS ENUM (
    'closed',
    'open',
    'half_open'
);

-- Name: call_decision; Type: TYPE; Schema: public

CREATE TYPE public.call_decision AS (
	outcome text,
	reason text,
	session_id uuid,
	organization_id uuid,
	tenant text,
	number_id uuid,
	number_limit integer,
	pool text,
	answer jsonb,
	repeated boolean
);

-- Name: TYPE call_decision; Type: COMMENT; Schema: public

COMMENT ON TYPE public.call_decision IS 'outcome is admitted or refused; reason is a public.call_reason, null when admitted; answer is what a refused caller gets (refusalAnswerSchema of shared/contracts.ts), null when admitted; number_limit is how many calls the number takes at once, null when nobody has it.';

-- Name: call_reason; Type: TYPE; Schema: public

CREATE TYPE public.call_reason AS ENUM (
    'malformed_number',
    'unknown_number',
    'number_inactive',
    'organization_inactive',
    'number_busy',
    'organization_busy',
    'pool_busy',
    'platform_busy',
    'organization_rate_limited',
    'outside_hours',
    'breaker_open',
    'pool_unavailable',
    'no_worker',
    'database_away',
    'config_missing',
    'config_invalid',
    'tenant_mismatch',
    'provider_key_missing',
    'provider_unusable',
    'agent_failed',
    'caller_gave_up',
    'caller_hung_up',
    'agent_hung_up',
    'transferred',
    'closed',
    'caller_silent',
    'max_duration',
    'media_lost',
    'provider_failed',
    'switched_off',
    'told_to_end',
    'worker_lost',
    'drained',
    'room_closed'
);

-- Name: TYPE call_reason; Type: COMMENT; Schema: public

COMMENT ON TYPE public.call_reason IS 'Refusals stand before caller_gave_up, ends from it on: a new refusal is added BEFORE caller_gave_up. Retired codes stay.';

-- Name: call_state; Type: TYPE; Schema: public

CREATE TYPE public.call_state AS ENUM (
    'pending',
    'active'
);

-- Name: TYPE call_state; Type: COMMENT; Schema: public

COMMENT ON TYPE public.call_state IS 'pending: a slot is reserved and the caller hears ringing. active: answered.';

-- Name: config_layer; Type: TYPE; Schema: public

CREATE TYPE public.config_layer AS ENUM (
    'platform',
    'organization',
    'instance',
    'number'
);

-- Name: TYPE config_layer; Type: COMMENT; Schema: public

COMMENT ON TYPE public.config_layer IS 'The written layers of an agent configuration, weakest first.';

-- Name: config_source; Type: TYPE; Schema: public

CREATE TYPE public.config_source AS ENUM (
    'current',
    'stale',
    'last_good'
);

-- Name: TYPE config_source; Type: COMMENT; Schema: public

COMMENT ON TYPE public.config_source IS 'current: as it was written. stale: the database was away, this is what it last said. last_good: what was written did not pass its checks, this was the newest version that did.';

-- Name: gateway_group; Type: TYPE; Schema: public

CREATE TYPE public.gateway_group AS ENUM (
    'default',
    'premium',
    'backup'
);

-- Name: member_role; Type: TYPE; Schema: public

CREATE TYPE public.member_role AS ENUM (
    'viewer',
    'editor',
    'owner'
);

-- Name: TYPE member_role; Type: COMMENT; Schema: public

COMMENT ON TYPE public.member_role IS 'Ascending: an editor may do what a viewer may, an owner what an editor may.';

-- Name: number_lookup; Type: TYPE; Schema: public

CREATE TYPE public.number_lookup AS (
	number_id uuid,
	organization_id uuid,
	tenant text,
	organization_name text,
	phone_number text,
	label text,
	active boolean,
	organization_active boolean,
	platform_config jsonb,
	organization_config jsonb,
	instance_config jsonb,
	config_override jsonb,
	config_revision bigint,
	changed_revision bigint,
	provider_keys jsonb
);

-- Name: TYPE number_lookup; Type: COMMENT; Schema: public

COMMENT ON TYPE public.number_lookup IS 'config_revision is the greatest revision of the layers; changed_revision says which of config_changes are in it.';

-- Name: organization_status; Type: TYPE; Schema: public

CREATE TYPE public.organization_status AS ENUM (
    'active',
    'suspended'
);

-- Name: put_outcome; Type: TYPE; Schema: public

CREATE TYPE public.put_outcome AS (
	id uuid,
	created boolean,
	changed boolean,
	revision bigint
);

-- Name: TYPE put_outcome; Type: COMMENT; Schema: public

COMMENT ON TYPE public.put_outcome IS 'Not changed: everything was as it was asked for already. revision is that of the configuration.';

-- Name: refusal_action; Type: TYPE; Schema: public

CREATE TYPE public.refusal_action AS ENUM (
    'busy',
    'message',
    'forward'
);

-- Name: refusal_outcome; Type: TYPE; Schema: public

CREATE TYPE public.refusal_outcome AS ENUM (
    'played',
    'forwarded',
    'failed',
    'caller_left',
    'busy'
);

-- Name: TYPE refusal_outcome; Type: COMMENT; Schema: public

COMMENT ON TYPE public.refusal_outcome IS 'played: the sentence was heard. forwarded: the exchange took the caller on. failed: neither came about. caller_left: before it was over. busy: there was no agent to tell it, so the caller heard busy.';

-- Name: is_refusal(public.call_reason); Type: FUNCTION; Schema: private

CREATE FUNCTION private.is_refusal(reason public.call_reason) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select reason < 'caller_gave_up'::public.call_reason
$$;

-- Name: FUNCTION is_refusal(reason public.call_reason); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.is_refusal(reason public.call_reason) IS 'Whether a call with this reason never reached an agent.';

-- Name: refusal_reason; Type: DOMAIN; Schema: public

CREATE DOMAIN public.refusal_reason AS public.call_reason
	CONSTRAINT refusal_reason_check CHECK (private.is_refusal(VALUE));

-- Name: DOMAIN refusal_reason; Type: COMMENT; Schema: public

COMMENT ON DOMAIN public.refusal_reason IS 'The reasons that refuse a call.';

-- Name: speaker; Type: TYPE; Schema: public

CREATE TYPE public.speaker AS ENUM (
    'caller',
    'agent'
);

-- Name: ticket_kind; Type: TYPE; Schema: public

CREATE TYPE public.ticket_kind AS ENUM (
    'ticket',
    'message'
);

-- Name: TYPE ticket_kind; Type: COMMENT; Schema: public

COMMENT ON TYPE public.ticket_kind IS 'ticket: something is to be done. message: the caller wants somebody to know.';

-- Name: ticket_priority; Type: TYPE; Schema: public

CREATE TYPE public.ticket_priority AS ENUM (
    'low',
    'normal',
    'high'
);

-- Name: ticket_status; Type: TYPE; Schema: public

CREATE TYPE public.ticket_status AS ENUM (
    'open',
    'closed'
);

-- Name: transfer_outcome; Type: TYPE; Schema: public

CREATE TYPE public.transfer_outcome AS ENUM (
    'connected',
    'busy',
    'no_answer',
    'refused',
    'unreachable',
    'failed',
    'caller_left'
);

-- Name: transfer_uri; Type: TYPE; Schema: public

CREATE TYPE public.transfer_uri AS ENUM (
    'sip',
    'sips',
    'tel'
);

-- Name: usage_kind; Type: TYPE; Schema: public

CREATE TYPE public.usage_kind AS ENUM (
    'stt',
    'llm',
    'tts',
    'realtime'
);

-- Name: usage_unit; Type: TYPE; Schema: public

CREATE TYPE public.usage_unit AS ENUM (
    'audio_ms',
    'input_tokens',
    'cached_input_tokens',
    'output_tokens',
    'input_audio_tokens',
    'output_audio_tokens',
    'characters'
);

-- Name: agent_instances; Type: TABLE; Schema: public

CREATE TABLE public.agent_instances (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    config_revision bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT name_is_short CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)))
);

-- Name: TABLE agent_instances; Type: COMMENT; Schema: public

COMMENT ON TABLE public.agent_instances IS 'Voice agents of an organisation; several numbers may share one.';

-- Name: COLUMN agent_instances.is_default; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.agent_instances.is_default IS 'Answers the numbers of the organisation that name no agent.';

-- Name: COLUMN agent_instances.config; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.agent_instances.config IS 'Third layer of the agent configuration.';

-- Name: COLUMN agent_instances.config_revision; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.agent_instances.config_revision IS 'Revision of config in config_versions.';

-- Name: agent_json(public.agent_instances); Type: FUNCTION; Schema: private

CREATE FUNCTION private.agent_json(agent public.agent_instances) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', agent.id,
    'name', agent.name,
    'isDefault', agent.is_default,
    'organization', private.organization_ref(agent.organization_id),
    'numbers', (
      select count(*) from public.sip_numbers number
      where number.agent_instance_id = agent.id
        or agent.is_default and number.agent_instance_id is null and number.organization_id = agent.organization_id
    ),
    'revision', agent.config_revision,
    'createdAt', agent.created_at
  )
$$;

-- Name: FUNCTION agent_json(agent public.agent_instances); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.agent_json(agent public.agent_instances) IS 'A voice agent as the API gives it away.';

-- Name: agent_named(uuid, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.agent_named(p_organization_id uuid, p_name text) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  agent_id uuid;
begin
  if p_name is null then return null; end if;
  select id into agent_id from public.agent_instances where organization_id = p_organization_id and name = p_name;
  if not found then raise exception 'the organisation has no agent %', to_jsonb(p_name); end if;
  return agent_id;
end;
$$;

-- Name: FUNCTION agent_named(p_organization_id uuid, p_name text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.agent_named(p_organization_id uuid, p_name text) IS 'Null for null: no agent of its own.';

-- Name: api_keys; Type: TABLE; Schema: public

CREATE TABLE public.api_keys (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid,
    name text NOT NULL,
    hash text NOT NULL,
    last_four text NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    created_by uuid DEFAULT auth.uid(),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT hash_is_sha256 CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT last_four_is_four CHECK ((char_length(last_four) <= 4)),
    CONSTRAINT name_is_short CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT scopes_are_named CHECK ((array_to_string(scopes, ' '::text) ~ '^([a-z]+:(read|write)( |$))*$'::text))
);

-- Name: TABLE api_keys; Type: COMMENT; Schema: public

COMMENT ON TABLE public.api_keys IS 'Keys of programs that call the API.';

-- Name: COLUMN api_keys.organization_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.api_keys.organization_id IS 'Null: a key of the platform itself.';

-- Name: COLUMN api_keys.hash; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.api_keys.hash IS 'SHA-256 of the key, hexadecimal. The key itself is shown once and not kept.';

-- Name: COLUMN api_keys.scopes; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.api_keys.scopes IS 'What it may be used for: <resource>:read or <resource>:write of the API.';

-- Name: api_key_json(public.api_keys); Type: FUNCTION; Schema: private

CREATE FUNCTION private.api_key_json(key public.api_keys) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', key.id,
    'name', key.name,
    'lastFour', key.last_four,
    'scopes', to_jsonb(key.scopes),
    'organization', private.organization_ref(key.organization_id),
    'createdAt', key.created_at,
    'lastUsedAt', key.last_used_at,
    'expiresAt', key.expires_at
  )
$$;

-- Name: FUNCTION api_key_json(key public.api_keys); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.api_key_json(key public.api_keys) IS 'An API key as the API gives it away: never the key, nor its hash.';

-- Name: probes; Type: TABLE; Schema: private

CREATE TABLE private.probes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid,
    sip_number_id uuid,
    provider_key_id uuid,
    draft jsonb,
    pool text,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    taken_by text,
    taken_at timestamp with time zone,
    finished_at timestamp with time zone,
    result jsonb,
    CONSTRAINT probe_has_one_subject CHECK ((num_nonnulls(sip_number_id, provider_key_id) = 1)),
    CONSTRAINT probe_of_a_key_has_no_draft CHECK (((provider_key_id IS NULL) OR (draft IS NULL))),
    CONSTRAINT probe_result_is_short CHECK ((octet_length((result)::text) <= 65536))
);

-- Name: TABLE probes; Type: COMMENT; Schema: private

COMMENT ON TABLE private.probes IS 'Questions to providers that somebody wants asked, for an hour, and what came of them.';

-- Name: COLUMN probes.organization_id; Type: COMMENT; Schema: private

COMMENT ON COLUMN private.probes.organization_id IS 'Whose it is; null: the platform''s.';

-- Name: COLUMN probes.draft; Type: COMMENT; Schema: private

COMMENT ON COLUMN private.probes.draft IS 'Laid over the number in the place of what is saved; null: as it is saved.';

-- Name: COLUMN probes.pool; Type: COMMENT; Schema: private

COMMENT ON COLUMN private.probes.pool IS 'Whose hosts are to ask, since they are the ones that answer calls; null: any.';

-- Name: ask_for_probe(private.probes); Type: FUNCTION; Schema: private

CREATE FUNCTION private.ask_for_probe(probe private.probes) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  added uuid;
begin
  delete from private.probes where asked_at < now() - interval '1 hour';
  if 5 <= (
    select count(*) from private.probes waiting
    where waiting.organization_id is not distinct from probe.organization_id
      and waiting.finished_at is null and waiting.asked_at > now() - interval '45 seconds'
  ) then
    raise exception 'five tries of this organisation are under way: wait for one of them'
      using errcode = 'PT409';
  end if;
  insert into private.probes (organization_id, sip_number_id, provider_key_id, draft, pool)
  values (probe.organization_id, probe.sip_number_id, probe.provider_key_id, probe.draft, probe.pool)
  returning id into added;
  return added;
end;
$$;

-- Name: FUNCTION ask_for_probe(probe private.probes); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.ask_for_probe(probe private.probes) IS 'Each one costs the tenant a little: no more than five wait at once.';

-- Name: audit_change(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.audit_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION audit_change(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.audit_change() IS 'Keeps each change of a row, of changed rows the columns that changed. Its argument is what a row is called. Definer: nobody may write audit_log.';

-- Name: breaker_reason(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.breaker_reason(p_organization_id uuid) RETURNS public.call_reason
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  breaker public.breakers;
begin
  select * into breaker
  from public.breakers
  where organization_id = p_organization_id and provider is null and state <> 'closed';
  if not found then return null; end if;

  if private.lets_probe(breaker) then
    -- Locked until this call is decided. One that is locked already is being changed by the outcome of another call of
    -- this organisation: to wait for it here would be to let all tenants wait.
    perform from public.breakers due where due.id = breaker.id and private.lets_probe(due) for update skip locked;
    if found then return null; end if;
  end if;
  return 'breaker_open';
end;
$$;

-- Name: FUNCTION breaker_reason(p_organization_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.breaker_reason(p_organization_id uuid) IS 'breaker_open, or null: the organisation''s calls come in, or this one may be the probe (private.mark_probe says so once it has a session). Only exact behind the lock of admission.';

-- Name: organizations; Type: TABLE; Schema: public

CREATE TABLE public.organizations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    status public.organization_status DEFAULT 'active'::public.organization_status NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    config_revision bigint DEFAULT 0 NOT NULL,
    pool text DEFAULT 'switchboard'::text NOT NULL,
    max_concurrent_calls integer,
    max_calls_per_second integer,
    max_call_minutes integer,
    monthly_spend_limit numeric(12,2),
    monthly_minutes_limit integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT call_minutes_are_positive CHECK ((max_call_minutes > 0)),
    CONSTRAINT limit_is_not_negative CHECK ((max_concurrent_calls >= 0)),
    CONSTRAINT minutes_are_not_negative CHECK ((monthly_minutes_limit >= 0)),
    CONSTRAINT name_is_short CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT rate_is_positive CHECK ((max_calls_per_second > 0)),
    CONSTRAINT slug_is_a_tenant_key CHECK ((slug ~ '^[A-Za-z0-9_-]{1,128}$'::text)),
    CONSTRAINT spend_is_not_negative CHECK ((monthly_spend_limit >= (0)::numeric))
);

-- Name: TABLE organizations; Type: COMMENT; Schema: public

COMMENT ON TABLE public.organizations IS 'Tenants: one row for each business.';

-- Name: COLUMN organizations.slug; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.organizations.slug IS 'The tenant key that travels in metadata and logs.';

-- Name: COLUMN organizations.config; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.organizations.config IS 'Second layer of the agent configuration.';

-- Name: COLUMN organizations.config_revision; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.organizations.config_revision IS 'Revision of config in config_versions.';

-- Name: COLUMN organizations.max_concurrent_calls; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.organizations.max_concurrent_calls IS 'Pending and active calls together; null: no limit.';

-- Name: COLUMN organizations.max_calls_per_second; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.organizations.max_calls_per_second IS 'Calls admitted in any one second; null: no limit.';

-- Name: COLUMN organizations.max_call_minutes; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.organizations.max_call_minutes IS 'An answered call is ended after so long, whatever its configuration allows; null: no limit.';

-- Name: COLUMN organizations.monthly_spend_limit; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.organizations.monthly_spend_limit IS 'In the currency of session_usage.cost; null: no limit.';

-- Name: sip_numbers; Type: TABLE; Schema: public

CREATE TABLE public.sip_numbers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    phone_number text NOT NULL,
    organization_id uuid,
    agent_instance_id uuid,
    active boolean DEFAULT true NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    config_override jsonb DEFAULT '{}'::jsonb NOT NULL,
    config_revision bigint DEFAULT 0 NOT NULL,
    max_concurrent_calls integer DEFAULT 1 NOT NULL,
    assigned_by uuid,
    assigned_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT agent_needs_an_organization CHECK (((organization_id IS NOT NULL) OR (agent_instance_id IS NULL))),
    CONSTRAINT label_is_short CHECK ((char_length(label) <= 120)),
    CONSTRAINT limit_is_not_negative CHECK ((max_concurrent_calls >= 0)),
    CONSTRAINT phone_number_can_be_dialled CHECK ((phone_number ~ '^(\+?[0-9]{2,15}|\*)$'::text))
);

-- Name: TABLE sip_numbers; Type: COMMENT; Schema: public

COMMENT ON TABLE public.sip_numbers IS 'Every number and extension that can be dialled here. Without an organisation it is nobody''s and refused as unknown.';

-- Name: COLUMN sip_numbers.phone_number; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sip_numbers.phone_number IS 'E.164 with its plus, or an extension, as the exchange sends it; * while active: any number that no other row has.';

-- Name: COLUMN sip_numbers.config_override; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sip_numbers.config_override IS 'Strongest layer of the agent configuration.';

-- Name: COLUMN sip_numbers.config_revision; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sip_numbers.config_revision IS 'Revision of config_override in config_versions.';

-- Name: COLUMN sip_numbers.assigned_by; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sip_numbers.assigned_by IS 'The platform admin who gave the number to its organisation.';

-- Name: busy_reason(public.sip_numbers, public.organizations, timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.busy_reason(number public.sip_numbers, organization public.organizations, p_at timestamp with time zone) RETURNS public.call_reason
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  pool_limit integer := (select max_concurrent_calls from public.pools where name = organization.pool);
  pool_capacity bigint := private.pool_capacity(organization.pool);
  platform_limit integer := (select max_concurrent_calls from public.platform_settings where id);
  everywhere bigint := private.slots_at_most(least(pool_limit, platform_limit));
begin
  if number.max_concurrent_calls
    <= (select count(*) from public.active_calls where sip_number_id = number.id)
  then return 'number_busy';
  end if;
  -- An organisation and a pool have no more calls than there are on the platform: a limit above that is not reached.
  if organization.max_concurrent_calls <= everywhere
    and organization.max_concurrent_calls
      <= (select count(*) from public.active_calls where organization_id = organization.id)
  then return 'organization_busy';
  end if;
  if pool_limit <= everywhere
    and pool_limit <= (select count(*) from public.active_calls where pool = organization.pool)
  then return 'pool_busy';
  end if;
  -- Without this a caller rings until dispatch has found out that no worker takes the call. While the database was away
  -- no worker could say that it is there.
  if pool_capacity <= everywhere
    and pool_capacity <= private.calls_counted_in(organization.pool)
    and not private.in_grace()
  then return 'pool_busy';
  end if;
  if platform_limit <= everywhere then return 'platform_busy'; end if;
  if organization.max_calls_per_second <= (
    select count(*)
    from public.sessions
    where organization_id = organization.id and started_at > p_at - interval '1 second'
  )
  then return 'organization_rate_limited';
  end if;
  return null;
end;
$$;

-- Name: FUNCTION busy_reason(number public.sip_numbers, organization public.organizations, p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.busy_reason(number public.sip_numbers, organization public.organizations, p_at timestamp with time zone) IS 'The narrowest limit that leaves no room for one more call at this moment; null: all do. A limit that is null never holds. The rate is a window that slides: of the calls let in, no second anywhere, wherever it begins, holds more than the organisation may get. started_at is p_at of when they were let in, drawn behind the lock, so it only goes up; a clock that is set back makes the window longer, never shorter. Only true while lock_admission is held.';

-- Name: caller_id(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.caller_id() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce((select auth.uid())::text, (select id::text from private.calling_key()))
$$;

-- Name: FUNCTION caller_id(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.caller_id() IS 'Of the person or the key. Definer: nobody may read hashes of keys.';

-- Name: caller_of_refusal(bigint); Type: FUNCTION; Schema: private

CREATE FUNCTION private.caller_of_refusal(p_refusal_id bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select case
    when organization_id in (select private.my_organizations('editor')) or private.is_platform_admin() then caller_number
    when organization_id in (select private.my_organizations()) then private.masked(caller_number)
  end
  from public.call_refusals where id = p_refusal_id
$$;

-- Name: FUNCTION caller_of_refusal(p_refusal_id bigint); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.caller_of_refusal(p_refusal_id bigint) IS 'Who was turned away, as far as whoever asks may know. Definer: the column is in no grant.';

-- Name: caller_of_session(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.caller_of_session(p_session_id uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select case
    when organization_id in (select private.my_organizations('editor')) or private.is_platform_admin() then caller_number
    when organization_id in (select private.my_organizations()) then private.masked(caller_number)
  end
  from public.sessions where id = p_session_id
$$;

-- Name: FUNCTION caller_of_session(p_session_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.caller_of_session(p_session_id uuid) IS 'Who called, as far as whoever asks may know. Definer: the column is in no grant.';

-- Name: calling_key(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.calling_key() RETURNS SETOF public.api_keys
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
  select key.*
  from public.api_keys key
  where nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'calls_for' = 'api_key'
    and key.hash = nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-switchboard-key'
    and key.revoked_at is null
    and (key.expires_at is null or key.expires_at > now())
$$;

-- Name: FUNCTION calling_key(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.calling_key() IS 'The key with which this request came to dispatch; no row: a person, or nobody. Definer: nobody may read hashes.';

-- Name: calls_counted_in(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.calls_counted_in(p_pool text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  return (
    select count(*)
    from public.active_calls
    where pool = p_pool
      and coalesce(
        worker <> all (array(select name from public.workers where pool = p_pool and draining)),
        true
      )
  );
end;
$$;

-- Name: FUNCTION calls_counted_in(p_pool text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.calls_counted_in(p_pool text) IS 'The calls of a pool that its pool_capacity has to hold: not those that end with a worker that takes no more.';

-- Name: calls_json(uuid[]); Type: FUNCTION; Schema: private

CREATE FUNCTION private.calls_json(p_session_ids uuid[]) RETURNS TABLE(session_id uuid, item jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  -- Who asks is found out once: policies of each table that is joined here, asked row by row, took a millisecond a call.
  with me as materialized (
    select
      private.is_platform_admin() as is_admin,
      array(select private.my_organizations()) as sees,
      array(select private.my_organizations('editor')) as edits
  )
  select session.id, jsonb_build_object(
    'id', session.id,
    'state', case when session.ended_at is not null then 'ended' else coalesce(call.state::text, 'pending') end,
    'caller', case
      when me.is_admin or session.organization_id = any (me.edits) then session.caller_number
      else private.masked(session.caller_number)
    end,
    'called', session.called_number,
    'number', case when number.id is not null then
      jsonb_build_object('id', number.id, 'phoneNumber', number.phone_number, 'label', number.label)
    end,
    'organization', jsonb_build_object('id', organization.id, 'slug', organization.slug, 'name', organization.name),
    'startedAt', session.started_at,
    'answeredAt', session.answered_at,
    'endedAt', session.ended_at,
    'talkMs', session.talk_ms,
    'endReason', session.end_reason,
    'worker', coalesce(call.worker, session.worker),
    'lastAnswerMs', case when call.session_id is not null then (
      select turn.latency -> 'total_ms'
      from public.session_turns turn
      where turn.session_id = session.id and turn.latency is not null
      order by turn.position desc
      limit 1
    ) end,
    'tickets', (select count(*) from public.tickets ticket where ticket.session_id = session.id),
    'cost', (select sum(cost) from public.session_usage used where used.session_id = session.id)
  )
  from me
  join public.sessions session on session.id = any (p_session_ids)
  join public.organizations organization on organization.id = session.organization_id
  -- A number that went to another organisation is not this one's to see.
  left join public.sip_numbers number
    on number.id = session.sip_number_id and (me.is_admin or number.organization_id = any (me.sees))
  left join public.active_calls call on call.session_id = session.id
  where me.is_admin or session.organization_id = any (me.sees)
$$;

-- Name: FUNCTION calls_json(p_session_ids uuid[]); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.calls_json(p_session_ids uuid[]) IS 'Calls as lists of the API give them away: of the named ones those that whoever asks may see. Definer: who called is in no grant.';

-- Name: calls_of_caller(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.calls_of_caller(p_part text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with me as materialized (
    select
      private.is_platform_admin() as is_admin,
      array(select private.my_organizations()) as sees,
      array(select private.my_organizations('editor')) as edits
  )
  select session.id
  from me
  join public.sessions session on me.is_admin or session.organization_id = any (me.sees)
  where strpos(
    case
      when me.is_admin or session.organization_id = any (me.edits) then session.caller_number
      else private.masked(session.caller_number)
    end,
    p_part
  ) > 0
$$;

-- Name: FUNCTION calls_of_caller(p_part text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.calls_of_caller(p_part text) IS 'Calls of callers whose number has this in what is shown of it. Definer: the column is in no grant.';

-- Name: changed_part(jsonb, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.changed_part(p_of jsonb, p_other jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select jsonb_object_agg(key, value) from jsonb_each(p_of) where p_other -> key is distinct from value
$$;

-- Name: FUNCTION changed_part(p_of jsonb, p_other jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.changed_part(p_of jsonb, p_other jsonb) IS 'The columns of one row that another has otherwise; null: there are none.';

-- Name: changed_revision(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.changed_revision(p_tenant text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select max(revision) from private.changes where tenant = p_tenant or tenant is null
$$;

-- Name: FUNCTION changed_revision(p_tenant text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.changed_revision(p_tenant text) IS 'Up to which revision of changes what is read now of this tenant is new.';

-- Name: check_config(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.check_config() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  saved_layer public.config_layer := tg_argv[0];
  saved_column text := tg_argv[1];
  problems text := (
    select string_agg(problem, '; ')
    from private.config_problems(saved_layer, to_jsonb(new) -> saved_column) problem
  );
begin
  if problems is not null then
    raise exception using
      errcode = 'check_violation',
      message = format('%s.%s is no configuration: %s', tg_table_name, saved_column, problems),
      hint = 'The settings are ' || (
        select string_agg(setting, ', ' order by setting) from jsonb_object_keys(private.config_types()) setting
      ) || '.',
      schema = tg_table_schema,
      table = tg_table_name,
      column = saved_column;
  end if;
  return new;
end;
$$;

-- Name: FUNCTION check_config(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.check_config() IS 'Turns down what cannot be a configuration. Its arguments are the layer and the column. Definer: who saves may call none of the functions behind it.';

-- Name: choose_answer(private.invite, public.sip_numbers, jsonb, timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.choose_answer(invite private.invite, number public.sip_numbers, p_policy jsonb, p_at timestamp with time zone) RETURNS public.refusal_action
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
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
$_$;

-- Name: FUNCTION choose_answer(invite private.invite, number public.sip_numbers, p_policy jsonb, p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.choose_answer(invite private.invite, number public.sip_numbers, p_policy jsonb, p_at timestamp with time zone) IS 'What the policy of the number gives one more refused caller. Only true while lock_admission is held: rows enter active_refusals behind it alone, for the same reason as those of active_calls.';

-- Name: breakers; Type: TABLE; Schema: public

CREATE TABLE public.breakers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    provider text,
    state public.breaker_state DEFAULT 'closed'::public.breaker_state NOT NULL,
    open_until timestamp with time zone,
    openings integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    last_reason text,
    probe_session_id uuid,
    probe_until timestamp with time zone,
    opened_at timestamp with time zone,
    closed_at timestamp with time zone,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT failures_are_not_negative CHECK ((failures >= 0)),
    CONSTRAINT last_reason_is_a_code CHECK ((last_reason ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT open_until_a_time CHECK (((state = 'open'::public.breaker_state) = (open_until IS NOT NULL))),
    CONSTRAINT openings_are_not_negative CHECK ((openings >= 0)),
    CONSTRAINT probes_when_half_open CHECK (((state = 'half_open'::public.breaker_state) OR (probe_until IS NULL))),
    CONSTRAINT provider_is_a_name CHECK ((provider ~ '^[a-z][a-z0-9-]{0,31}$'::text))
);

-- Name: TABLE breakers; Type: COMMENT; Schema: public

COMMENT ON TABLE public.breakers IS 'Open: the failures of one organisation''s calls keep its next calls away, and nobody else''s. No row: closed, and nothing ever failed.';

-- Name: COLUMN breakers.provider; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.provider IS 'Null: the organisation as a whole.';

-- Name: COLUMN breakers.openings; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.openings IS 'Times that it opened since it was last closed; each doubles the wait.';

-- Name: COLUMN breakers.failures; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.failures IS 'Of the last minute while it is closed; else the ones that opened it.';

-- Name: COLUMN breakers.last_reason; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.last_reason IS 'What failed last: a reason of the catalogue, or what the provider did (private.provider_failure).';

-- Name: COLUMN breakers.probe_session_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.probe_session_id IS 'The last call that was let through to see whether it works again.';

-- Name: COLUMN breakers.probe_until; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.probe_until IS 'From then on another call may be the probe.';

-- Name: COLUMN breakers.opened_at; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.opened_at IS 'Calls admitted since were let through as probes: that one of them went well tells something however long it took.';

-- Name: COLUMN breakers.closed_at; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.breakers.closed_at IS 'Calls admitted before keep the configuration and keys they started with: what they tell is about the past.';

-- Name: close_breaker(public.breakers); Type: FUNCTION; Schema: private

CREATE FUNCTION private.close_breaker(breaker public.breakers) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update public.breakers
  set
    state = 'closed', open_until = null, openings = 0, failures = 0, probe_session_id = null, probe_until = null,
    closed_at = clock_timestamp(), changed_at = clock_timestamp()
  where id = breaker.id;
  perform private.forget_outcomes(breaker);
end;
$$;

-- Name: FUNCTION close_breaker(breaker public.breakers); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.close_breaker(breaker public.breakers) IS 'All is as if nothing had failed, but for last_reason, which people read.';

-- Name: closed_reason(text, public.sip_numbers, public.organizations); Type: FUNCTION; Schema: private

CREATE FUNCTION private.closed_reason(p_called text, number public.sip_numbers, organization public.organizations) RETURNS public.call_reason
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $_$
begin
  return case
    when p_called !~ '^\+?[0-9]{2,15}$' then 'malformed_number'
    when number.id is null then 'unknown_number'
    when not number.active then 'number_inactive'
    when organization.status <> 'active' then 'organization_inactive'
  end;
end;
$_$;

-- Name: FUNCTION closed_reason(p_called text, number public.sip_numbers, organization public.organizations); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.closed_reason(p_called text, number public.sip_numbers, organization public.organizations) IS 'Why nobody answers this number, busy or not; null: somebody does.';

-- Name: config_problems(public.config_layer, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.config_problems(p_layer public.config_layer, p_config jsonb) RETURNS SETOF text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  if jsonb_typeof(p_config) <> 'object' then
    return next format('it must be an object, not of type %s', jsonb_typeof(p_config));
    return;
  end if;
  if octet_length(p_config::text) > 65536 then
    return next format('it must not be longer than 65536 bytes, and has %s', octet_length(p_config::text));
  end if;
  return query
    select left(written.key, 60) || ': ' || case
      when known.type is null then 'no such setting'
      when p_layer <> 'platform' and written.key = 'owner' then 'only the configuration of the platform may set this'
      else format('must be of type %s or null, not %s', known.type, jsonb_typeof(written.value))
    end
    from jsonb_each(p_config) written
    left join jsonb_each_text(private.config_types()) known (key, type) using (key)
    where known.type is null
      -- Not even null: that would clear what the owner of the platform said.
      or p_layer <> 'platform' and written.key = 'owner'
      or jsonb_typeof(written.value) not in (known.type, 'null')
    order by written.key
    limit 10;
end;
$$;

-- Name: FUNCTION config_problems(p_layer public.config_layer, p_config jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.config_problems(p_layer public.config_layer, p_config jsonb) IS 'What is wrong with a layer of configuration, each with its path; no row: nothing that the database checks. Null clears what weaker layers said, so it is right everywhere.';

-- Name: config_types(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.config_types() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select '{
    "business": "object",
    "language": "string",
    "languages": "array",
    "greeting": "object",
    "instructions": "string",
    "apology": "object",
    "turn": "object",
    "custom_context": "object",
    "mode": "string",
    "stt": "object",
    "llm": "object",
    "tts": "object",
    "realtime": "object",
    "providers": "object",
    "tools": "object",
    "backend": "object",
    "hours": "object",
    "refusal": "object",
    "recording": "object",
    "limits": "object",
    "owner": "object"
  }'::jsonb
$$;

-- Name: FUNCTION config_types(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.config_types() IS 'Top-level settings of a configuration and the JSON type of each; a guard test compares them with tenantConfigSchema.';

-- Name: count_outcome(uuid, text, boolean); Type: FUNCTION; Schema: private

CREATE FUNCTION private.count_outcome(p_organization_id uuid, p_provider text, p_failed boolean) RETURNS TABLE(outcomes bigint, failures bigint)
    LANGUAGE plpgsql ROWS 1
    SET search_path TO ''
    AS $$
declare
  -- A breaker is asked about by its organisation and name; the key of the tallies has no null.
  name text := coalesce(p_provider, '');
begin
  insert into private.breaker_tallies as tally (organization_id, provider, since, outcomes, failures)
  values (p_organization_id, name, date_bin('10 seconds', clock_timestamp(), 'epoch'), 1, p_failed::integer)
  on conflict (organization_id, provider, since) do update
  set outcomes = tally.outcomes + 1, failures = tally.failures + excluded.failures;

  delete from private.breaker_tallies tally
  where tally.organization_id = p_organization_id
    and tally.provider = name
    and tally.since < clock_timestamp() - interval '60 seconds';

  return query
  select sum(tally.outcomes), sum(tally.failures)
  from private.breaker_tallies tally
  where tally.organization_id = p_organization_id and tally.provider = name;
end;
$$;

-- Name: FUNCTION count_outcome(p_organization_id uuid, p_provider text, p_failed boolean); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.count_outcome(p_organization_id uuid, p_provider text, p_failed boolean) IS 'Counts one more, forgets what is older than a minute, and says what the last minute was like.';

-- Name: cut_invite(text, text, text, text, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.cut_invite(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text) RETURNS private.invite
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION cut_invite(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.cut_invite(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text) IS 'Strangers'' texts are cut to their columns, never trusted to be short.';

-- Name: webhook_deliveries; Type: TABLE; Schema: public

CREATE TABLE public.webhook_deliveries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    event text NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    delivered_at timestamp with time zone,
    response_status integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    attempted_at timestamp with time zone,
    claimed_until timestamp with time zone,
    replayed_after integer DEFAULT 0 NOT NULL,
    last_error text,
    CONSTRAINT attempts_are_not_negative CHECK ((attempts >= 0)),
    CONSTRAINT last_error_is_short CHECK ((char_length(last_error) <= 300)),
    CONSTRAINT replayed_after_is_not_negative CHECK ((replayed_after >= 0))
);

-- Name: TABLE webhook_deliveries; Type: COMMENT; Schema: public

COMMENT ON TABLE public.webhook_deliveries IS 'Each event owed to an endpoint, until it is delivered or given up.';

-- Name: COLUMN webhook_deliveries.payload; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.payload IS 'Sent as it is: {"type", "at", "data"}. The same at each attempt.';

-- Name: COLUMN webhook_deliveries.attempts; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.attempts IS 'Begun ever. The number of the newest one says who may settle it.';

-- Name: COLUMN webhook_deliveries.next_attempt_at; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.next_attempt_at IS 'Null: delivered or given up.';

-- Name: COLUMN webhook_deliveries.response_status; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.response_status IS 'Of the newest attempt; null: nobody answered.';

-- Name: COLUMN webhook_deliveries.attempted_at; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.attempted_at IS 'When the newest attempt began; null: there was none.';

-- Name: COLUMN webhook_deliveries.claimed_until; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.claimed_until IS 'Set: a replica of dispatch is sending it. In the past: that replica is gone, and nobody knows what came of it.';

-- Name: COLUMN webhook_deliveries.replayed_after; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.replayed_after IS 'Attempts that there were when somebody asked for it again: the retries are counted from there.';

-- Name: COLUMN webhook_deliveries.last_error; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_deliveries.last_error IS 'What came of the newest attempt, in words; null: it went well.';

-- Name: delivery_json(public.webhook_deliveries); Type: FUNCTION; Schema: private

CREATE FUNCTION private.delivery_json(delivery public.webhook_deliveries) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', delivery.id,
    'webhook', delivery.endpoint_id,
    'event', delivery.event,
    'state', case
      when delivery.delivered_at is not null then 'delivered'
      when delivery.next_attempt_at is null then 'given_up'
      else 'waiting'
    end,
    'attempts', delivery.attempts,
    'status', delivery.response_status,
    'error', delivery.last_error,
    'payload', delivery.payload,
    'createdAt', delivery.created_at,
    'attemptedAt', delivery.attempted_at,
    'nextAttemptAt', delivery.next_attempt_at,
    'deliveredAt', delivery.delivered_at
  )
$$;

-- Name: FUNCTION delivery_json(delivery public.webhook_deliveries); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.delivery_json(delivery public.webhook_deliveries) IS 'A delivery as the API gives it away.';

-- Name: demand(boolean); Type: FUNCTION; Schema: private

CREATE FUNCTION private.demand(p_allowed boolean) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  if p_allowed is not true then
    raise exception 'your role does not allow this' using errcode = 'insufficient_privilege';
  end if;
end;
$$;

-- Name: FUNCTION demand(p_allowed boolean); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.demand(p_allowed boolean) IS 'Ends what the caller is not allowed to go on with.';

-- Name: demand_role(uuid, public.member_role); Type: FUNCTION; Schema: private

CREATE FUNCTION private.demand_role(p_organization_id uuid, p_minimum public.member_role) RETURNS void
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select private.demand(
    p_organization_id in (select private.my_organizations(p_minimum)) or private.is_platform_admin()
  )
$$;

-- Name: FUNCTION demand_role(p_organization_id uuid, p_minimum public.member_role); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.demand_role(p_organization_id uuid, p_minimum public.member_role) IS 'Ends what somebody without this role in the organisation must not do.';

-- Name: due_deliveries(timestamp with time zone, integer); Type: FUNCTION; Schema: private

CREATE FUNCTION private.due_deliveries(p_at timestamp with time zone, p_limit integer) RETURNS SETOF uuid
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  -- From one endpoint to the next by the index: one that hangs may have a hundred thousand rows that are due.
  with recursive owed (endpoint_id) as (
    (
      select delivery.endpoint_id
      from public.webhook_deliveries delivery
      where delivery.next_attempt_at is not null
      order by delivery.endpoint_id
      limit 1
    )
    union all
    select (
      select delivery.endpoint_id
      from public.webhook_deliveries delivery
      where delivery.next_attempt_at is not null and delivery.endpoint_id > owed.endpoint_id
      order by delivery.endpoint_id
      limit 1
    )
    from owed
    where owed.endpoint_id is not null
  )
  select due.id
  -- In another order each time: where not all can be served, those that hang would else take every turn.
  from (select owed.endpoint_id from owed where owed.endpoint_id is not null order by random()) endpoint
  cross join lateral (
    select delivery.id
    from public.webhook_deliveries delivery
    where delivery.endpoint_id = endpoint.endpoint_id and delivery.next_attempt_at <= p_at
    order by delivery.next_attempt_at
    limit greatest(
      0,
      3 - (
        select count(*)
        from public.webhook_deliveries sent
        where sent.endpoint_id = endpoint.endpoint_id and sent.claimed_until > p_at
      )
    )
    for update skip locked
  ) due
  limit p_limit
$$;

-- Name: FUNCTION due_deliveries(p_at timestamp with time zone, p_limit integer); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.due_deliveries(p_at timestamp with time zone, p_limit integer) IS 'Locks what is due, of each endpoint those that wait longest: three at once, with what is being sent to it. Two replicas that ask at the same moment may each count without the other.';

-- Name: earlier_decision(private.invite); Type: FUNCTION; Schema: private

CREATE FUNCTION private.earlier_decision(invite private.invite) RETURNS SETOF public.call_decision
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path TO ''
    AS $$
begin
  return query
    select
      case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
      case when private.is_refusal(decided.reason) then decided.reason end::text,
      decided.session_id,
      organization.id,
      organization.slug,
      number.id,
      number.max_concurrent_calls,
      organization.pool,
      case when private.is_refusal(decided.reason) then
        coalesce(
          (
            select telling.answer
            from public.active_refusals telling
            where telling.refusal_id = decided.refusal_id and telling.expires_at > clock_timestamp()
          ),
          '{"action": "busy"}'
        )
      end,
      true
    from (
      select id as session_id, organization_id, sip_number_id, end_reason as reason, null::bigint as refusal_id
      from public.sessions
      where sip_call_id = invite.sip_call_id and sip_from_tag = invite.sip_from_tag
      union all
      select session_id, organization_id, sip_number_id, reason, id
      from public.call_refusals
      where sip_call_id = invite.sip_call_id and sip_from_tag = invite.sip_from_tag
      limit 1
    ) decided
    left join public.organizations organization on organization.id = decided.organization_id
    left join public.sip_numbers number on number.id = decided.sip_number_id;
end;
$$;

-- Name: FUNCTION earlier_decision(invite private.invite); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.earlier_decision(invite private.invite) IS 'What was decided of this dialogue before; no row: it is new. A sentence or a forward is answered again while it is on; once it is over nobody is told twice, and the answer is busy.';

-- Name: end_probes(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.end_probes(p_session_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  with told_nothing as materialized (
    select id
    from public.breakers
    where probe_session_id = p_session_id
    order by provider nulls first
    for update
  )
  update public.breakers
  set probe_session_id = null, probe_until = null
  from told_nothing
  where breakers.id = told_nothing.id;
end;
$$;

-- Name: FUNCTION end_probes(p_session_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.end_probes(p_session_id uuid) IS 'The session is over: what it was the probe of takes the next call as one.';

-- Name: end_session(uuid, public.call_reason, timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.end_session(p_session_id uuid, p_reason public.call_reason, p_ended_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  session public.sessions;
  number public.sip_numbers;
begin
  -- Slot first, then session, as every function here locks them: two that end the same call wait, and do not deadlock.
  delete from public.active_calls where session_id = p_session_id;
  -- The row lock of this update is the gate: of two that settle the same call, the second finds it ended.
  update public.sessions
  set
    -- By the clock of another machine, so within what is possible: the call was on when it was answered, and is over now.
    ended_at = least(clock_timestamp(), greatest(started_at, answered_at, coalesce(p_ended_at, clock_timestamp()))),
    end_reason = p_reason
  where id = p_session_id and ended_at is null
  returning * into session;
  if not found then return false; end if;

  if private.is_refusal(p_reason) then
    -- Whose refusal it is was decided at admission: the number may have been given to somebody else since.
    number.id := session.sip_number_id;
    number.organization_id := session.organization_id;
    perform private.keep_refusal(
      row(session.called_number, session.caller_number, session.sip_call_id, session.sip_from_tag, session.room),
      p_reason, number, session.id
    );
  end if;
  if private.news_of(session) is not null then
    perform private.tell_breaker(session, null, private.news_of(session), p_reason::text);
  end if;
  return true;
end;
$$;

-- Name: FUNCTION end_session(p_session_id uuid, p_reason public.call_reason, p_ended_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.end_session(p_session_id uuid, p_reason public.call_reason, p_ended_at timestamp with time zone) IS 'Ends a session, frees its slot and tells the breaker of its organisation; false: it had ended before. p_ended_at null: it ends now.';

-- Name: enter_call(uuid, text, jsonb, public.sip_numbers, private.invite); Type: FUNCTION; Schema: private

CREATE FUNCTION private.enter_call(p_session_id uuid, p_worker text, p_call jsonb, number public.sip_numbers, invite private.invite) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  -- The clock of another machine: never later than now.
  admitted_at timestamptz := least(clock_timestamp(), (p_call ->> 'admitted_at')::timestamptz);
  answered_at timestamptz;
begin
  if p_call ->> 'answered_at' is not null then
    answered_at := greatest(admitted_at, least(clock_timestamp(), (p_call ->> 'answered_at')::timestamptz));
  end if;
  insert into public.sessions (
    id, organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag, room, admission,
    worker, takes, started_at, answered_at
  )
  values (
    p_session_id, number.organization_id, number.id, invite.called_number, invite.caller_number, invite.sip_call_id,
    invite.sip_from_tag, invite.room, 'offline', p_worker, 1, admitted_at, answered_at
  );
  insert into public.active_calls
    (session_id, organization_id, sip_number_id, pool, room, state, worker, started_at, lease_expires_at)
  select
    p_session_id, number.organization_id, number.id, organization.pool, invite.room,
    case when answered_at is null then 'pending' else 'active' end::public.call_state, p_worker, admitted_at,
    clock_timestamp() + interval '15 seconds'
  from public.organizations organization
  where organization.id = number.organization_id;
end;
$$;

-- Name: FUNCTION enter_call(p_session_id uuid, p_worker text, p_call jsonb, number public.sip_numbers, invite private.invite); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.enter_call(p_session_id uuid, p_worker text, p_call jsonb, number public.sip_numbers, invite private.invite) IS 'The session and the slot of a call that is on already.';

-- Name: find_agent(public.sip_numbers); Type: FUNCTION; Schema: private

CREATE FUNCTION private.find_agent(number public.sip_numbers) RETURNS SETOF public.agent_instances
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path TO ''
    AS $$
begin
  if number.agent_instance_id is null then
    return query
      select * from public.agent_instances where organization_id = number.organization_id and is_default;
  else
    return query
      select *
      from public.agent_instances
      where organization_id = number.organization_id and id = number.agent_instance_id;
  end if;
end;
$$;

-- Name: FUNCTION find_agent(number public.sip_numbers); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.find_agent(number public.sip_numbers) IS 'Who answers the number: its own agent, else the default one of its organisation.';

-- Name: find_number(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.find_number(p_called text) RETURNS SETOF public.sip_numbers
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path TO ''
    AS $$
begin
  return query
    select *
    from public.sip_numbers
    where phone_number in (p_called, '+' || p_called, '*')
      and (phone_number <> '*' or active)
      and organization_id is not null
    order by phone_number = p_called desc, phone_number = '*'
    limit 1;
end;
$$;

-- Name: FUNCTION find_number(p_called text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.find_number(p_called text) IS 'The assigned number that was dialled: as it is stored, else with the plus that some exchanges leave out, else the active row for any number. Never a near miss.';

-- Name: first_instant(timestamp without time zone, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.first_instant(p_local timestamp without time zone, p_timezone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  later timestamptz := p_local at time zone p_timezone;
  yesterday timestamptz := later - interval '24 hours';
  -- Of a time that the clock on the wall shows twice, Postgres takes the second; the first is the one by yesterday's offset.
  earlier timestamptz := (p_local - ((yesterday at time zone p_timezone) - (yesterday at time zone 'UTC')))
    at time zone 'UTC';
begin
  return case when earlier < later and earlier at time zone p_timezone = p_local then earlier else later end;
end;
$$;

-- Name: FUNCTION first_instant(p_local timestamp without time zone, p_timezone text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.first_instant(p_local timestamp without time zone, p_timezone text) IS 'When a clock of that zone shows the time first; a time that it leaves out in spring is as much later.';

-- Name: forget_deliveries(timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.forget_deliveries(p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  delete from public.webhook_deliveries
  where id in (
    select ended.id
    from public.webhook_deliveries ended
    where ended.next_attempt_at is null and coalesce(ended.attempted_at, ended.created_at) < p_at - interval '30 days'
    order by coalesce(ended.attempted_at, ended.created_at)
    limit 100
    for update skip locked
  );
end;
$$;

-- Name: FUNCTION forget_deliveries(p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.forget_deliveries(p_at timestamp with time zone) IS 'Removes what ended 30 days ago, a little at a time.';

-- Name: forget_outcomes(public.breakers); Type: FUNCTION; Schema: private

CREATE FUNCTION private.forget_outcomes(breaker public.breakers) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  delete from private.breaker_tallies
  where organization_id = breaker.organization_id and provider = coalesce(breaker.provider, '');
end;
$$;

-- Name: FUNCTION forget_outcomes(breaker public.breakers); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.forget_outcomes(breaker public.breakers) IS 'What was counted led to a decision: the next one counts anew.';

-- Name: sessions; Type: TABLE; Schema: public

CREATE TABLE public.sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    sip_number_id uuid,
    called_number text NOT NULL,
    caller_number text NOT NULL,
    sip_call_id text NOT NULL,
    sip_from_tag text NOT NULL,
    room text NOT NULL,
    admission public.admission_kind DEFAULT 'counted'::public.admission_kind NOT NULL,
    worker text,
    takes integer DEFAULT 0 NOT NULL,
    recorded boolean DEFAULT false NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    answered_at timestamp with time zone,
    ended_at timestamp with time zone,
    end_reason public.call_reason,
    config_revision bigint,
    config_source public.config_source,
    talk_ms bigint GENERATED ALWAYS AS (((EXTRACT(epoch FROM (ended_at - answered_at)) * (1000)::numeric))::bigint) STORED,
    timings jsonb DEFAULT '{}'::jsonb NOT NULL,
    language text,
    CONSTRAINT called_number_is_bounded CHECK ((char_length(called_number) <= 64)),
    CONSTRAINT caller_number_is_bounded CHECK ((char_length(caller_number) <= 256)),
    CONSTRAINT ended_with_a_reason CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT language_is_bounded CHECK ((char_length(language) <= 35)),
    CONSTRAINT revision_with_its_source CHECK (((config_revision IS NULL) = (config_source IS NULL))),
    CONSTRAINT room_is_bounded CHECK ((char_length(room) <= 256)),
    CONSTRAINT sip_call_id_is_bounded CHECK ((char_length(sip_call_id) <= 512)),
    CONSTRAINT sip_from_tag_is_bounded CHECK ((char_length(sip_from_tag) <= 128)),
    CONSTRAINT timings_are_an_object CHECK ((jsonb_typeof(timings) = 'object'::text))
);

-- Name: TABLE sessions; Type: COMMENT; Schema: public

COMMENT ON TABLE public.sessions IS 'Call history: one row for each admitted call, from admission to settlement, kept.';

-- Name: COLUMN sessions.caller_number; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.caller_number IS 'As the exchange wrote it: a stranger''s text.';

-- Name: COLUMN sessions.worker; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.worker IS 'Who holds the call, or held it last.';

-- Name: COLUMN sessions.takes; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.takes IS 'How many workers held the call, one after the other.';

-- Name: COLUMN sessions.recorded; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.recorded IS 'The worker''s own record is kept; false at the end: the call was settled without one, from what was noted.';

-- Name: COLUMN sessions.config_revision; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.config_revision IS 'Greatest revision of the layers that the agent of this call was made of; null: it never had a configuration.';

-- Name: COLUMN sessions.talk_ms; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.talk_ms IS 'From answer to end; null while the call is on or when it was never answered.';

-- Name: COLUMN sessions.timings; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.timings IS 'Milliseconds of each step of the call, by name.';

-- Name: COLUMN sessions.language; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.sessions.language IS 'In which the call went on after its agent changed the language; null: the configured one.';

-- Name: forget_twin(private.invite); Type: FUNCTION; Schema: private

CREATE FUNCTION private.forget_twin(invite private.invite) RETURNS public.sessions
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  twin public.sessions;
  holder text;
begin
  select * into twin
  from public.sessions
  where sip_call_id = invite.sip_call_id and sip_from_tag = invite.sip_from_tag;
  if not found then return null; end if;

  select worker into holder from public.active_calls where session_id = twin.id for update;
  if holder is not null then return twin; end if;
  -- Cascades to its slot and to its refusal, if it came to that.
  delete from public.sessions where id = twin.id and answered_at is null;
  if found then return null; end if;
  return twin;
end;
$$;

-- Name: FUNCTION forget_twin(invite private.invite); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.forget_twin(invite private.invite) IS 'Another replica, which knew nothing of the call, may have let the same dialogue in when the database came back. That session goes, if nobody ever took it; else it is returned.';

-- Name: forget_workers(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.forget_workers() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  with gone as materialized (
    select name
    from public.workers
    where seen_at < clock_timestamp() - interval '60 seconds'
    order by name
    for update skip locked
  )
  delete from public.workers using gone where workers.name = gone.name;
end;
$$;

-- Name: FUNCTION forget_workers(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.forget_workers() IS 'Removes what did not report for a minute.';

-- Name: give_up_deliveries(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.give_up_deliveries() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.webhook_deliveries
  set next_attempt_at = null, last_error = 'the webhook was switched off'
  where endpoint_id = new.id and next_attempt_at is not null;
  return null;
end;
$$;

-- Name: FUNCTION give_up_deliveries(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.give_up_deliveries() IS 'Who switches an endpoint off is not to hear of last week when it is switched on. Definer: nobody may write deliveries.';

-- Name: has_policy(public.call_reason); Type: FUNCTION; Schema: private

CREATE FUNCTION private.has_policy(p_reason public.call_reason) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return p_reason in (
    'number_busy', 'organization_busy', 'pool_busy', 'platform_busy', 'organization_rate_limited', 'breaker_open',
    'outside_hours'
  );
end;
$$;

-- Name: FUNCTION has_policy(p_reason public.call_reason); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.has_policy(p_reason public.call_reason) IS 'Whether a caller refused for this reason gets what the number says. All others hear busy: nobody has the number, or there is no agent to tell anything.';

-- Name: hold_number(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.hold_number(p_number_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform
  from public.organizations organization
  join public.sip_numbers number on number.organization_id = organization.id
  join public.pools pool on pool.name = organization.pool
  where number.id = p_number_id
  for key share;
end;
$$;

-- Name: FUNCTION hold_number(p_number_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.hold_number(p_number_id uuid) IS 'Until the transaction ends, nobody deletes or renames the number, its organisation or its pool, so the foreign keys that are checked behind the door wait for nobody. Whoever is at it is waited for here: what was read of the three before may be old.';

-- Name: in_grace(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.in_grace() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  return (
    select
      seen_at < clock_timestamp() - interval '5 seconds' or resumed_at > clock_timestamp() - interval '10 seconds'
    from private.watch_pulse
  );
end;
$$;

-- Name: FUNCTION in_grace(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.in_grace() IS 'The database was away a moment ago: what nobody renewed meanwhile is not dead, nobody could renew it.';

-- Name: is_loop(private.invite, public.sip_numbers, text, timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.is_loop(invite private.invite, number public.sip_numbers, p_to text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION is_loop(invite private.invite, number public.sip_numbers, p_to text, p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.is_loop(invite private.invite, number public.sip_numbers, p_to text, p_at timestamp with time zone) IS 'Whether a forward would go round in circles: to the number itself, or this caller was forwarded from or to it twice in the last 30 s, as by two busy numbers that name each other.';

-- Name: is_open(jsonb, text, timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.is_open(p_hours jsonb, p_timezone text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $_$
declare
  today date := (p_at at time zone p_timezone)::date;
  day date;
  spans jsonb;
  opens text;
  closes text;
begin
  -- Of yesterday too: its last span may end after midnight.
  foreach day in array array[today - 1, today] loop
    spans := private.spans_of(p_hours, day);
    continue when jsonb_typeof(spans) <> 'array';
    for opens, closes in select span ->> 0, span ->> 1 from jsonb_array_elements(spans) span loop
      continue when opens !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' or opens is null;
      continue when closes !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' or closes is null;
      if private.first_instant(day + opens::time, p_timezone) <= p_at
        -- An end before its beginning is on the next day. Postgres reads 24:00 as the midnight that follows.
        and p_at < (day + case when closes < opens then 1 else 0 end + closes::time) at time zone p_timezone
      then return true;
      end if;
    end loop;
  end loop;
  return false;
end;
$_$;

-- Name: FUNCTION is_open(p_hours jsonb, p_timezone text, p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.is_open(p_hours jsonb, p_timezone text, p_at timestamp with time zone) IS 'Whether a business with these hours is open, by the clock of its time zone: what shared/hours.ts says, and a test compares the two. Raises invalid_parameter_value for a time zone that there is not.';

-- Name: is_outside_hours(jsonb, timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.is_outside_hours(p_policy jsonb, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  if p_policy #>> '{hours,closed,action}' is distinct from 'refuse' then return false; end if;
  return not private.is_open(p_policy -> 'hours', coalesce(p_policy #>> '{business,timezone}', 'UTC'), p_at);
exception
  when invalid_parameter_value then return false;
end;
$$;

-- Name: FUNCTION is_outside_hours(p_policy jsonb, p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.is_outside_hours(p_policy jsonb, p_at timestamp with time zone) IS 'Whether calls are refused at this time because the business is closed. Businesses that answer then, or let callers leave a message, are never outside of their hours here.';

-- Name: is_platform_admin(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.is_platform_admin() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select exists (select from public.platform_admins where user_id = (select auth.uid()))
    or exists (select from private.calling_key() where organization_id is null)
$$;

-- Name: FUNCTION is_platform_admin(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.is_platform_admin() IS 'Whether the signed-in user runs the platform, or the key that is used is the platform''s.';

-- Name: keep_an_owner(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_an_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  -- One after the other: two owners who leave at the same moment would each see the other one stay.
  perform from public.organizations where id = old.organization_id for no key update;
  if found
    and not exists (
      select from public.organization_members where organization_id = old.organization_id and role = 'owner'
    )
    and auth.uid() is not null and not private.is_platform_admin()
  then
    raise exception 'an organisation needs an owner: make somebody else one first' using errcode = 'PT409';
  end if;
  return null;
end;
$$;

-- Name: FUNCTION keep_an_owner(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_an_owner() IS 'Members of an organisation cannot leave it to nobody; the platform can. Definer: who may change members may not lock organisations.';

-- Name: audit_log; Type: TABLE; Schema: public

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    organization_id uuid,
    actor uuid,
    actor_name text NOT NULL,
    action text NOT NULL,
    target_table text NOT NULL,
    target_id text NOT NULL,
    before jsonb,
    after jsonb,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT action_is_short CHECK (((char_length(action) >= 1) AND (char_length(action) <= 120)))
);

-- Name: TABLE audit_log; Type: COMMENT; Schema: public

COMMENT ON TABLE public.audit_log IS 'Every change made through a page or the API. Rows are added and never changed.';

-- Name: COLUMN audit_log.actor; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.audit_log.actor IS 'The signed-in user; null: an API key or the platform itself, see actor_name.';

-- Name: COLUMN audit_log.before; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.audit_log.before IS 'Without secrets; null: the target was created.';

-- Name: COLUMN audit_log.after; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.audit_log.after IS 'Without secrets; null: the target was deleted.';

-- Name: keep_audit(public.audit_log); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_audit(entry public.audit_log) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION keep_audit(entry public.audit_log); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_audit(entry public.audit_log) IS 'Keeps what was done, with the name of who does it now, whatever the entry says.';

-- Name: keep_config_version(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_config_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  saved jsonb := to_jsonb(new);
  saved_layer public.config_layer := tg_argv[0];
begin
  insert into public.config_versions
    (revision, layer, organization_id, agent_instance_id, sip_number_id, config, saved_by, saved_by_name)
  values (
    new.config_revision,
    saved_layer,
    case saved_layer when 'organization' then saved ->> 'id' else saved ->> 'organization_id' end::uuid,
    case saved_layer when 'instance' then saved ->> 'id' end::uuid,
    case saved_layer when 'number' then saved ->> 'id' end::uuid,
    case saved_layer when 'number' then saved -> 'config_override' else saved -> 'config' end,
    (select auth.uid()),
    private.saver_name()
  );
  return null;
end;
$$;

-- Name: FUNCTION keep_config_version(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_config_version() IS 'Writes history that nobody can skip or forge. Its argument is the layer. Definer: nobody may write config_versions.';

-- Name: keep_cost(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_cost(p_session_id uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  -- What has a price of its own is not paid for a second time among the tokens of its kind.
  with rated as materialized (
    select used.kind, used.provider, used.model, used.unit, used.amount, private.rate_of(used) as rate
    from public.session_usage used
    where used.session_id = p_session_id
  )
  update public.session_usage used
  set cost = rated.rate * greatest(0, rated.amount - coalesce(
    (
      select sum(part.amount)
      from rated part
      where part.kind = rated.kind and part.provider = rated.provider and part.model = rated.model
        and private.whole_of(part.unit) = rated.unit and part.rate is not null
    ),
    0
  ))
  from rated
  where used.session_id = p_session_id and rated.rate is not null
    and used.kind = rated.kind and used.provider = rated.provider and used.model = rated.model and used.unit = rated.unit
$$;

-- Name: FUNCTION keep_cost(p_session_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_cost(p_session_id uuid) IS 'Says what the usage of a call costs at the prices of now; what has none keeps no cost.';

-- Name: keep_pulse(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_pulse() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update private.watch_pulse
  set
    resumed_at = case
      when seen_at < clock_timestamp() - interval '5 seconds' then clock_timestamp()
      else resumed_at
    end,
    seen_at = clock_timestamp()
  -- Locked: another replica asks at this moment, which is a pulse too. Until that is visible in_grace() goes by the old
  -- row, and that says grace if there was a pause.
  where id in (select id from private.watch_pulse for update skip locked);
end;
$$;

-- Name: FUNCTION keep_pulse(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_pulse() IS 'Somebody watches now.';

-- Name: keep_record(public.sessions, jsonb, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_record(session public.sessions, p_record jsonb, p_worker text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update public.sessions
  set
    recorded = true,
    timings = coalesce(p_record -> 'timings', '{}'),
    config_revision = (p_record -> 'config' ->> 'revision')::bigint,
    config_source = (p_record -> 'config' ->> 'source')::public.config_source
  where id = session.id;

  perform private.keep_turns(session, p_record -> 'turns');

  insert into public.session_transfers
    (session_id, position, organization_id, destination, uri_kind, outcome, at_ms)
  select
    session.id, ordinal, session.organization_id, transfer ->> 'destination',
    (transfer ->> 'uri_kind')::public.transfer_uri, (transfer ->> 'outcome')::public.transfer_outcome,
    greatest(0, (transfer ->> 'at_ms')::numeric)
  from jsonb_array_elements(coalesce(p_record -> 'transfers', '[]')) with ordinality transfers (transfer, ordinal);

  perform private.keep_usage(
    session, p_record -> 'usage', case when coalesce(p_worker, session.worker) = session.worker then session.takes end
  );
  delete from private.noted_usage where session_id = session.id;
end;
$$;

-- Name: FUNCTION keep_record(session public.sessions, p_record jsonb, p_worker text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_record(session public.sessions, p_record jsonb, p_worker text) IS 'What a worker wrote down of its call (CallRecord of shared/contracts.ts).';

-- Name: keep_refusal(private.invite, public.refusal_reason, public.sip_numbers, uuid, public.refusal_action, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_refusal(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_session_id uuid DEFAULT NULL::uuid, p_answer public.refusal_action DEFAULT 'busy'::public.refusal_action, p_forwarded_to text DEFAULT NULL::text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION keep_refusal(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_session_id uuid, p_answer public.refusal_action, p_forwarded_to text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_refusal(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_session_id uuid, p_answer public.refusal_action, p_forwarded_to text) IS 'Writes the row of a refused call, once a dialogue; null: it was there already.';

-- Name: keep_turns(public.sessions, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_turns(session public.sessions, p_turns jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION keep_turns(session public.sessions, p_turns jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_turns(session public.sessions, p_turns jsonb) IS 'The whole transcript, in the place of what was noted of it.';

-- Name: keep_usage(public.sessions, jsonb, integer); Type: FUNCTION; Schema: private

CREATE FUNCTION private.keep_usage(session public.sessions, p_usage jsonb, p_without_takes integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  delete from public.session_usage where session_id = session.id;
  insert into public.session_usage (session_id, organization_id, kind, provider, model, unit, amount)
  select session.id, session.organization_id, kind, provider, model, unit, sum(amount)
  from (
    select kind, provider, model, unit, amount
    from jsonb_to_recordset(coalesce(p_usage, '[]')) used
      (kind public.usage_kind, provider text, model text, unit public.usage_unit, amount numeric)
    union all
    select kind, provider, model, unit, amount
    from private.noted_usage
    where session_id = session.id and takes is distinct from p_without_takes
  ) used
  group by kind, provider, model, unit;
  perform private.keep_cost(session.id);
end;
$$;

-- Name: FUNCTION keep_usage(session public.sessions, p_usage jsonb, p_without_takes integer); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.keep_usage(session public.sessions, p_usage jsonb, p_without_takes integer) IS 'The usage of a call: what is given, and what its workers noted, but for the one whose total is given.';

-- Name: language_of(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.language_of(p_number_id uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce(private.policy_of(number) ->> 'language', 'en')
  from public.sip_numbers number
  where number.id = p_number_id and number.organization_id is not null
$$;

-- Name: FUNCTION language_of(p_number_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.language_of(p_number_id uuid) IS 'What the agent of a number speaks, as its layers say it; null: it is nobody''s. Definer: the platform''s layer is one of them. It tells nothing else.';

-- Name: lets_probe(public.breakers); Type: FUNCTION; Schema: private

CREATE FUNCTION private.lets_probe(breaker public.breakers) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  return case breaker.state
    when 'closed' then false
    when 'open' then breaker.open_until <= clock_timestamp()
    when 'half_open' then breaker.probe_until is null or breaker.probe_until <= clock_timestamp()
  end;
end;
$$;

-- Name: FUNCTION lets_probe(breaker public.breakers); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.lets_probe(breaker public.breakers) IS 'Whether the next call may be the one that tries.';

-- Name: list_limit(jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.list_limit(p_query jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  -- One more than is shown tells whether there is another page.
  select least(greatest(coalesce((p_query ->> 'limit')::integer, 50), 1), 500) + 1
$$;

-- Name: FUNCTION list_limit(p_query jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.list_limit(p_query jsonb) IS 'How many rows a list gives.';

-- Name: lock_admission(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.lock_admission() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'admission counts behind a lock and needs read committed, not %',
      current_setting('transaction_isolation');
  end if;
  perform pg_advisory_xact_lock(hashtext('switchboard.admission'));
end;
$$;

-- Name: FUNCTION lock_admission(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.lock_admission() IS 'Until the transaction ends, no other may let a call in.';

-- Name: lock_organization(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.lock_organization(p_slug text) RETURNS public.organizations
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  organization public.organizations;
begin
  select * into organization from public.organizations where slug = p_slug for no key update;
  if not found then raise exception 'there is no organisation %', to_jsonb(p_slug); end if;
  return organization;
end;
$$;

-- Name: FUNCTION lock_organization(p_slug text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.lock_organization(p_slug text) IS 'The organisation with this tenant key, for one writer at a time: two imports at once take turns.';

-- Name: mark_probe(uuid, uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.mark_probe(p_organization_id uuid, p_session_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update public.breakers
  set
    state = 'half_open', open_until = null, probe_session_id = p_session_id,
    probe_until = clock_timestamp() + interval '60 seconds', changed_at = clock_timestamp()
  where id = (
    select due.id
    from public.breakers due
    where due.organization_id = p_organization_id and due.provider is null and private.lets_probe(due)
    for update skip locked
  );
end;
$$;

-- Name: FUNCTION mark_probe(p_organization_id uuid, p_session_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.mark_probe(p_organization_id uuid, p_session_id uuid) IS 'The session is the probe of its organisation''s breaker, if that waits for one. Behind the lock of admission.';

-- Name: mark_provider_probes(uuid, uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.mark_provider_probes(p_organization_id uuid, p_session_id uuid) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  with due as materialized (
    select breaker.id
    from public.breakers breaker
    where breaker.organization_id = p_organization_id and breaker.provider is not null and private.lets_probe(breaker)
    order by breaker.provider
    for update skip locked
  )
  update public.breakers
  set
    state = 'half_open', open_until = null, probe_session_id = p_session_id,
    probe_until = clock_timestamp() + interval '60 seconds', changed_at = clock_timestamp()
  from due
  where breakers.id = due.id;

  return array(
    select provider
    from public.breakers
    where organization_id = p_organization_id
      and provider is not null
      and state <> 'closed'
      and probe_session_id is distinct from p_session_id
    order by provider
  );
end;
$$;

-- Name: FUNCTION mark_provider_probes(p_organization_id uuid, p_session_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.mark_provider_probes(p_organization_id uuid, p_session_id uuid) IS 'The session is the probe of each provider that waits for one. The others whose breaker is not closed come back: the call had better do without them.';

-- Name: masked(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.masked(p_caller text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case when char_length(p_caller) <= 4 then '••••' else '••••' || right(p_caller, 3) end
$$;

-- Name: FUNCTION masked(p_caller text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.masked(p_caller text) IS 'A caller''s number as viewers see it.';

-- Name: may_change_webhooks(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.may_change_webhooks(p_organization_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if coalesce(p_organization_id in (select private.my_organizations()), false) or private.is_platform_admin() then
    perform private.demand_role(p_organization_id, 'editor');
    return p_organization_id is not null;
  end if;
  return false;
end;
$$;

-- Name: FUNCTION may_change_webhooks(p_organization_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.may_change_webhooks(p_organization_id uuid) IS 'False: whoever asks is not to know that there is such an organisation. Ends what its viewers must not do.';

-- Name: merge_config(jsonb, jsonb, integer); Type: FUNCTION; Schema: private

CREATE FUNCTION private.merge_config(below jsonb, above jsonb, p_depth integer DEFAULT 5) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  merged jsonb := below;
  setting text;
  written jsonb;
begin
  if jsonb_typeof(above) <> 'object' or p_depth = 0 then return above; end if;
  if jsonb_typeof(merged) is distinct from 'object' then merged := '{}'; end if;
  for setting, written in select key, value from jsonb_each(above) loop
    merged := case
      when written = 'null' then merged - setting
      else merged || jsonb_build_object(setting, private.merge_config(merged -> setting, written, p_depth - 1))
    end;
  end loop;
  return merged;
end;
$$;

-- Name: FUNCTION merge_config(below jsonb, above jsonb, p_depth integer); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.merge_config(below jsonb, above jsonb, p_depth integer) IS 'A stronger layer over a weaker one, as shared/merge.ts does it: objects merge, lists and scalars replace, null clears. Nothing that is read here lies deeper than p_depth, and what does is replaced: no text of a tenant makes this run deep.';

-- Name: ms_since(timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.ms_since(p_at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  return least(greatest(extract(epoch from clock_timestamp() - p_at) * 1000, 0), 2147483647)::integer;
end;
$$;

-- Name: FUNCTION ms_since(p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.ms_since(p_at timestamp with time zone) IS 'Milliseconds from then to now, never negative; the greatest integer if more.';

-- Name: my_organizations(public.member_role); Type: FUNCTION; Schema: private

CREATE FUNCTION private.my_organizations(minimum public.member_role DEFAULT 'viewer'::public.member_role) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select organization_id
  from public.organization_members
  where user_id = (select auth.uid()) and role >= minimum
  union all
  select organization_id from private.calling_key() where organization_id is not null
$$;

-- Name: FUNCTION my_organizations(minimum public.member_role); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.my_organizations(minimum public.member_role) IS 'Organisations in which the signed-in user has at least this role, or whose key is used. Takes no column of the row, so a policy runs it once a statement.';

-- Name: name_saver(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.name_saver(p_name text) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select set_config('switchboard.saved_by', left(coalesce(p_name, ''), 120), true)
$$;

-- Name: FUNCTION name_saver(p_name text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.name_saver(p_name text) IS 'Who saves what this transaction saves, where nobody is signed in.';

-- Name: newest_change(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.newest_change(p_organization_id uuid) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce(max(change.revision), 0)
  from private.changes change
  where private.is_platform_admin() and p_organization_id is null
    or change.tenant is null
    or change.tenant in (
      select slug from public.organizations organization
      where (organization.id in (select private.my_organizations()) or private.is_platform_admin())
        and (p_organization_id is null or organization.id = p_organization_id)
    )
$$;

-- Name: FUNCTION newest_change(p_organization_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.newest_change(p_organization_id uuid) IS 'Up to which revision numbers and configurations that may be seen were changed. Definer: changes are private.';

-- Name: news_of(public.sessions); Type: FUNCTION; Schema: private

CREATE FUNCTION private.news_of(session public.sessions) RETURNS private.breaker_news
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return case
    when session.end_reason in ('provider_failed', 'provider_unusable') then 'failed'
    -- The platform's own trouble says nothing of a tenant's providers, and a probe that ends like this has told nothing.
    when session.end_reason in ('agent_failed', 'worker_lost') then null
    when session.answered_at is not null then 'ok'
  end::private.breaker_news;
end;
$$;

-- Name: FUNCTION news_of(session public.sessions); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.news_of(session public.sessions) IS 'What a call that is over says of its organisation''s calls in general; null: nothing.';

-- Name: note_agent_change(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_agent_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.note_change_of(old.organization_id, new.organization_id);
  return null;
end;
$$;

-- Name: FUNCTION note_agent_change(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_agent_change() IS 'Notes the organisations before and after. Definer: nobody may write changes.';

-- Name: note_change(text[]); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_change(VARIADIC p_tenants text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform pg_advisory_xact_lock(hashtext('switchboard.changes'));
  insert into private.changes (tenant, revision)
  select tenant, nextval('private.change_revisions')
  from (select distinct unnest(p_tenants)) changed (tenant)
  on conflict on constraint one_row_a_tenant do update set revision = excluded.revision;
end;
$$;

-- Name: FUNCTION note_change(VARIADIC p_tenants text[]); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_change(VARIADIC p_tenants text[]) IS 'The tenants with these keys changed; null: the platform. Until the transaction ends no other can note a change.';

-- Name: note_change_of(uuid[]); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_change_of(VARIADIC p_organizations uuid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  -- One that is not found is being deleted in this transaction, and its own row notes that.
  tenants text[] := (select array_agg(slug) from public.organizations where id = any (p_organizations));
begin
  if tenants is not null then perform private.note_change(variadic tenants); end if;
end;
$$;

-- Name: FUNCTION note_change_of(VARIADIC p_organizations uuid[]); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_change_of(VARIADIC p_organizations uuid[]) IS 'The organisations with these ids changed; null is nobody.';

-- Name: note_deed(uuid, text, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_deed(p_organization_id uuid, p_action text, p_target text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  entry public.audit_log;
begin
  entry.organization_id := p_organization_id;
  entry.action := p_action;
  entry.target_table := split_part(p_action, '.', 1);
  entry.target_id := p_target;
  perform private.keep_audit(entry);
end;
$$;

-- Name: FUNCTION note_deed(p_organization_id uuid, p_action text, p_target text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_deed(p_organization_id uuid, p_action text, p_target text) IS 'Writes down what somebody did that changes no row that people write.';

-- Name: note_key_change(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_key_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if (tg_op <> 'INSERT' and old.organization_id is null) or (tg_op <> 'DELETE' and new.organization_id is null) then
    perform private.note_change(null::text);
  end if;
  perform private.note_change_of(old.organization_id, new.organization_id);
  return null;
end;
$$;

-- Name: FUNCTION note_key_change(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_key_change() IS 'Notes the organisations before and after, or the platform whose key it is. Definer: nobody may write changes.';

-- Name: note_number_change(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_number_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION note_number_change(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_number_change() IS 'Notes the organisations before and after, and those that answered the number until now. Definer: nobody may write changes.';

-- Name: note_organization_change(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_organization_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if tg_op <> 'INSERT' then perform private.note_change(old.slug); end if;
  if tg_op <> 'DELETE' then perform private.note_change(new.slug); end if;
  return null;
end;
$$;

-- Name: FUNCTION note_organization_change(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_organization_change() IS 'Notes the old and the new tenant key. Definer: nobody may write changes.';

-- Name: note_platform_change(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_platform_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.note_change(null::text);
  return null;
end;
$$;

-- Name: FUNCTION note_platform_change(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_platform_change() IS 'Definer: nobody may write changes.';

-- Name: note_turns(public.sessions, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_turns(session public.sessions, p_turns jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into public.session_turns (session_id, position, organization_id, role, text, at_ms, latency)
  select session.id, position, session.organization_id, role, left(text, 20000), greatest(0, at_ms), latency
  from jsonb_to_recordset(coalesce(p_turns, '[]')) turn
    (position integer, role public.speaker, text text, at_ms numeric, latency jsonb)
  -- Sent again because the answer was lost: what was written first stays.
  on conflict (session_id, position) do nothing;
end;
$$;

-- Name: FUNCTION note_turns(session public.sessions, p_turns jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_turns(session public.sessions, p_turns jsonb) IS 'Each place in the transcript is written once, in whatever order they come.';

-- Name: note_usage(public.sessions, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.note_usage(session public.sessions, p_usage jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION note_usage(session public.sessions, p_usage jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.note_usage(session public.sessions, p_usage jsonb) IS 'The total so far of the worker that holds the call now.';

-- Name: number_json(public.sip_numbers); Type: FUNCTION; Schema: private

CREATE FUNCTION private.number_json(number public.sip_numbers) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', number.id,
    'phoneNumber', number.phone_number,
    'label', number.label,
    'active', number.active,
    'maxConcurrentCalls', number.max_concurrent_calls,
    'organization', private.organization_ref(number.organization_id),
    'agent', (
      select jsonb_build_object('id', agent.id, 'name', agent.name, 'own', number.agent_instance_id is not null)
      from public.agent_instances agent
      where agent.organization_id = number.organization_id
        and case when number.agent_instance_id is null then agent.is_default else agent.id = number.agent_instance_id end
    ),
    'language', private.language_of(number.id),
    'liveCalls', (select count(*) from public.active_calls call where call.sip_number_id = number.id),
    'assignedAt', number.assigned_at,
    'revision', number.config_revision
  )
$$;

-- Name: FUNCTION number_json(number public.sip_numbers); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.number_json(number public.sip_numbers) IS 'A number as the API gives it away.';

-- Name: number_ref(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.number_ref(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('id', id, 'phoneNumber', phone_number, 'label', label) from public.sip_numbers where id = p_id
$$;

-- Name: FUNCTION number_ref(p_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.number_ref(p_id uuid) IS 'A number as other documents name it; null: none, or not to be seen.';

-- Name: open_breaker(public.breakers, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.open_breaker(breaker public.breakers, p_reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update public.breakers
  set
    state = 'open', openings = openings + 1, opened_at = clock_timestamp(),
    -- The power is bounded before it is taken: a breaker may stay open over a long holiday.
    open_until = clock_timestamp() + least(interval '10 minutes', interval '30 seconds' * 2 ^ least(openings, 10)),
    failures = breaker.failures, last_reason = p_reason, probe_session_id = null, probe_until = null,
    changed_at = clock_timestamp()
  where id = breaker.id;
  perform private.forget_outcomes(breaker);
end;
$$;

-- Name: FUNCTION open_breaker(breaker public.breakers, p_reason text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.open_breaker(breaker public.breakers, p_reason text) IS 'For 30 s, twice as long each time that it opens again, 10 min at most.';

-- Name: organization_json(public.organizations); Type: FUNCTION; Schema: private

CREATE FUNCTION private.organization_json(organization public.organizations) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', organization.id,
    'slug', organization.slug,
    'name', organization.name,
    'status', organization.status,
    'timezone', organization.timezone,
    'pool', organization.pool,
    'maxConcurrentCalls', organization.max_concurrent_calls,
    'maxCallsPerSecond', organization.max_calls_per_second,
    'maxCallMinutes', organization.max_call_minutes,
    'monthlySpendLimit', organization.monthly_spend_limit,
    'monthlyMinutesLimit', organization.monthly_minutes_limit,
    'numbers', (select count(*) from public.sip_numbers number where number.organization_id = organization.id),
    'liveCalls', (select count(*) from public.active_calls call where call.organization_id = organization.id),
    'createdAt', organization.created_at
  )
$$;

-- Name: FUNCTION organization_json(organization public.organizations); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.organization_json(organization public.organizations) IS 'An organisation as the API gives it away.';

-- Name: organization_ref(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.organization_ref(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('id', id, 'slug', slug, 'name', name) from public.organizations where id = p_id
$$;

-- Name: FUNCTION organization_ref(p_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.organization_ref(p_id uuid) IS 'An organisation as other documents name it; null: none, or not to be seen.';

-- Name: owe_event(text, uuid, jsonb, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.owe_event(p_event text, p_organization_id uuid, p_at jsonb, p_data jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into public.webhook_deliveries (organization_id, endpoint_id, event, payload, next_attempt_at, created_at)
  select
    endpoint.organization_id, endpoint.id, p_event,
    jsonb_build_object('type', p_event, 'at', p_at, 'data', p_data), clock_timestamp(), clock_timestamp()
  from public.webhook_endpoints endpoint
  where endpoint.organization_id = p_organization_id
    and endpoint.active
    and (endpoint.events = '{}' or p_event = any (endpoint.events))
  -- The row that the inserted one refers to. Whoever removes an endpoint holds it locked while all that is owed to it goes
  -- too: admission would wait for that behind its lock, and all tenants with it.
  for key share of endpoint skip locked;
end;
$$;

-- Name: FUNCTION owe_event(p_event text, p_organization_id uuid, p_at jsonb, p_data jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.owe_event(p_event text, p_organization_id uuid, p_at jsonb, p_data jsonb) IS 'One row for each active endpoint of the organisation that wants to be told of this. Not for one that is being removed.';

-- Name: policy_of(public.sip_numbers); Type: FUNCTION; Schema: private

CREATE FUNCTION private.policy_of(number public.sip_numbers) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  policy jsonb := '{}';
  layers jsonb[];
  layer jsonb;
  setting text;
begin
  select array[platform.config, organization.config, instance.config, number.config_override] into layers
  from public.platform_settings platform
  join public.organizations organization on organization.id = number.organization_id
  left join private.find_agent(number) instance on true
  where platform.id;

  foreach layer in array layers loop
    foreach setting in array array['business', 'language', 'hours', 'refusal'] loop
      if layer ? setting then
        policy := private.merge_config(policy, jsonb_build_object(setting, layer -> setting));
      end if;
    end loop;
  end loop;
  return policy;
end;
$$;

-- Name: FUNCTION policy_of(number public.sip_numbers); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.policy_of(number public.sip_numbers) IS 'The settings business, language, hours and refusal of a number, merged over the layers platform < organisation < agent < number. What nobody wrote is not in it. The one home of what a refused caller gets.';

-- Name: pool_capacity(text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.pool_capacity(p_pool text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  return (
    select nullif(sum(capacity), 0)
    from public.workers
    where pool = p_pool and not draining and private.seen_lately(seen_at)
  );
end;
$$;

-- Name: FUNCTION pool_capacity(p_pool text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.pool_capacity(p_pool text) IS 'How many calls the workers of a pool hold that take new ones; null: none has said so lately.';

-- Name: prices; Type: TABLE; Schema: public

CREATE TABLE public.prices (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind public.usage_kind NOT NULL,
    provider text NOT NULL,
    model text DEFAULT '*'::text NOT NULL,
    unit public.usage_unit NOT NULL,
    price numeric(12,4) NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT price_is_not_negative CHECK ((price >= (0)::numeric)),
    CONSTRAINT price_model_is_short CHECK (((char_length(model) >= 1) AND (char_length(model) <= 120))),
    CONSTRAINT price_provider_is_short CHECK (((char_length(provider) >= 1) AND (char_length(provider) <= 64)))
);

-- Name: TABLE prices; Type: COMMENT; Schema: public

COMMENT ON TABLE public.prices IS 'What providers take for what calls use of them.';

-- Name: COLUMN prices.model; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.prices.model IS 'As configurations name it; *: each model of the provider that has no price of its own.';

-- Name: COLUMN prices.price; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.prices.price IS 'For a million tokens or characters, for a minute of sound.';

-- Name: price_json(public.prices); Type: FUNCTION; Schema: private

CREATE FUNCTION private.price_json(price public.prices) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', price.id, 'kind', price.kind, 'provider', price.provider, 'model', price.model, 'unit', price.unit,
    'price', price.price, 'changedAt', price.changed_at
  )
$$;

-- Name: FUNCTION price_json(price public.prices); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.price_json(price public.prices) IS 'A price as the API tells it.';

-- Name: session_usage; Type: TABLE; Schema: public

CREATE TABLE public.session_usage (
    session_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    kind public.usage_kind NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    unit public.usage_unit NOT NULL,
    amount numeric NOT NULL,
    cost numeric(12,6),
    CONSTRAINT amount_is_not_negative CHECK ((amount >= (0)::numeric)),
    CONSTRAINT cost_is_not_negative CHECK ((cost >= (0)::numeric))
);

-- Name: TABLE session_usage; Type: COMMENT; Schema: public

COMMENT ON TABLE public.session_usage IS 'What a call used of each provider and model.';

-- Name: COLUMN session_usage.cost; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.session_usage.cost IS 'Null: no price is known for the model.';

-- Name: rate_of(public.session_usage); Type: FUNCTION; Schema: private

CREATE FUNCTION private.rate_of(used public.session_usage) RETURNS numeric
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select price.price / case used.unit when 'audio_ms' then 60000 else 1000000 end
  from public.prices price
  where price.kind = used.kind and price.provider = used.provider and price.unit = used.unit
    and price.model in (used.model, '*')
  order by price.model = '*'
  limit 1
$$;

-- Name: FUNCTION rate_of(used public.session_usage); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.rate_of(used public.session_usage) IS 'What one unit costs; null: nobody said.';

-- Name: slot_entries; Type: SEQUENCE; Schema: private

CREATE SEQUENCE private.slot_entries
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

-- Name: SEQUENCE slot_entries; Type: COMMENT; Schema: private

COMMENT ON SEQUENCE private.slot_entries IS 'One more for each row that ever entered active_calls.';

-- Name: active_calls; Type: TABLE; Schema: public

CREATE TABLE public.active_calls (
    session_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    sip_number_id uuid NOT NULL,
    pool text NOT NULL,
    room text NOT NULL,
    state public.call_state DEFAULT 'pending'::public.call_state NOT NULL,
    worker text,
    placements integer DEFAULT 1 NOT NULL,
    released boolean DEFAULT false NOT NULL,
    end_requested public.call_reason,
    failed_providers text[] DEFAULT '{}'::text[] NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    lease_expires_at timestamp with time zone NOT NULL,
    entry bigint DEFAULT nextval('private.slot_entries'::regclass) NOT NULL,
    CONSTRAINT worker_is_bounded CHECK ((char_length(worker) <= 128))
)
WITH (fillfactor='60');

-- Name: TABLE active_calls; Type: COMMENT; Schema: public

COMMENT ON TABLE public.active_calls IS 'The slots in use: a row is reserved before the agent starts and deleted when the call ends, and limits count rows.';

-- Name: COLUMN active_calls.worker; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_calls.worker IS 'Who holds the call; null: nobody yet, or nobody any more.';

-- Name: COLUMN active_calls.placements; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_calls.placements IS 'How often a worker was asked for, this time included.';

-- Name: COLUMN active_calls.released; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_calls.released IS 'The holder gave the call away, or its process is known to be gone.';

-- Name: COLUMN active_calls.end_requested; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_calls.end_requested IS 'Set: the holder is told to end the call with this reason at its next renewal.';

-- Name: COLUMN active_calls.failed_providers; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_calls.failed_providers IS 'Their failure in this call was told to their breakers.';

-- Name: COLUMN active_calls.lease_expires_at; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_calls.lease_expires_at IS 'Past: the holder stopped renewing and the watcher may act.';

-- Name: COLUMN active_calls.entry; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_calls.entry IS 'Rows are numbered as they enter, so that not each call has to count them.';

-- Name: reason_to_end(public.active_calls); Type: FUNCTION; Schema: private

CREATE FUNCTION private.reason_to_end(call public.active_calls) RETURNS public.call_reason
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return (
    select case
      when call.end_requested is not null then call.end_requested
      when not number.active or organization.status <> 'active' then 'switched_off'
      when session.answered_at + interval '1 minute' * organization.max_call_minutes <= clock_timestamp()
        then 'max_duration'
    end::public.call_reason
    from public.sip_numbers number, public.organizations organization, public.sessions session
    where number.id = call.sip_number_id and organization.id = call.organization_id and session.id = call.session_id
  );
end;
$$;

-- Name: FUNCTION reason_to_end(call public.active_calls); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.reason_to_end(call public.active_calls) IS 'Why the platform wants this call to end; null: it does not.';

-- Name: refuse_dialogue(private.invite, public.refusal_reason, public.sip_numbers, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.refuse_dialogue(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_policy jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION refuse_dialogue(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_policy jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.refuse_dialogue(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_policy jsonb) IS 'Keeps the refusal, and the place of a caller who does not simply hear busy. Returns what that caller gets: refusalAnswerSchema of shared/contracts.ts.';

-- Name: reserve_slot(private.invite, public.sip_numbers, public.organizations, uuid, timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.reserve_slot(invite private.invite, number public.sip_numbers, organization public.organizations, p_session_id uuid, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into public.sessions (
    id, organization_id, sip_number_id, called_number, caller_number, sip_call_id, sip_from_tag, room, started_at
  )
  values (
    p_session_id, organization.id, number.id, invite.called_number, invite.caller_number, invite.sip_call_id,
    invite.sip_from_tag, invite.room, p_at
  );
  insert into public.active_calls
    (session_id, organization_id, sip_number_id, pool, room, started_at, lease_expires_at)
  values (
    p_session_id, organization.id, number.id, organization.pool, invite.room, p_at,
    clock_timestamp() + interval '4 seconds'
  );
end;
$$;

-- Name: FUNCTION reserve_slot(invite private.invite, number public.sip_numbers, organization public.organizations, p_session_id uuid, p_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.reserve_slot(invite private.invite, number public.sip_numbers, organization public.organizations, p_session_id uuid, p_at timestamp with time zone) IS 'Opens a session and reserves its slot; a worker has 4 s to take it, then the call is placed again.';

-- Name: retry_at(integer); Type: FUNCTION; Schema: private

CREATE FUNCTION private.retry_at(p_failed integer) RETURNS timestamp with time zone
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select clock_timestamp() + (0.8 + 0.4 * random()) * (
    array['10 seconds', '1 minute', '5 minutes', '30 minutes', '2 hours', '6 hours', '12 hours', '24 hours']::interval[]
  )[p_failed]
$$;

-- Name: FUNCTION retry_at(p_failed integer); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.retry_at(p_failed integer) IS 'When to try again after so many failures, give or take a fifth, so that what failed at once does not come back at once. Null: never.';

-- Name: said_so_far(public.sessions); Type: FUNCTION; Schema: private

CREATE FUNCTION private.said_so_far(session public.sessions) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  return jsonb_build_object(
    'answered_ms_ago', private.ms_since(coalesce(session.answered_at, session.started_at)),
    'language', session.language,
    'turns',
    coalesce(
      (
        select jsonb_agg(jsonb_build_object('role', role, 'text', text, 'at_ms', at_ms) order by position)
        from public.session_turns
        where session_id = session.id
      ),
      '[]'
    )
  );
end;
$$;

-- Name: FUNCTION said_so_far(session public.sessions); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.said_so_far(session public.sessions) IS 'What a worker needs that goes on with a call of another one.';

-- Name: saver_name(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.saver_name() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select case
    -- Whoever is signed in is named by the token and by nothing else.
    when (select auth.uid()) is not null
      then left(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email', 120)
    else coalesce(
      (select left('API key ' || name, 120) from private.calling_key()),
      nullif(current_setting('switchboard.saved_by', true), '')
    )
  end
$$;

-- Name: FUNCTION saver_name(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.saver_name() IS 'For saved_by_name. Definer: nobody may read hashes of keys.';

-- Name: see_worker(text, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.see_worker(p_worker text, p_status jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  -- A pool is there as soon as somebody works in it: organisations can be pinned to it from then on.
  insert into public.pools (name) values (p_status ->> 'pool') on conflict do nothing;
  insert into public.workers as worker (name, pool, version, capacity, calls, load, draining)
  values (
    p_worker,
    p_status ->> 'pool',
    p_status ->> 'version',
    (p_status ->> 'capacity')::integer,
    (p_status ->> 'calls')::integer,
    (p_status ->> 'load')::real,
    (p_status ->> 'draining')::boolean
  )
  on conflict (name) do update
  set
    pool = excluded.pool, version = excluded.version, capacity = excluded.capacity, calls = excluded.calls,
    load = excluded.load, draining = excluded.draining, seen_at = clock_timestamp();
end;
$$;

-- Name: FUNCTION see_worker(p_worker text, p_status jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.see_worker(p_worker text, p_status jsonb) IS 'Keeps what a worker says of itself, and that it said so now.';

-- Name: seen_lately(timestamp with time zone); Type: FUNCTION; Schema: private

CREATE FUNCTION private.seen_lately(p_seen_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select p_seen_at > clock_timestamp() - interval '15 seconds'
$$;

-- Name: FUNCTION seen_lately(p_seen_at timestamp with time zone); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.seen_lately(p_seen_at timestamp with time zone) IS 'Whether a worker that reported itself then is there now: they do it each 5 s, and are taken for gone after 15 s.';

-- Name: slots_at_most(bigint); Type: FUNCTION; Schema: private

CREATE FUNCTION private.slots_at_most(p_limit bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  newest bigint := coalesce(pg_catalog.pg_sequence_last_value('private.slot_entries'), 0);
  at_most bigint := (select live + newest - entry from private.slot_count where id);
begin
  if at_most >= p_limit then
    select count(*) into at_most from public.active_calls;
    update private.slot_count set live = at_most, entry = newest where id and (live, entry) <> (at_most, newest);
  end if;
  return at_most;
end;
$$;

-- Name: FUNCTION slots_at_most(p_limit bigint); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.slots_at_most(p_limit bigint) IS 'A number below p_limit that the calls on the platform do not exceed, else exactly how many they are. So with room to spare the price of a call does not grow with the calls that are on. What was rolled back, or ended, only makes the number too great, and one that reaches the limit is counted again. Behind the lock of admission.';

-- Name: spans_of(jsonb, date); Type: FUNCTION; Schema: private

CREATE FUNCTION private.spans_of(p_hours jsonb, p_day date) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select coalesce(
    (
      select coalesce(holiday -> 'open', '[]')
      from jsonb_array_elements(
        case jsonb_typeof(p_hours -> 'holidays') when 'array' then p_hours -> 'holidays' else '[]' end
      ) with ordinality holidays (holiday, position)
      where holiday ->> 'date' = to_char(p_day, 'YYYY-MM-DD')
      order by position
      limit 1
    ),
    case
      when jsonb_typeof(p_hours -> 'weekly') is distinct from 'object' then '[["00:00", "24:00"]]'
      else coalesce(p_hours -> 'weekly' -> to_char(p_day, 'dy'), '[]')
    end
  )
$$;

-- Name: FUNCTION spans_of(p_hours jsonb, p_day date); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.spans_of(p_hours jsonb, p_day date) IS 'When a business opens on a day, as pairs of times: those of the holiday, else those of the day of the week; no weekly hours at all: the whole day.';

-- Name: stamp_config_revision(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.stamp_config_revision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  new.config_revision := nextval('private.config_revisions');
  return new;
end;
$$;

-- Name: FUNCTION stamp_config_revision(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.stamp_config_revision() IS 'Gives a saved configuration the next revision. Definer: tenants who save have no right on the sequence.';

-- Name: tell_breaker(public.sessions, text, private.breaker_news, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.tell_breaker(session public.sessions, p_provider text, p_news private.breaker_news, p_reason text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  breaker public.breakers;
  minute record;
begin
  if p_news <> 'ok' then
    insert into public.breakers (organization_id, provider) values (session.organization_id, p_provider)
    on conflict do nothing;
  end if;
  select * into breaker
  from public.breakers
  where organization_id = session.organization_id and provider is not distinct from p_provider
  for update;

  if breaker.state = 'half_open' then
    -- Whoever was let in since it opened was a probe, and went on while others took its place.
    if p_news = 'ok' and (breaker.probe_session_id = session.id or session.started_at > breaker.opened_at) then
      perform private.close_breaker(breaker);
    elsif p_news <> 'ok' and breaker.probe_session_id = session.id then
      breaker.failures := breaker.failures + 1;
      perform private.open_breaker(breaker, p_reason);
    end if;
    return;
  end if;
  -- Calls from before the breaker opened tell what is known already, and those from before it closed what is over.
  if breaker.state = 'open' or session.started_at < breaker.closed_at then return; end if;

  select * into minute from private.count_outcome(session.organization_id, p_provider, p_news <> 'ok');
  breaker.failures := minute.failures;
  if p_news = 'fatal' or (p_news = 'failed' and minute.outcomes >= 5 and minute.failures * 2 >= minute.outcomes) then
    perform private.open_breaker(breaker, p_reason);
  else
    update public.breakers
    set failures = minute.failures, last_reason = coalesce(p_reason, last_reason)
    where id = breaker.id;
  end if;
end;
$$;

-- Name: FUNCTION tell_breaker(session public.sessions, p_provider text, p_news private.breaker_news, p_reason text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.tell_breaker(session public.sessions, p_provider text, p_news private.breaker_news, p_reason text) IS 'What a call met: with a provider, or as a whole when p_provider is null. The caller holds no lock of a breaker that comes after this one.';

-- Name: tell_providers(public.sessions, jsonb, text[]); Type: FUNCTION; Schema: private

CREATE FUNCTION private.tell_providers(session public.sessions, p_providers jsonb, p_told text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  met record;
begin
  for met in
    select provider, bool_or(outcome = 'failed') as failed
    from jsonb_to_recordset(coalesce(p_providers, '[]')) used (provider text, outcome text)
    -- A name that no breaker can have is not worth the record of the call that it comes with.
    where provider ~ '^[a-z][a-z0-9-]{0,31}$' and provider <> all (p_told)
    group by provider
    order by provider
  loop
    perform private.tell_breaker(
      session, met.provider, case when met.failed then 'failed' else 'ok' end::private.breaker_news,
      case when met.failed then 'provider_failed' end
    );
  end loop;
end;
$_$;

-- Name: FUNCTION tell_providers(session public.sessions, p_providers jsonb, p_told text[]); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.tell_providers(session public.sessions, p_providers jsonb, p_told text[]) IS 'How each provider did in a call, but for those whose failure was told when it happened.';

-- Name: tell_webhooks(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.tell_webhooks() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    SET lock_timeout TO '100ms'
    AS $$
declare
  told jsonb;
begin
  if exists (
    select from public.webhook_endpoints endpoint
    where endpoint.organization_id = new.organization_id and endpoint.active
  ) then
    told := to_jsonb(new);
    perform private.owe_event(
      tg_argv[0], new.organization_id, told -> tg_argv[1], private.webhook_data(tg_argv[0], told)
    );
  end if;
  return null;
exception
  when others then
    raise warning 'no webhook is told of %: % (%)', tg_argv[0], sqlerrm, sqlstate;
    return null;
end;
$$;

-- Name: FUNCTION tell_webhooks(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.tell_webhooks() IS 'Owes an event to the endpoints of the row''s organisation. Its arguments: the event, and the column that says when it happened. Definer: nobody may write deliveries.';

-- Name: tickets; Type: TABLE; Schema: public

CREATE TABLE public.tickets (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    session_id uuid,
    kind public.ticket_kind DEFAULT 'ticket'::public.ticket_kind NOT NULL,
    status public.ticket_status DEFAULT 'open'::public.ticket_status NOT NULL,
    priority public.ticket_priority DEFAULT 'normal'::public.ticket_priority NOT NULL,
    title text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    contact text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT body_is_bounded CHECK ((char_length(body) <= 10000)),
    CONSTRAINT contact_is_short CHECK ((char_length(contact) <= 200)),
    CONSTRAINT title_is_short CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

-- Name: TABLE tickets; Type: COMMENT; Schema: public

COMMENT ON TABLE public.tickets IS 'What an agent or a person wrote down to be done after a call.';

-- Name: COLUMN tickets.contact; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.tickets.contact IS 'How to reach the caller, as they said it; empty: the number they called from.';

-- Name: ticket_json(public.tickets); Type: FUNCTION; Schema: private

CREATE FUNCTION private.ticket_json(ticket public.tickets) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', ticket.id,
    'kind', ticket.kind,
    'status', ticket.status,
    'priority', ticket.priority,
    'title', ticket.title,
    'body', ticket.body,
    'contact', ticket.contact,
    'call', ticket.session_id,
    'caller', private.caller_of_session(ticket.session_id),
    'organization', private.organization_ref(ticket.organization_id),
    'createdAt', ticket.created_at,
    'closedAt', ticket.closed_at
  )
$$;

-- Name: FUNCTION ticket_json(ticket public.tickets); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.ticket_json(ticket public.tickets) IS 'A ticket as the API gives it away.';

-- Name: to_columns(jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.to_columns(p_fields jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_object_agg(lower(regexp_replace(key, '([A-Z])', '_\1', 'g')), value), '{}')
  from jsonb_each(p_fields)
$$;

-- Name: FUNCTION to_columns(p_fields jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.to_columns(p_fields jsonb) IS 'Fields as the API names them, named as columns are: maxCalls, max_calls.';

-- Name: try_new_key(); Type: FUNCTION; Schema: private

CREATE FUNCTION private.try_new_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  with concerned as materialized (
    select id
    from public.breakers
    where organization_id = new.organization_id and state = 'open' and (provider is null or provider = new.provider)
    order by provider nulls first
    for update
  )
  update public.breakers
  set open_until = least(open_until, clock_timestamp())
  from concerned
  where breakers.id = concerned.id;
  return null;
end;
$$;

-- Name: FUNCTION try_new_key(); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.try_new_key() IS 'Who has put in another key waits for nothing: the next call tries it. Definer: who writes keys writes no breaker.';

-- Name: unserved_reason(jsonb, public.organizations); Type: FUNCTION; Schema: private

CREATE FUNCTION private.unserved_reason(p_policy jsonb, organization public.organizations) RETURNS public.call_reason
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  asked_at timestamptz := clock_timestamp();
begin
  if private.is_outside_hours(p_policy, asked_at) then return 'outside_hours'; end if;
  if not exists (
    select from public.workers
    where pool = organization.pool
      and not draining
      and (private.seen_lately(seen_at) or private.in_grace())
  ) then
    return 'pool_unavailable';
  end if;
  return null;
end;
$$;

-- Name: FUNCTION unserved_reason(p_policy jsonb, organization public.organizations); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.unserved_reason(p_policy jsonb, organization public.organizations) IS 'Why nobody would be there to answer, although the number is in use; null: somebody is. A pool of which no worker was seen lately has none, unless the database was away: then none could report itself.';

-- Name: usable_keys(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.usable_keys(p_organization_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'provider', key.provider,
        'key_id', key.key_id,
        'ciphertext', key.ciphertext,
        'owner', case when key.organization_id is null then 'platform' else 'organization' end
      )
      order by key.provider
    ),
    '[]'
  )
  from public.provider_keys key
  where key.revoked_at is null
    and (
      key.organization_id = p_organization_id
      or key.organization_id is null
      and (select config @> '{"owner": {"platform_keys": true}}' from public.platform_settings)
      and not exists (
        select from public.provider_keys own
        where own.organization_id = p_organization_id and own.provider = key.provider and own.revoked_at is null
      )
    )
$$;

-- Name: FUNCTION usable_keys(p_organization_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.usable_keys(p_organization_id uuid) IS 'The sealed keys of an organisation and, only where the owner of the platform allows it, the platform''s for providers of which it has none.';

-- Name: webhook_data(text, jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.webhook_data(p_event text, p_row jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return case
    when p_event in ('call.started', 'call.answered', 'call.ended') then jsonb_build_object(
      'id', p_row -> 'id',
      'number', p_row -> 'sip_number_id',
      'called', p_row -> 'called_number',
      'caller', p_row -> 'caller_number',
      'startedAt', p_row -> 'started_at',
      'answeredAt', p_row -> 'answered_at',
      'endedAt', p_row -> 'ended_at',
      'endReason', p_row -> 'end_reason',
      'talkMs', p_row -> 'talk_ms'
    )
    when p_event = 'call.refused' then jsonb_build_object(
      'id', p_row ->> 'id',
      'call', p_row -> 'session_id',
      'number', p_row -> 'sip_number_id',
      'called', p_row -> 'called_number',
      'caller', p_row -> 'caller_number',
      'reason', p_row -> 'reason',
      'refusedAt', p_row -> 'refused_at'
    )
    when p_event = 'ticket.opened' then jsonb_build_object(
      'id', p_row -> 'id',
      'call', p_row -> 'session_id',
      'kind', p_row -> 'kind',
      'priority', p_row -> 'priority',
      'title', p_row -> 'title',
      'createdAt', p_row -> 'created_at'
    )
    when p_event in ('breaker.opened', 'breaker.closed') then jsonb_build_object(
      'provider', p_row -> 'provider',
      'state', p_row -> 'state',
      'openUntil', p_row -> 'open_until',
      'failures', p_row -> 'failures',
      'lastReason', p_row -> 'last_reason'
    )
    when p_event = 'config.changed' then jsonb_build_object(
      'layer', p_row -> 'layer',
      'agent', p_row -> 'agent_instance_id',
      'number', p_row -> 'sip_number_id',
      'revision', p_row -> 'revision',
      'savedBy', p_row -> 'saved_by_name'
    )
  end;
end;
$$;

-- Name: FUNCTION webhook_data(p_event text, p_row jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.webhook_data(p_event text, p_row jsonb) IS 'What an endpoint is told of a row, under the names that the API has. Who called is in it, what was said is not.';

-- Name: webhook_json(uuid); Type: FUNCTION; Schema: private

CREATE FUNCTION private.webhook_json(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', endpoint.id,
    'url', endpoint.url,
    'events', to_jsonb(endpoint.events),
    'active', endpoint.active,
    'organization', private.organization_ref(endpoint.organization_id),
    'waiting', (
      select count(*) from public.webhook_deliveries delivery
      where delivery.endpoint_id = endpoint.id and delivery.next_attempt_at is not null
    ),
    'createdAt', endpoint.created_at
  )
  from public.webhook_endpoints endpoint
  where endpoint.id = p_id
$$;

-- Name: FUNCTION webhook_json(p_id uuid); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.webhook_json(p_id uuid) IS 'A webhook as the API gives it away, never its secret. Null: not to be seen.';

-- Name: whole_of(public.usage_unit); Type: FUNCTION; Schema: private

CREATE FUNCTION private.whole_of(part public.usage_unit) RETURNS public.usage_unit
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case
    when part in ('cached_input_tokens', 'input_audio_tokens') then 'input_tokens'
    when part = 'output_audio_tokens' then 'output_tokens'
  end::public.usage_unit
$$;

-- Name: FUNCTION whole_of(part public.usage_unit); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.whole_of(part public.usage_unit) IS 'Among which tokens those of a kind of their own are counted too; null: among no others.';

-- Name: without_secrets(jsonb); Type: FUNCTION; Schema: private

CREATE FUNCTION private.without_secrets(p_row jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select p_row - array['ciphertext', 'secret_ciphertext', 'hash', 'config_revision', 'last_used_at']
$$;

-- Name: FUNCTION without_secrets(p_row jsonb); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.without_secrets(p_row jsonb) IS 'A row as the audit log may show it: nothing sealed, and nothing that changes by itself.';

-- Name: written_layer(public.config_layer, text, text); Type: FUNCTION; Schema: private

CREATE FUNCTION private.written_layer(p_layer public.config_layer, p_organization text, p_name text) RETURNS TABLE(row_id uuid, organization_id uuid, config jsonb, revision bigint)
    LANGUAGE sql STABLE ROWS 1
    SET search_path TO ''
    AS $$
  select null::uuid, null::uuid, platform.config, platform.config_revision
  from public.platform_settings platform
  where p_layer = 'platform'
  union all
  select organization.id, organization.id, organization.config, organization.config_revision
  from public.organizations organization
  where p_layer = 'organization' and organization.slug = p_organization
  union all
  select instance.id, organization.id, instance.config, instance.config_revision
  from public.agent_instances instance
  join public.organizations organization on organization.id = instance.organization_id
  where p_layer = 'instance' and organization.slug = p_organization and instance.name = p_name
  union all
  select number.id, organization.id, number.config_override, number.config_revision
  from public.sip_numbers number
  left join public.organizations organization on organization.id = number.organization_id
  where p_layer = 'number'
    and number.phone_number = p_name
    and (p_organization is null or organization.slug = p_organization)
$$;

-- Name: FUNCTION written_layer(p_layer public.config_layer, p_organization text, p_name text); Type: COMMENT; Schema: private

COMMENT ON FUNCTION private.written_layer(p_layer public.config_layer, p_organization text, p_name text) IS 'The row of a layer: of the organisation with that tenant key, its agent with that name, or that number.';

-- Name: admit_call(text, text, text, text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.admit_call(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text) RETURNS public.call_decision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    SET lock_timeout TO '1500ms'
    AS $$
declare
  invite private.invite := private.cut_invite(p_called, p_caller, p_sip_call_id, p_sip_from_tag, p_room);
  number public.sip_numbers;
  organization public.organizations;
  policy jsonb;
  refused public.call_reason;
  decision public.call_decision;
  new_session uuid := gen_random_uuid();
  decided_at timestamptz;
  -- The organisation's breaker is not closed: a call that is let in all the same is its probe.
  probing boolean := false;
begin
  select * into decision from private.earlier_decision(invite);
  if found then return decision; end if;

  select * into number from private.find_number(invite.called_number);
  if found then
    perform private.hold_number(number.id);
    -- Whoever was waited for may have given it to somebody else.
    select * into number from private.find_number(invite.called_number);
  end if;
  select * into organization from public.organizations where id = number.organization_id;
  refused := private.closed_reason(invite.called_number, number, organization);

  if refused is null then
    policy := private.policy_of(number);
    refused := private.unserved_reason(policy, organization);
    perform private.lock_admission();
    -- Another replica may have decided the same dialogue while this one waited.
    select * into decision from private.earlier_decision(invite);
    if found then return decision; end if;
    decided_at := clock_timestamp();
    probing := exists (
      select from public.breakers
      where organization_id = organization.id and provider is null and state <> 'closed'
    );
    if refused is null and probing then refused := private.breaker_reason(organization.id); end if;
    refused := coalesce(refused, private.busy_reason(number, organization, decided_at));
  end if;

  decision.outcome := case when refused is null then 'admitted' else 'refused' end;
  decision.reason := refused;
  decision.organization_id := organization.id;
  decision.tenant := organization.slug;
  decision.number_id := number.id;
  decision.number_limit := number.max_concurrent_calls;
  decision.pool := organization.pool;
  decision.repeated := false;
  if refused is null then
    decision.session_id := new_session;
    perform private.reserve_slot(invite, number, organization, new_session, decided_at);
    if probing then perform private.mark_probe(organization.id, new_session); end if;
  else
    decision.answer := private.refuse_dialogue(invite, refused, number, policy);
  end if;
  return decision;
end;
$$;

-- Name: FUNCTION admit_call(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.admit_call(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text) IS 'Reserves a slot and opens a session, or says why not and keeps the refusal. The same Call-ID and From tag get the same answer again, marked repeated. Definer: the dispatch role writes no table.';

-- Name: adopt_call(uuid, text, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.adopt_call(p_session_id uuid, p_worker text, p_call jsonb) RETURNS TABLE(adopted boolean, reason text)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    SET lock_timeout TO '1500ms'
    AS $$
declare
  invite private.invite := private.cut_invite(
    p_call ->> 'called_number', p_call ->> 'caller_number', p_call ->> 'sip_call_id', p_call ->> 'sip_from_tag',
    p_call ->> 'room'
  );
  number public.sip_numbers;
  session public.sessions;
begin
  adopted := false;
  perform private.hold_number((p_call ->> 'number_id')::uuid);
  select owned.* into number
  from public.sip_numbers owned
  join public.organizations organization on organization.id = owned.organization_id
  where owned.id = (p_call ->> 'number_id')::uuid and organization.slug = p_call ->> 'tenant';
  if not found then
    reason := 'tenant_mismatch';
    return next;
    return;
  end if;

  select * into session from public.sessions where id = p_session_id;
  if not found then
    -- Rows enter active_calls behind this lock alone, also those that no limit is asked about.
    perform private.lock_admission();
    -- The same may have been asked twice at once.
    select * into session from public.sessions where id = p_session_id;
  end if;
  if session.id is null then
    session := private.forget_twin(invite);
    adopted := session.id is null;
    if adopted then
      perform private.enter_call(p_session_id, p_worker, p_call, number, invite);
    else
      reason := session.end_reason;
    end if;
  elsif session.ended_at is not null then
    -- Asked again because the answer was lost: it is in the books, and over.
    adopted := coalesce(session.worker = p_worker, false);
    reason := session.end_reason;
  elsif session.organization_id = number.organization_id then
    select took.taken, took.reason into adopted, reason from public.take_call(p_session_id, p_worker) took;
    if adopted and p_call ->> 'answered_at' is not null then
      perform public.answer_call(p_session_id, p_worker);
    end if;
  end if;
  return next;
end;
$$;

-- Name: FUNCTION adopt_call(p_session_id uuid, p_worker text, p_call jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.adopt_call(p_session_id uuid, p_worker text, p_call jsonb) IS 'A call that was admitted while the database was away is in the books from now on, whatever the limits say, and this worker''s: {"tenant", "number_id", "called_number", "caller_number", "sip_call_id", "sip_from_tag", "room", "admitted_at", "answered_at" or null}. Said twice it is adopted once; with a reason when it is over by now. Not adopted: tenant_mismatch, the number is not that tenant''s; else another worker has it, or had it last. Definer: the agent role writes no table.';

-- Name: answer_call(uuid, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.answer_call(p_session_id uuid, p_worker text) RETURNS TABLE(answered boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  update public.active_calls
  set state = 'active', lease_expires_at = clock_timestamp() + interval '15 seconds'
  where session_id = p_session_id and worker = p_worker and not released;
  answered := found;
  if answered then
    update public.sessions set answered_at = clock_timestamp() where id = p_session_id and answered_at is null;
  end if;
  return next;
end;
$$;

-- Name: FUNCTION answer_call(p_session_id uuid, p_worker text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.answer_call(p_session_id uuid, p_worker text) IS 'The caller hears the agent from now on. Not answered: the call is not this worker''s any more. Definer: the agent role writes no table.';

-- Name: api_accept_invitations(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_accept_invitations() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  invited public.invitations;
  joined integer := 0;
begin
  if auth.uid() is null or claims ->> 'email' is null then return 0; end if;
  for invited in
    delete from public.invitations where lower(email) = lower(claims ->> 'email') returning *
  loop
    continue when invited.expires_at < now();
    insert into public.organization_members (organization_id, user_id, role)
    values (invited.organization_id, auth.uid(), invited.role)
    on conflict do nothing;
    joined := joined + 1;
  end loop;
  return joined;
end;
$$;

-- Name: FUNCTION api_accept_invitations(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_accept_invitations() IS 'Whoever is signed in joins the organisations that invited their address. How many. Definer: who is invited is no member yet, and members are their owners'' to add.';

-- Name: api_add_agent(uuid, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_add_agent(p_organization_id uuid, p_name text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  added public.agent_instances;
begin
  insert into public.agent_instances (organization_id, name, is_default)
  values (
    p_organization_id,
    p_name,
    not exists (select from public.agent_instances where organization_id = p_organization_id and is_default)
  )
  returning * into added;
  return private.agent_json(added);
end;
$$;

-- Name: FUNCTION api_add_agent(p_organization_id uuid, p_name text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_add_agent(p_organization_id uuid, p_name text) IS 'Makes a voice agent, the default one if there is no other.';

-- Name: api_add_api_key(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_add_api_key(p_key jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  organization constant uuid := p_key ->> 'organization';
  added public.api_keys;
begin
  -- Of people alone: a key that makes keys would outlive its own end.
  perform private.demand(auth.uid() is not null);
  perform private.demand(
    case
      when organization is null then private.is_platform_admin()
      else organization in (select private.my_organizations('owner')) or private.is_platform_admin()
    end
  );
  insert into public.api_keys (organization_id, name, hash, last_four, scopes, created_by, expires_at)
  values (
    organization, p_key ->> 'name', p_key ->> 'hash', p_key ->> 'lastFour',
    array(select jsonb_array_elements_text(p_key -> 'scopes')), auth.uid(), (p_key ->> 'expiresAt')::timestamptz
  )
  returning * into added;
  return private.api_key_json(added);
end;
$$;

-- Name: FUNCTION api_add_api_key(p_key jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_add_api_key(p_key jsonb) IS 'Keeps the hash of a new API key; organization null: the platform''s. Definer: keys are nobody''s to write.';

-- Name: api_add_numbers(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_add_numbers(p_numbers jsonb) RETURNS TABLE(phone_number text, outcome text, number jsonb)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  wanted jsonb;
  added public.sip_numbers;
begin
  perform private.demand(private.is_platform_admin());
  for wanted in select * from jsonb_array_elements(p_numbers) loop
    phone_number := wanted ->> 'phoneNumber';
    insert into public.sip_numbers
      (phone_number, organization_id, agent_instance_id, label, max_concurrent_calls, assigned_by)
    values (
      wanted ->> 'phoneNumber',
      (wanted ->> 'organization')::uuid,
      (wanted ->> 'agent')::uuid,
      coalesce(wanted ->> 'label', ''),
      coalesce((wanted ->> 'maxConcurrentCalls')::integer, 1),
      auth.uid()
    )
    on conflict on constraint sip_numbers_phone_number_key do nothing
    returning * into added;
    outcome := case when found then 'added' else 'exists' end;
    number := case when found then private.number_json(added) end;
    return next;
  end loop;
end;
$$;

-- Name: FUNCTION api_add_numbers(p_numbers jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_add_numbers(p_numbers jsonb) IS 'Adds numbers, all or, if one of them cannot be, none; those that are there already are left as they are. A platform admin may. Definer: the columns are nobody''s to write.';

-- Name: api_add_organization(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_add_organization(p_organization jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  added public.organizations;
begin
  perform private.demand(private.is_platform_admin());
  insert into public.organizations (slug, name, timezone)
  values (
    p_organization ->> 'slug',
    coalesce(p_organization ->> 'name', p_organization ->> 'slug'),
    coalesce(p_organization ->> 'timezone', 'UTC')
  )
  returning * into added;
  return private.organization_json(added);
end;
$$;

-- Name: FUNCTION api_add_organization(p_organization jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_add_organization(p_organization jsonb) IS 'Makes an organisation; a platform admin may. Definer: nobody may add to the table.';

-- Name: api_add_ticket(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_add_ticket(p_ticket jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  added public.tickets;
begin
  insert into public.tickets (organization_id, session_id, priority, title, body, contact)
  values (
    (p_ticket ->> 'organization')::uuid,
    (p_ticket ->> 'call')::uuid,
    coalesce(p_ticket ->> 'priority', 'normal')::public.ticket_priority,
    p_ticket ->> 'title',
    coalesce(p_ticket ->> 'body', ''),
    coalesce(p_ticket ->> 'contact', '')
  )
  returning * into added;
  return private.ticket_json(added);
end;
$$;

-- Name: FUNCTION api_add_ticket(p_ticket jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_add_ticket(p_ticket jsonb) IS 'Opens a ticket by hand.';

-- Name: api_add_webhook(jsonb, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_add_webhook(p_webhook jsonb, p_sealed jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  organization constant uuid := p_webhook ->> 'organization';
  added uuid;
begin
  perform private.demand_role(organization, 'editor');
  -- Counted one after the other: what happens to a call is written once for each of them while it comes in.
  perform from public.organizations owner where owner.id = organization for no key update;
  if 10 <= (select count(*) from public.webhook_endpoints endpoint where endpoint.organization_id = organization) then
    raise exception 'an organisation has at most 10 webhooks' using errcode = 'check_violation';
  end if;
  insert into public.webhook_endpoints (organization_id, url, events, secret_key_id, secret_ciphertext)
  values (
    organization, p_webhook ->> 'url',
    array(select jsonb_array_elements_text(coalesce(p_webhook -> 'events', '[]'))),
    p_sealed ->> 'keyId', p_sealed ->> 'ciphertext'
  )
  returning id into added;
  return private.webhook_json(added);
end;
$$;

-- Name: FUNCTION api_add_webhook(p_webhook jsonb, p_sealed jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_add_webhook(p_webhook jsonb, p_sealed jsonb) IS 'Adds a webhook with the sealed secret that its deliveries are signed with; editors may. Definer: secrets are nobody''s to write.';

-- Name: api_agents(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_agents(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select private.agent_json(agent), agent.id::text
  from public.agent_instances agent
  where (p_query ->> 'id' is null or agent.id = (p_query ->> 'id')::uuid)
    and (p_query ->> 'organization' is null or agent.organization_id = (p_query ->> 'organization')::uuid)
    and (p_query ->> 'after' is null or agent.id > (p_query ->> 'after')::uuid)
  order by agent.id
  limit private.list_limit(p_query)
$$;

-- Name: FUNCTION api_agents(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_agents(p_query jsonb) IS 'Voice agents; filters: id, organization, after, limit.';

-- Name: api_api_keys(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_api_keys(p_query jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  organization constant uuid := p_query ->> 'organization';
begin
  perform private.demand(
    case
      when organization is null then private.is_platform_admin()
      else organization in (select private.my_organizations('owner')) or private.is_platform_admin()
    end
  );
  return (
    select jsonb_build_object('keys', coalesce(jsonb_agg(private.api_key_json(key) order by key.name), '[]'))
    from public.api_keys key
    where key.revoked_at is null and (organization is null or key.organization_id = organization)
  );
end;
$$;

-- Name: FUNCTION api_api_keys(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_api_keys(p_query jsonb) IS 'API keys in use; filter: organization. Definer: a row of the table has what nobody may read.';

-- Name: api_audit(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_audit(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  organization constant uuid := p_query ->> 'organization';
  after_id constant bigint := p_query ->> 'after';
begin
  return query
    select
      jsonb_build_object(
        'id', entry.id::text,
        'at', entry.at,
        'who', entry.actor_name,
        'action', entry.action,
        'target', entry.target_id,
        'organization', private.organization_ref(entry.organization_id),
        'before', entry.before,
        'after', entry.after
      ),
      entry.id::text
    from public.audit_log entry
    where (organization is null or entry.organization_id = organization)
      and (p_query ->> 'target' is null or entry.target_id = p_query ->> 'target')
      and (p_query ->> 'action' is null or starts_with(entry.action, p_query ->> 'action'))
      and (after_id is null or entry.id < after_id)
    order by entry.id desc
    limit private.list_limit(p_query);
end;
$$;

-- Name: FUNCTION api_audit(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_audit(p_query jsonb) IS 'Who changed what, newest first; filters: organization, target, action (its beginning), after, limit.';

-- Name: api_begin_request(text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_begin_request(p_key text, p_fingerprint text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  me constant text := private.caller_id();
  known private.api_requests;
begin
  perform private.demand(me is not null);
  delete from private.api_requests where begun_at < now() - interval '1 day';
  -- Whoever was to answer it is gone: a request takes seconds.
  delete from private.api_requests
  where caller = me and key = p_key and status is null and begun_at < now() - interval '1 minute';
  insert into private.api_requests (caller, key, fingerprint) values (me, p_key, p_fingerprint) on conflict do nothing;
  if found then return jsonb_build_object('state', 'new'); end if;
  select * into known from private.api_requests where caller = me and key = p_key;
  return case
    when known.fingerprint <> p_fingerprint then jsonb_build_object('state', 'another')
    when known.status is null then jsonb_build_object('state', 'pending')
    else jsonb_build_object('state', 'answered', 'status', known.status, 'body', known.body)
  end;
end;
$$;

-- Name: FUNCTION api_begin_request(p_key text, p_fingerprint text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_begin_request(p_key text, p_fingerprint text) IS 'new: to be answered now. answered: with what was answered then. pending: somebody is at it. another: that key came with another request. Definer: the table is private.';

-- Name: api_breakers(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_breakers(p_query jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('breakers', coalesce(
    jsonb_agg(
      jsonb_build_object(
        'organization', private.organization_ref(breaker.organization_id),
        'provider', breaker.provider,
        'state', breaker.state,
        'openUntil', breaker.open_until,
        'failures', breaker.failures,
        'lastReason', breaker.last_reason,
        'changedAt', breaker.changed_at
      )
      order by breaker.state <> 'closed' desc, breaker.changed_at desc
    ),
    '[]'
  ))
  from public.breakers breaker
  where p_query ->> 'organization' is null or breaker.organization_id = (p_query ->> 'organization')::uuid
$$;

-- Name: FUNCTION api_breakers(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_breakers(p_query jsonb) IS 'Breakers that ever counted a failure, open ones first; filter: organization.';

-- Name: api_call(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_call(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select listed.item || jsonb_build_object(
    'takes', session.takes,
    'admission', session.admission,
    'configRevision', session.config_revision,
    'configSource', session.config_source,
    'recorded', session.recorded,
    'timings', session.timings,
    'turns', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'position', turn.position, 'role', turn.role, 'text', turn.text, 'atMs', turn.at_ms,
            'latency', case when turn.latency is not null then jsonb_build_object(
              'totalMs', turn.latency -> 'total_ms', 'sttMs', turn.latency -> 'stt_ms',
              'turnMs', turn.latency -> 'turn_ms', 'llmMs', turn.latency -> 'llm_ms', 'ttsMs', turn.latency -> 'tts_ms'
            ) end
          )
          order by turn.position
        )
        from public.session_turns turn where turn.session_id = session.id
      ),
      '[]'
    ),
    'transfers', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object('destination', moved.destination, 'outcome', moved.outcome, 'atMs', moved.at_ms)
          order by moved.position
        )
        from public.session_transfers moved where moved.session_id = session.id
      ),
      '[]'
    ),
    'usage', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'kind', used.kind, 'provider', used.provider, 'model', used.model, 'unit', used.unit, 'amount', used.amount,
            'cost', used.cost
          )
          order by used.kind, used.provider, used.model, used.unit
        )
        from public.session_usage used where used.session_id = session.id
      ),
      '[]'
    ),
    'ticketList', coalesce(
      (
        select jsonb_agg(private.ticket_json(ticket) order by ticket.created_at)
        from public.tickets ticket where ticket.session_id = session.id
      ),
      '[]'
    )
  )
  from public.sessions session
  join private.calls_json(array[p_id]) listed on listed.session_id = session.id
  where session.id = p_id
$$;

-- Name: FUNCTION api_call(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_call(p_id uuid) IS 'Everything that is known of a call; null: no such call to be seen.';

-- Name: api_call_recordings(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_call_recordings(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION api_call_recordings(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_call_recordings(p_id uuid) IS 'What was recorded of a call, for those who may hear it.';

-- Name: api_caller(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_caller() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  key public.api_keys;
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  who jsonb;
begin
  select * into key from private.calling_key();
  if found then
    update public.api_keys set last_used_at = now()
    where id = key.id and (last_used_at is null or last_used_at < now() - interval '1 minute');
    who := jsonb_build_object('kind', 'key', 'id', key.id, 'name', key.name, 'scopes', to_jsonb(key.scopes));
  elsif auth.uid() is not null then
    who := jsonb_build_object('kind', 'person', 'id', auth.uid(), 'email', claims ->> 'email');
  else
    return null;
  end if;
  return who || jsonb_build_object(
    'isPlatformAdmin', private.is_platform_admin(),
    'organizations', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'id', organization.id, 'slug', organization.slug, 'name', organization.name,
            'timezone', organization.timezone, 'status', organization.status,
            'role', coalesce(member.role, 'owner')
          )
          order by organization.name
        )
        from public.organizations organization
        left join public.organization_members member
          on member.organization_id = organization.id and member.user_id = auth.uid()
        where organization.id in (select private.my_organizations())
      ),
      '[]'
    )
  );
end;
$$;

-- Name: FUNCTION api_caller(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_caller() IS 'Who asks, and where they belong; null: nobody who is known. Notes that a key is used, once a minute. Definer: keys are nobody''s to write.';

-- Name: api_calls(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_calls(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  organization constant uuid := p_query ->> 'organization';
  number constant uuid := p_query ->> 'number';
  reason constant text := p_query ->> 'reason';
  answered constant boolean := p_query ->> 'answered';
  with_tickets constant boolean := p_query ->> 'tickets';
  caller constant text := p_query ->> 'caller';
  words constant text := p_query ->> 'words';
  since constant timestamptz := p_query ->> 'from';
  until constant timestamptz := p_query ->> 'to';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    with page as materialized (
      select session.id, session.started_at
      from public.sessions session
      where (organization is null or session.organization_id = organization)
        and (number is null or session.sip_number_id = number)
        and (reason is null or session.end_reason::text = reason)
        and (answered is null or (session.answered_at is not null) = answered)
        and (since is null or session.started_at >= since)
        and (until is null or session.started_at < until)
        and (after_at is null or (session.started_at, session.id) < (after_at, after_id))
        and (caller is null or session.id in (select private.calls_of_caller(caller)))
        and (
          words is null
          or session.id in (
            select turn.session_id from public.session_turns turn where strpos(lower(turn.text), lower(words)) > 0
          )
        )
        and (
          with_tickets is null
          or with_tickets = exists (select from public.tickets ticket where ticket.session_id = session.id)
        )
      order by session.started_at desc, session.id desc
      limit private.list_limit(p_query)
    )
    select shown.item, page.started_at || '|' || page.id
    from page
    join private.calls_json(array(select page.id from page)) shown on shown.session_id = page.id
    order by page.started_at desc, page.id desc;
end;
$$;

-- Name: FUNCTION api_calls(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_calls(p_query jsonb) IS 'Admitted calls, newest first; filters: organization, number, reason, answered, from, to, caller, words, tickets, after, limit.';

-- Name: api_change_agent(uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_change_agent(p_id uuid, p_changes jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  wanted public.agent_instances;
begin
  select * into wanted from public.agent_instances where id = p_id;
  if not found then return null; end if;
  perform private.demand_role(wanted.organization_id, 'editor');
  wanted := jsonb_populate_record(wanted, private.to_columns(p_changes));
  if wanted.is_default then
    update public.agent_instances set is_default = false
    where organization_id = wanted.organization_id and is_default and id <> p_id;
  end if;
  update public.agent_instances set name = wanted.name, is_default = wanted.is_default where id = p_id
  returning * into wanted;
  return private.agent_json(wanted);
end;
$$;

-- Name: FUNCTION api_change_agent(p_id uuid, p_changes jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_change_agent(p_id uuid, p_changes jsonb) IS 'Changes the name, or makes it the default one in the place of the one that was. Null: there is none.';

-- Name: api_change_member(uuid, uuid, public.member_role); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_change_member(p_organization_id uuid, p_user_id uuid, p_role public.member_role) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform private.demand_role(p_organization_id, 'owner');
  update public.organization_members set role = p_role where organization_id = p_organization_id and user_id = p_user_id;
  return found;
end;
$$;

-- Name: FUNCTION api_change_member(p_organization_id uuid, p_user_id uuid, p_role public.member_role); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_change_member(p_organization_id uuid, p_user_id uuid, p_role public.member_role) IS 'False: there is no such member.';

-- Name: api_change_number(uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_change_number(p_id uuid, p_changes jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  was public.sip_numbers;
  wanted public.sip_numbers;
begin
  -- Callers of the number, who need it to stay, come in meanwhile.
  select * into was from public.sip_numbers where id = p_id for no key update;
  if not found or was.organization_id is null and not private.is_platform_admin() then return null; end if;
  perform private.demand_role(was.organization_id, 'editor');
  perform private.demand(private.is_platform_admin() or p_changes - array['label', 'active'] = '{}');
  wanted := jsonb_populate_record(was, private.to_columns(p_changes));
  if p_changes ? 'organization' then wanted.organization_id := p_changes ->> 'organization'; end if;
  if p_changes ? 'agent' then wanted.agent_instance_id := p_changes ->> 'agent'; end if;
  if wanted.organization_id is distinct from was.organization_id then
    -- What the organisation before wrote is not the next one's to say.
    wanted.config_override := '{}';
    wanted.label := coalesce(p_changes ->> 'label', '');
    wanted.agent_instance_id := p_changes ->> 'agent';
    wanted.assigned_by := auth.uid();
    wanted.assigned_at := now();
  end if;
  if (wanted.organization_id, wanted.agent_instance_id) is distinct from (was.organization_id, was.agent_instance_id) then
    update public.sip_numbers
    set organization_id = wanted.organization_id, agent_instance_id = wanted.agent_instance_id,
      config_override = wanted.config_override, assigned_by = wanted.assigned_by, assigned_at = wanted.assigned_at
    where id = p_id;
  end if;
  update public.sip_numbers
  set label = wanted.label, active = wanted.active, max_concurrent_calls = wanted.max_concurrent_calls
  where id = p_id
  returning * into wanted;
  return private.number_json(wanted);
end;
$$;

-- Name: FUNCTION api_change_number(p_id uuid, p_changes jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_change_number(p_id uuid, p_changes jsonb) IS 'Changes the named fields: label and active by editors of its organisation; organization, agent and maxConcurrentCalls by platform admins. A number that goes to another organisation brings nothing along. Null: there is none to be seen. Definer: assigning is no tenant''s to do.';

-- Name: api_change_organization(uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_change_organization(p_id uuid, p_changes jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  wanted public.organizations;
begin
  perform private.demand_role(p_id, 'editor');
  select * into wanted from public.organizations where id = p_id for no key update;
  if not found then return null; end if;
  -- What an organisation says of itself; all else is the platform's to say.
  perform private.demand(private.is_platform_admin() or p_changes - array['name', 'timezone'] = '{}');
  wanted := jsonb_populate_record(wanted, private.to_columns(p_changes));
  update public.organizations
  set name = wanted.name, timezone = wanted.timezone, status = wanted.status, pool = wanted.pool,
    max_concurrent_calls = wanted.max_concurrent_calls, max_calls_per_second = wanted.max_calls_per_second,
    max_call_minutes = wanted.max_call_minutes, monthly_spend_limit = wanted.monthly_spend_limit,
    monthly_minutes_limit = wanted.monthly_minutes_limit
  where id = p_id
  returning * into wanted;
  return private.organization_json(wanted);
end;
$$;

-- Name: FUNCTION api_change_organization(p_id uuid, p_changes jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_change_organization(p_id uuid, p_changes jsonb) IS 'Changes the named fields; its editors may name and timezone, a platform admin all. Null: there is none. Definer: limits are no tenant''s to write.';

-- Name: api_change_ticket(uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_change_ticket(p_id uuid, p_changes jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  was public.tickets;
  wanted public.tickets;
begin
  select * into was from public.tickets where id = p_id;
  if not found then return null; end if;
  perform private.demand_role(was.organization_id, 'editor');
  wanted := jsonb_populate_record(was, private.to_columns(p_changes));
  update public.tickets
  set status = wanted.status, priority = wanted.priority, title = wanted.title, body = wanted.body,
    contact = wanted.contact,
    closed_at = case when wanted.status = 'closed' then coalesce(was.closed_at, now()) end
  where id = p_id
  returning * into wanted;
  return private.ticket_json(wanted);
end;
$$;

-- Name: FUNCTION api_change_ticket(p_id uuid, p_changes jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_change_ticket(p_id uuid, p_changes jsonb) IS 'Changes the named fields, closes it or opens it again. Null: there is none.';

-- Name: api_change_webhook(uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_change_webhook(p_id uuid, p_changes jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  wanted public.webhook_endpoints;
begin
  select * into wanted from public.webhook_endpoints endpoint where endpoint.id = p_id for no key update;
  if not private.may_change_webhooks(wanted.organization_id) then return null; end if;
  wanted := jsonb_populate_record(wanted, p_changes);
  update public.webhook_endpoints
  set url = wanted.url, events = wanted.events, active = wanted.active
  where id = p_id;
  return private.webhook_json(p_id);
end;
$$;

-- Name: FUNCTION api_change_webhook(p_id uuid, p_changes jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_change_webhook(p_id uuid, p_changes jsonb) IS 'Changes url, events or active; editors may. Switched off, what is owed to it is given up. Null: there is none to be seen. Definer: the table has secrets, so nobody may write it.';

-- Name: api_drop_request(text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_drop_request(p_key text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  delete from private.api_requests where caller = private.caller_id() and key = p_key and status is null
$$;

-- Name: FUNCTION api_drop_request(p_key text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_drop_request(p_key text) IS 'It came to nothing and may be tried again. Definer: the table is private.';

-- Name: api_end_call(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_end_call(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  tenant_id uuid := (select organization_id from public.active_calls where session_id = p_id);
begin
  if tenant_id is null or not (tenant_id in (select private.my_organizations()) or private.is_platform_admin()) then
    return false;
  end if;
  perform private.demand_role(tenant_id, 'editor');
  return (select asked from public.end_call(p_id));
end;
$$;

-- Name: FUNCTION api_end_call(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_end_call(p_id uuid) IS 'Its agent hears at the next renewal that it is to end the call. False: no such live call to be seen. Definer: live calls are nobody''s to write.';

-- Name: api_end_request(text, integer, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_end_request(p_key text, p_status integer, p_body jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update private.api_requests set status = p_status, body = p_body
  where caller = private.caller_id() and key = p_key and status is null
$$;

-- Name: FUNCTION api_end_request(p_key text, p_status integer, p_body jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_end_request(p_key text, p_status integer, p_body jsonb) IS 'Keeps the answer for whoever asks again. Definer: the table is private.';

-- Name: api_health(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_health(p_query jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  with not_current as (
    select session.sip_number_id, count(*) as calls, max(session.started_at) as last_at
    from public.sessions session
    where session.started_at > now() - interval '1 day'
      and session.config_source <> 'current'
      and (p_query ->> 'organization' is null or session.organization_id = (p_query ->> 'organization')::uuid)
    group by session.sip_number_id
  )
  select jsonb_build_object('older', coalesce(
    jsonb_agg(
      jsonb_build_object(
        'number', private.number_ref(found.sip_number_id),
        'organization', private.organization_ref(newest.organization_id),
        'source', newest.config_source,
        'call', newest.id,
        'calls', found.calls,
        'lastAt', found.last_at
      )
      order by found.last_at desc
    ),
    '[]'
  ))
  from not_current found
  cross join lateral (
    select session.id, session.organization_id, session.config_source
    from public.sessions session
    where session.sip_number_id = found.sip_number_id and session.started_at > now() - interval '1 day'
      and session.config_source is not null
    order by session.started_at desc, session.id desc
    limit 1
  ) newest
  where newest.config_source <> 'current'
$$;

-- Name: FUNCTION api_health(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_health(p_query jsonb) IS 'Numbers whose newest call of a day was not answered with what is written: its last good version, because what is written does not pass its checks, or what was known of it while the database was away. Filter: organization.';

-- Name: api_invite(uuid, text, public.member_role); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_invite(p_organization_id uuid, p_email text, p_role public.member_role) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  invited public.invitations;
begin
  perform private.demand_role(p_organization_id, 'owner');
  delete from public.invitations where organization_id = p_organization_id and lower(email) = lower(p_email);
  insert into public.invitations (organization_id, email, role) values (p_organization_id, p_email, p_role)
  returning * into invited;
  return jsonb_build_object(
    'id', invited.id, 'email', invited.email, 'role', invited.role, 'expiresAt', invited.expires_at
  );
end;
$$;

-- Name: FUNCTION api_invite(p_organization_id uuid, p_email text, p_role public.member_role); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_invite(p_organization_id uuid, p_email text, p_role public.member_role) IS 'Invites an address, or changes the role it is invited to.';

-- Name: api_layer(public.config_layer, uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_layer(p_layer public.config_layer, p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('config', config, 'revision', revision, 'organization', private.organization_ref(organization))
  from (
    select config, config_revision, null::uuid from public.platform_settings where p_layer = 'platform'
    union all
    select config, config_revision, id from public.organizations where p_layer = 'organization' and id = p_id
    union all
    select config, config_revision, organization_id from public.agent_instances where p_layer = 'instance' and id = p_id
    union all
    select config_override, config_revision, organization_id from public.sip_numbers
    where p_layer = 'number' and id = p_id
  ) layer (config, revision, organization)
$$;

-- Name: FUNCTION api_layer(p_layer public.config_layer, p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_layer(p_layer public.config_layer, p_id uuid) IS 'What is written on one layer; null: no such row to be seen.';

-- Name: api_layers(public.config_layer, uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_layers(p_layer public.config_layer, p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'organizationName', coalesce(organization.name, ''),
    'phoneNumber', number.phone_number,
    'platform', platform.config,
    'organization', coalesce(organization.config, '{}'),
    'instance', agent.config,
    'number', coalesce(number.config_override, '{}')
  )
  from public.platform_settings platform
  left join public.sip_numbers number on p_layer = 'number' and number.id = p_id
  left join public.agent_instances named on p_layer = 'instance' and named.id = p_id
  left join public.organizations organization
    on organization.id = case p_layer
      when 'organization' then p_id
      when 'instance' then named.organization_id
      when 'number' then number.organization_id
    end
  left join lateral (
    select config from private.find_agent(number) where p_layer = 'number'
    union all
    select named.config where p_layer = 'instance'
  ) agent on true
  where private.is_platform_admin() or organization.id in (select private.my_organizations())
$$;

-- Name: FUNCTION api_layers(p_layer public.config_layer, p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_layers(p_layer public.config_layer, p_id uuid) IS 'Everything that was written for an agent up to that layer, weakest first; instance null: no agent is said. Null: no such row to be seen. Definer: what the platform says to all is in it.';

-- Name: api_listen(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_listen(p_id uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  call public.active_calls;
begin
  select * into call from public.active_calls where session_id = p_id;
  if not found or not (call.organization_id in (select private.my_organizations()) or private.is_platform_admin()) then
    return null;
  end if;
  perform private.demand_role(call.organization_id, 'owner');
  perform private.note_deed(call.organization_id, 'call.listened', p_id::text);
  return call.room;
end;
$$;

-- Name: FUNCTION api_listen(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_listen(p_id uuid) IS 'The room of a live call, for an owner who listens in, which is written down. Null: no such live call to be seen. Definer: rooms are in no grant.';

-- Name: api_live_calls(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_live_calls(p_query jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'calls', coalesce(jsonb_agg(shown.item order by shown.item ->> 'startedAt', shown.session_id), '[]')
  )
  from private.calls_json(array(
    select call.session_id
    from public.active_calls call
    where p_query ->> 'organization' is null or call.organization_id = (p_query ->> 'organization')::uuid
  )) shown
$$;

-- Name: FUNCTION api_live_calls(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_live_calls(p_query jsonb) IS 'The calls on the line now, longest first; filter: organization.';

-- Name: api_members(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_members(p_organization_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.demand_role(p_organization_id, 'viewer');
  return jsonb_build_object(
    'members', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'id', member.user_id, 'email', person.email, 'role', member.role, 'since', member.created_at
          )
          order by member.role desc, person.email
        )
        from public.organization_members member
        join auth.users person on person.id = member.user_id
        where member.organization_id = p_organization_id
      ),
      '[]'
    ),
    'invitations', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'id', invitation.id, 'email', invitation.email, 'role', invitation.role, 'expiresAt', invitation.expires_at
          )
          order by invitation.email
        )
        from public.invitations invitation
        where invitation.organization_id = p_organization_id
          and (
            p_organization_id in (select private.my_organizations('owner')) or private.is_platform_admin()
          )
      ),
      '[]'
    )
  );
end;
$$;

-- Name: FUNCTION api_members(p_organization_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_members(p_organization_id uuid) IS 'The people of an organisation with their addresses, and to owners who is invited. Definer: addresses are kept by Auth.';

-- Name: api_news(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_news(p_query jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select public.api_live_calls(p_query) || jsonb_build_object(
    'revision', private.newest_change((p_query ->> 'organization')::uuid)
  )
$$;

-- Name: FUNCTION api_news(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_news(p_query jsonb) IS 'What pages look at again and again; filter: organization.';

-- Name: api_numbers(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_numbers(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select private.number_json(number), number.phone_number
  from public.sip_numbers number
  where (p_query ->> 'id' is null or number.id = (p_query ->> 'id')::uuid)
    and (p_query ->> 'organization' is null or number.organization_id = (p_query ->> 'organization')::uuid)
    and (
      p_query ->> 'assigned' is null or (number.organization_id is not null) = (p_query ->> 'assigned')::boolean
    )
    and (
      p_query ->> 'search' is null
      or strpos(lower(number.phone_number || ' ' || number.label), lower(p_query ->> 'search')) > 0
    )
    and (p_query ->> 'after' is null or number.phone_number > p_query ->> 'after')
  order by number.phone_number
  limit private.list_limit(p_query)
$$;

-- Name: FUNCTION api_numbers(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_numbers(p_query jsonb) IS 'Numbers in the order of their digits; filters: id, organization, assigned, search, after, limit.';

-- Name: api_organizations(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_organizations(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select private.organization_json(organization), organization.slug
  from public.organizations organization
  where (p_query ->> 'id' is null or organization.id = (p_query ->> 'id')::uuid)
    and (
      p_query ->> 'search' is null
      or strpos(lower(organization.name || ' ' || organization.slug), lower(p_query ->> 'search')) > 0
    )
    and (p_query ->> 'after' is null or organization.slug > p_query ->> 'after')
  order by organization.slug
  limit private.list_limit(p_query)
$$;

-- Name: FUNCTION api_organizations(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_organizations(p_query jsonb) IS 'Organisations by tenant key; filters: id, search, after, limit.';

-- Name: api_play_recording(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_play_recording(p_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION api_play_recording(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_play_recording(p_id uuid) IS 'How many parts a recording has, for an editor who is to hear it, which is written down. Null: none to be seen. Definer: the audit log is written by nobody.';

-- Name: api_prices(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_prices() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('prices', coalesce(
    jsonb_agg(private.price_json(kept) order by kept.provider, kept.kind, kept.model = '*', kept.model, kept.unit),
    '[]'
  ))
  from public.prices kept
$$;

-- Name: FUNCTION api_prices(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_prices() IS 'All prices; none for all but platform admins.';

-- Name: api_probe(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_probe(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', probe.id,
    'askedAt', probe.asked_at,
    'state', case
      when probe.finished_at is not null then 'finished'
      when probe.asked_at < now() - interval '45 seconds' then 'nobody_there'
      when probe.taken_at is null then 'waiting'
      else 'running'
    end,
    'result', probe.result
  )
  from private.probes probe
  where probe.id = p_id
    and (
      probe.organization_id in (select private.my_organizations('editor'))
      or (select private.is_platform_admin())
    )
$$;

-- Name: FUNCTION api_probe(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_probe(p_id uuid) IS 'How far a probe is. Null: no such one to be seen. Definer: probes are in no grant.';

-- Name: api_probe_key(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_probe_key(p_id uuid) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  wanted private.probes;
begin
  select key.organization_id, organization.pool into wanted.organization_id, wanted.pool
  from public.provider_keys key
  left join public.organizations organization on organization.id = key.organization_id
  where key.id = p_id and key.revoked_at is null;
  if not found or not (
    wanted.organization_id in (select private.my_organizations()) or private.is_platform_admin()
  ) then
    return null;
  end if;
  perform private.demand_role(wanted.organization_id, 'owner');
  wanted.provider_key_id := p_id;
  return private.ask_for_probe(wanted);
end;
$$;

-- Name: FUNCTION api_probe_key(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_probe_key(p_id uuid) IS 'Has a provider asked for the least it can be asked, with that key. Null: no such key to be seen. Definer: keys and probes are in no grant.';

-- Name: api_probe_number(uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_probe_number(p_id uuid, p_draft jsonb DEFAULT NULL::jsonb) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  wanted private.probes;
begin
  select number.organization_id, organization.pool into wanted.organization_id, wanted.pool
  from public.sip_numbers number
  join public.organizations organization on organization.id = number.organization_id
  where number.id = p_id;
  if not found or not (
    wanted.organization_id in (select private.my_organizations()) or private.is_platform_admin()
  ) then
    return null;
  end if;
  perform private.demand_role(wanted.organization_id, 'editor');
  wanted.sip_number_id := p_id;
  wanted.draft := p_draft;
  return private.ask_for_probe(wanted);
end;
$$;

-- Name: FUNCTION api_probe_number(p_id uuid, p_draft jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_probe_number(p_id uuid, p_draft jsonb) IS 'Has each provider of a number asked for the least it can be asked. Null: no number of an organisation to be seen. Definer: probes are in no grant.';

-- Name: api_provider_keys(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_provider_keys(p_query jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('keys', coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', key.id,
        'provider', key.provider,
        'lastFour', key.last_four,
        'organization', private.organization_ref(key.organization_id),
        'createdAt', key.created_at
      )
      order by key.organization_id nulls first, key.provider
    ),
    '[]'
  ))
  from public.provider_keys key
  where key.revoked_at is null
    and (p_query ->> 'organization' is null or key.organization_id = (p_query ->> 'organization')::uuid)
$$;

-- Name: FUNCTION api_provider_keys(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_provider_keys(p_query jsonb) IS 'Which provider keys are in use, never the keys; filter: organization.';

-- Name: api_put_price(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_put_price(p_price jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  put public.prices;
begin
  insert into public.prices (kind, provider, model, unit, price)
  values (
    (p_price ->> 'kind')::public.usage_kind, p_price ->> 'provider', p_price ->> 'model',
    (p_price ->> 'unit')::public.usage_unit, (p_price ->> 'price')::numeric
  )
  on conflict (kind, provider, model, unit) do update set price = excluded.price, changed_at = now()
  returning * into put;
  return private.price_json(put);
end;
$$;

-- Name: FUNCTION api_put_price(p_price jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_put_price(p_price jsonb) IS 'Says what something costs from now on, in the place of what was said of it before.';

-- Name: api_put_provider_key(uuid, text, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_put_provider_key(p_organization_id uuid, p_provider text, p_sealed jsonb) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  added uuid;
begin
  perform private.demand(
    case
      when p_organization_id is null then private.is_platform_admin()
      else p_organization_id in (select private.my_organizations('owner')) or private.is_platform_admin()
    end
  );
  delete from public.provider_keys
  where organization_id is not distinct from p_organization_id and provider = p_provider and revoked_at is null;
  insert into public.provider_keys (organization_id, provider, key_id, ciphertext, last_four)
  values (
    p_organization_id, p_provider, p_sealed ->> 'keyId', p_sealed ->> 'ciphertext', p_sealed ->> 'lastFour'
  )
  returning id into added;
  return added;
end;
$$;

-- Name: FUNCTION api_put_provider_key(p_organization_id uuid, p_provider text, p_sealed jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_put_provider_key(p_organization_id uuid, p_provider text, p_sealed jsonb) IS 'Keeps a sealed key in the place of the one before; organization null: the platform''s. Definer: keys are nobody''s to write.';

-- Name: api_recording_part(uuid, integer); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_recording_part(p_id uuid, p_part integer) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  -- In lines of 76, as encode() gives it, it would be of no use to most readers.
  select translate(encode(part.sound, 'base64'), E'\n', '')
  from public.recordings recording
  join private.recording_parts part on part.recording_id = recording.id and part.part = p_part
  where recording.id = p_id and recording.kept_at is not null and recording.delete_after > now()
    and (
      recording.organization_id in (select private.my_organizations('editor')) or (select private.is_platform_admin())
    )
$$;

-- Name: FUNCTION api_recording_part(p_id uuid, p_part integer); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_recording_part(p_id uuid, p_part integer) IS 'One part of a recording in base64; null: none to be heard. Definer: the sound is in no grant.';

-- Name: api_refusals(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_refusals(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  organization constant uuid := p_query ->> 'organization';
  wanted_reason constant text := p_query ->> 'reason';
  since constant timestamptz := p_query ->> 'from';
  until constant timestamptz := p_query ->> 'to';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant bigint := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select
      jsonb_build_object(
        'id', refusal.id::text,
        'reason', refusal.reason,
        'called', refusal.called_number,
        'caller', private.caller_of_refusal(refusal.id),
        'number', private.number_ref(refusal.sip_number_id),
        'organization', private.organization_ref(refusal.organization_id),
        'call', refusal.session_id,
        'refusedAt', refusal.refused_at
      ),
      refusal.refused_at || '|' || refusal.id
    from public.call_refusals refusal
    where (organization is null or refusal.organization_id = organization)
      and (wanted_reason is null or refusal.reason::text = wanted_reason)
      and (since is null or refusal.refused_at >= since)
      and (until is null or refusal.refused_at < until)
      and (after_at is null or (refusal.refused_at, refusal.id) < (after_at, after_id))
    order by refusal.refused_at desc, refusal.id desc
    limit private.list_limit(p_query);
end;
$$;

-- Name: FUNCTION api_refusals(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_refusals(p_query jsonb) IS 'Calls that were turned away, newest first; filters: organization, reason, from, to, after, limit.';

-- Name: api_remove_agent(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_agent(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  owner uuid := (select organization_id from public.agent_instances where id = p_id);
begin
  if owner is null then return false; end if;
  perform private.demand_role(owner, 'editor');
  delete from public.agent_instances where id = p_id;
  return found;
end;
$$;

-- Name: FUNCTION api_remove_agent(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_agent(p_id uuid) IS 'False: there was none.';

-- Name: api_remove_api_key(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_api_key(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  key public.api_keys;
begin
  select * into key from public.api_keys where id = p_id and revoked_at is null;
  if not found then return false; end if;
  if not (key.organization_id in (select private.my_organizations()) or private.is_platform_admin()) then return false; end if;
  perform private.demand_role(key.organization_id, 'owner');
  update public.api_keys set revoked_at = now() where id = p_id;
  return true;
end;
$$;

-- Name: FUNCTION api_remove_api_key(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_api_key(p_id uuid) IS 'From its next request on the key is nobody''s. False: there is no such key to be seen. Definer: keys are nobody''s to write.';

-- Name: api_remove_member(uuid, uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_member(p_organization_id uuid, p_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform private.demand_role(p_organization_id, 'owner');
  delete from public.organization_members where organization_id = p_organization_id and user_id = p_id;
  if found then return true; end if;
  delete from public.invitations where organization_id = p_organization_id and id = p_id;
  return found;
end;
$$;

-- Name: FUNCTION api_remove_member(p_organization_id uuid, p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_member(p_organization_id uuid, p_id uuid) IS 'Removes a member, or takes an invitation back. False: there is no such one.';

-- Name: api_remove_number(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_number(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform private.demand(private.is_platform_admin());
  delete from public.sip_numbers where id = p_id;
  return found;
end;
$$;

-- Name: FUNCTION api_remove_number(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_number(p_id uuid) IS 'A platform admin may. False: there was none.';

-- Name: api_remove_price(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_price(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  delete from public.prices where id = p_id;
  return found;
end;
$$;

-- Name: FUNCTION api_remove_price(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_price(p_id uuid) IS 'False: there is no such price to be seen.';

-- Name: api_remove_provider_key(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_provider_key(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  key public.provider_keys;
begin
  select * into key from public.provider_keys where id = p_id;
  if not found then return false; end if;
  if not (key.organization_id in (select private.my_organizations()) or private.is_platform_admin()) then return false; end if;
  perform private.demand_role(key.organization_id, 'owner');
  delete from public.provider_keys where id = p_id;
  return true;
end;
$$;

-- Name: FUNCTION api_remove_provider_key(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_provider_key(p_id uuid) IS 'False: there is no such key to be seen. Definer: keys are nobody''s to write.';

-- Name: api_remove_recording(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_recording(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  of uuid := (select organization_id from public.recordings where id = p_id);
begin
  if of is null then return false; end if;
  perform private.demand_role(of, 'owner');
  delete from public.recordings where id = p_id;
  return found;
end;
$$;

-- Name: FUNCTION api_remove_recording(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_recording(p_id uuid) IS 'For an owner. False: there is no such recording to be seen.';

-- Name: api_remove_webhook(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_remove_webhook(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  owner constant uuid := (select organization_id from public.webhook_endpoints where id = p_id);
begin
  if not private.may_change_webhooks(owner) then return false; end if;
  delete from public.webhook_endpoints where id = p_id;
  return found;
end;
$$;

-- Name: FUNCTION api_remove_webhook(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_remove_webhook(p_id uuid) IS 'Removes a webhook with everything that was owed to it; editors may. False: there is none to be seen. Definer: nobody may write the table.';

-- Name: api_replay_delivery(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_replay_delivery(p_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  replayed public.webhook_deliveries;
begin
  select * into replayed from public.webhook_deliveries delivery where delivery.id = p_id for update;
  if not private.may_change_webhooks(replayed.organization_id) then return null; end if;
  -- One that is being sent at this moment is what was asked for.
  if coalesce(replayed.claimed_until <= clock_timestamp(), true) then
    update public.webhook_deliveries
    set next_attempt_at = clock_timestamp(), delivered_at = null, claimed_until = null, replayed_after = attempts
    where id = p_id
    returning * into replayed;
  end if;
  return private.delivery_json(replayed);
end;
$$;

-- Name: FUNCTION api_replay_delivery(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_replay_delivery(p_id uuid) IS 'Owes a delivery again, at once and with all its retries: same id, same payload; editors may. Null: there is none to be seen. Definer: nobody may write deliveries.';

-- Name: api_reset_breakers(uuid, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_reset_breakers(p_organization_id uuid, p_provider text DEFAULT NULL::text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  tenant text := (select slug from public.organizations where id = p_organization_id);
begin
  perform private.demand_role(p_organization_id, 'editor');
  return (select reset from public.reset_breakers(tenant, p_provider));
end;
$$;

-- Name: FUNCTION api_reset_breakers(p_organization_id uuid, p_provider text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_reset_breakers(p_organization_id uuid, p_provider text) IS 'Closes the breakers of an organisation, or that of one provider. How many were not closed. Definer: breakers are nobody''s to write.';

-- Name: api_save_layer(public.config_layer, uuid, jsonb, bigint); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_save_layer(p_layer public.config_layer, p_id uuid, p_config jsonb, p_revision bigint) RETURNS TABLE(outcome text, revision bigint)
    LANGUAGE plpgsql ROWS 1
    SET search_path TO ''
    AS $$
begin
  case p_layer
    when 'platform' then
      update public.platform_settings set config = p_config where config_revision = p_revision
      returning config_revision into revision;
    when 'organization' then
      update public.organizations set config = p_config where id = p_id and config_revision = p_revision
      returning config_revision into revision;
    when 'instance' then
      update public.agent_instances set config = p_config where id = p_id and config_revision = p_revision
      returning config_revision into revision;
    when 'number' then
      update public.sip_numbers set config_override = p_config where id = p_id and config_revision = p_revision
      returning config_revision into revision;
  end case;
  outcome := 'saved';
  if revision is null then
    revision := (public.api_layer(p_layer, p_id) ->> 'revision')::bigint;
    outcome := case
      when revision is null then 'missing'
      when revision = p_revision then 'forbidden'
      else 'changed_meanwhile'
    end;
  end if;
  return next;
end;
$$;

-- Name: FUNCTION api_save_layer(p_layer public.config_layer, p_id uuid, p_config jsonb, p_revision bigint); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_save_layer(p_layer public.config_layer, p_id uuid, p_config jsonb, p_revision bigint) IS 'Saves a configuration over the version that its writer saw. changed_meanwhile: somebody else saved another one, whose revision this is. forbidden: it may be seen and not changed.';

-- Name: api_statistics(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_statistics(p_query jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  with asked as (
    select
      (p_query ->> 'organization')::uuid as organization,
      (p_query ->> 'from')::timestamptz as since,
      (p_query ->> 'to')::timestamptz as until,
      p_query ->> 'timezone' as zone
  ),
  called as materialized (
    select
      session.started_at at time zone asked.zone as local_time, session.answered_at is not null as answered,
      session.talk_ms, session.end_reason, (session.answered_at - session.started_at) as waited
    from public.sessions session, asked
    where (asked.organization is null or session.organization_id = asked.organization)
      and session.started_at >= asked.since and session.started_at < asked.until
  ),
  refused as materialized (
    select refusal.refused_at at time zone asked.zone as local_time, refusal.reason
    from public.call_refusals refusal, asked
    where (asked.organization is null or refusal.organization_id = asked.organization)
      and refusal.refused_at >= asked.since and refusal.refused_at < asked.until
  ),
  days as (
    select day, sum(calls) as calls, sum(answered) as answered, sum(refused) as refused, sum(talk_ms) as talk_ms
    from (
      select local_time::date, 1, answered::integer, 0, coalesce(talk_ms, 0) from called
      union all
      select local_time::date, 0, 0, 1, 0 from refused
    ) event (day, calls, answered, refused, talk_ms)
    group by day
  )
  select jsonb_build_object(
    'calls', (select count(*) from called),
    'answered', (select count(*) from called where answered),
    'refused', (select count(*) from refused),
    'averageTalkMs', (select round(avg(talk_ms)) from called),
    'answerMs', (
      select jsonb_build_object(
        'p50', round(extract(epoch from percentile_cont(0.5) within group (order by waited)) * 1000),
        'p95', round(extract(epoch from percentile_cont(0.95) within group (order by waited)) * 1000)
      )
      from called where answered
    ),
    'days', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'day', day, 'calls', calls, 'answered', answered, 'refused', refused,
            'averageTalkMs', round(talk_ms / nullif(answered, 0))
          )
          order by day
        )
        from days
      ),
      '[]'
    ),
    'hours', coalesce(
      (
        select jsonb_agg(jsonb_build_object('weekday', weekday, 'hour', hour, 'calls', calls) order by weekday, hour)
        from (
          select extract(isodow from local_time)::integer, extract(hour from local_time)::integer, count(*)
          from called group by 1, 2
        ) busy (weekday, hour, calls)
      ),
      '[]'
    ),
    'refusals', coalesce(
      (
        select jsonb_agg(jsonb_build_object('reason', reason, 'count', count) order by count desc, reason)
        from (select reason::text, count(*) from refused group by 1) counted (reason, count)
      ),
      '[]'
    ),
    'ends', coalesce(
      (
        select jsonb_agg(jsonb_build_object('reason', reason, 'count', count) order by count desc, reason)
        from (select end_reason::text, count(*) from called where end_reason is not null group by 1) counted (reason, count)
      ),
      '[]'
    )
  )
$$;

-- Name: FUNCTION api_statistics(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_statistics(p_query jsonb) IS 'Figures of the calls from one moment to another, by the clock of a time zone; filter: organization. weekday 1 is Monday.';

-- Name: api_test_webhook(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_test_webhook(p_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  owner constant uuid := (select organization_id from public.webhook_endpoints where id = p_id);
  added public.webhook_deliveries;
begin
  if not private.may_change_webhooks(owner) then return null; end if;
  insert into public.webhook_deliveries (organization_id, endpoint_id, event, payload, next_attempt_at, created_at)
  values (
    owner, p_id, 'webhook.test',
    jsonb_build_object('type', 'webhook.test', 'at', clock_timestamp(), 'data', jsonb_build_object('webhook', p_id)),
    clock_timestamp(), clock_timestamp()
  )
  returning * into added;
  return private.delivery_json(added);
end;
$$;

-- Name: FUNCTION api_test_webhook(p_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_test_webhook(p_id uuid) IS 'Owes a webhook.test to a webhook, whatever else it wants to be told of and also while it is switched off; editors may. Null: there is none to be seen. Definer: nobody may write deliveries.';

-- Name: api_tickets(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_tickets(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  organization constant uuid := p_query ->> 'organization';
  wanted_status constant text := p_query ->> 'status';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select private.ticket_json(ticket), ticket.created_at || '|' || ticket.id
    from public.tickets ticket
    where (organization is null or ticket.organization_id = organization)
      and (wanted_status is null or ticket.status::text = wanted_status)
      and (
        p_query ->> 'search' is null
        or strpos(lower(ticket.title || ' ' || ticket.body), lower(p_query ->> 'search')) > 0
      )
      and (after_at is null or (ticket.created_at, ticket.id) < (after_at, after_id))
    order by ticket.created_at desc, ticket.id desc
    limit private.list_limit(p_query);
end;
$$;

-- Name: FUNCTION api_tickets(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_tickets(p_query jsonb) IS 'Tickets, newest first; filters: organization, status, search, after, limit.';

-- Name: api_versions(public.config_layer, uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_versions(p_layer public.config_layer, p_id uuid, p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select
    jsonb_build_object(
      'revision', version.revision,
      'savedAt', version.saved_at,
      'savedBy', coalesce(version.saved_by_name, version.saved_by::text),
      'active', version.revision = (public.api_layer(p_layer, p_id) ->> 'revision')::bigint,
      'config', version.config
    ),
    version.revision::text
  from public.config_versions version
  where version.layer = p_layer
    and case p_layer
      when 'organization' then version.organization_id = p_id
      when 'instance' then version.agent_instance_id = p_id
      -- What an earlier organisation wrote for a number is not the present one's to read.
      when 'number' then version.sip_number_id = p_id
        and version.organization_id is not distinct from
          (select number.organization_id from public.sip_numbers number where number.id = p_id)
      else true
    end
    and (p_query ->> 'after' is null or version.revision < (p_query ->> 'after')::bigint)
  order by version.revision desc
  limit private.list_limit(p_query)
$$;

-- Name: FUNCTION api_versions(p_layer public.config_layer, p_id uuid, p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_versions(p_layer public.config_layer, p_id uuid, p_query jsonb) IS 'What was ever saved on a layer, newest first; filters: after, limit.';

-- Name: api_webhook_deliveries(uuid, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_webhook_deliveries(p_webhook_id uuid, p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  owner constant uuid := (select organization_id from public.webhook_endpoints where id = p_webhook_id);
  wanted_event constant text := p_query ->> 'event';
  wanted_state constant text := p_query ->> 'state';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select private.delivery_json(delivery), delivery.created_at || '|' || delivery.id
    from public.webhook_deliveries delivery
    where delivery.organization_id = owner
      and delivery.endpoint_id = p_webhook_id
      and (wanted_event is null or delivery.event = wanted_event)
      and case wanted_state
        when 'delivered' then delivery.delivered_at is not null
        when 'given_up' then delivery.delivered_at is null and delivery.next_attempt_at is null
        when 'waiting' then delivery.next_attempt_at is not null
        else true
      end
      and (after_at is null or (delivery.created_at, delivery.id) < (after_at, after_id))
    order by delivery.created_at desc, delivery.id desc
    limit private.list_limit(p_query);
end;
$$;

-- Name: FUNCTION api_webhook_deliveries(p_webhook_id uuid, p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_webhook_deliveries(p_webhook_id uuid, p_query jsonb) IS 'What was told to a webhook, or is to be, newest first; filters: event, state (waiting, delivered, given_up), after, limit.';

-- Name: api_webhooks(jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_webhooks(p_query jsonb DEFAULT '{}'::jsonb) RETURNS TABLE(item jsonb, cursor text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  wanted constant uuid := p_query ->> 'id';
  organization constant uuid := p_query ->> 'organization';
  after_at constant timestamptz := split_part(nullif(p_query ->> 'after', ''), '|', 1);
  after_id constant uuid := split_part(nullif(p_query ->> 'after', ''), '|', 2);
begin
  return query
    select private.webhook_json(endpoint.id), endpoint.created_at || '|' || endpoint.id
    from public.webhook_endpoints endpoint
    where (wanted is null or endpoint.id = wanted)
      and (organization is null or endpoint.organization_id = organization)
      and (after_at is null or (endpoint.created_at, endpoint.id) < (after_at, after_id))
    order by endpoint.created_at desc, endpoint.id desc
    limit private.list_limit(p_query);
end;
$$;

-- Name: FUNCTION api_webhooks(p_query jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_webhooks(p_query jsonb) IS 'Webhooks, newest first; filters: id, organization, after, limit.';

-- Name: api_workers(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.api_workers() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'workers', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'name', worker.name, 'pool', worker.pool, 'version', worker.version, 'capacity', worker.capacity,
            'calls', worker.calls, 'load', worker.load, 'draining', worker.draining, 'startedAt', worker.started_at,
            'seenAt', worker.seen_at
          )
          order by worker.pool, worker.name
        )
        from public.workers worker
      ),
      '[]'
    ),
    'pools', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'name', pool.name,
            'maxConcurrentCalls', pool.max_concurrent_calls,
            'liveCalls', (select count(*) from public.active_calls call where call.pool = pool.name)
          )
          order by pool.name
        )
        from public.pools pool
      ),
      '[]'
    )
  )
$$;

-- Name: FUNCTION api_workers(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.api_workers() IS 'What workers last said of themselves, and the pools; empty for all but platform admins.';

-- Name: claim_call(uuid, integer, boolean); Type: FUNCTION; Schema: public

CREATE FUNCTION public.claim_call(p_session_id uuid, p_placements integer, p_from_worker boolean DEFAULT false) RETURNS TABLE(claimed boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  update public.active_calls
  set
    worker = null, released = false, placements = placements + 1,
    lease_expires_at = clock_timestamp() + interval '4 seconds'
  where session_id = p_session_id
    and state = 'pending'
    and placements = p_placements
    and (worker is null or released or p_from_worker);
  claimed := found;
  return next;
end;
$$;

-- Name: FUNCTION claim_call(p_session_id uuid, p_placements integer, p_from_worker boolean); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.claim_call(p_session_id uuid, p_placements integer, p_from_worker boolean) IS 'For who waits for its own placement: the call is this asker''s to place again for 4 s. p_from_worker: also from the worker that has it, whose agent joined the room and was not heard. Not claimed: a worker has it, it is over, or somebody else placed it again already. Definer: the dispatch role writes no table.';

-- Name: claim_lost_calls(integer); Type: FUNCTION; Schema: public

CREATE FUNCTION public.claim_lost_calls(p_limit integer) RETURNS TABLE(session_id uuid, sip_call_id text, organization_id uuid, tenant text, number_id uuid, pool text, called_number text, caller_number text, room text, state text, worker text, placements integer, age_ms integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  grace boolean;
begin
  perform private.keep_pulse();
  grace := private.in_grace();
  if not grace then
    perform private.forget_workers();
  end if;
  return query
    with lost as materialized (
      select call.session_id, call.worker
      from public.active_calls call
      where call.released
        -- One that nobody holds is lost also in grace: there is nobody who could renew it.
        or (call.lease_expires_at < clock_timestamp() and (call.worker is null or not grace))
      order by call.lease_expires_at
      limit p_limit
      for update skip locked
    ),
    claimed as (
      update public.active_calls call
      set
        worker = null, released = false, placements = call.placements + 1,
        lease_expires_at = clock_timestamp() + interval '4 seconds'
      from lost
      where call.session_id = lost.session_id
      returning call.*, lost.worker as lost_by
    )
    select
      claimed.session_id, session.sip_call_id, claimed.organization_id, organization.slug, claimed.sip_number_id,
      claimed.pool, session.called_number, session.caller_number, claimed.room, claimed.state::text,
      -- Also when an earlier asker died before it did anything: the dead worker's agent may still be in the room.
      coalesce(claimed.lost_by, session.worker),
      claimed.placements, private.ms_since(claimed.started_at)
    from claimed
    -- One by one: joined, a planner that takes the few live calls for many reads the whole history each second.
    cross join lateral (select * from public.sessions where id = claimed.session_id limit 1) session
    cross join lateral (select slug from public.organizations where id = claimed.organization_id limit 1) organization;
end;
$$;

-- Name: FUNCTION claim_lost_calls(p_limit integer); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.claim_lost_calls(p_limit integer) IS 'Calls that nobody holds, longest first, each to one asker, who has 4 s to find it another worker. worker: who lost it, or had it last; null: nobody ever took it. placements counts this new attempt, age_ms is since admission. For 10 s after a pause, when the database was away, a call that somebody holds is lost only when it was released. Definer: the dispatch role writes no table.';

-- Name: claim_webhook_deliveries(integer); Type: FUNCTION; Schema: public

CREATE FUNCTION public.claim_webhook_deliveries(p_limit integer) RETURNS TABLE(id uuid, attempt integer, event text, body text, tenant text, url text, secret_key_id text, secret_ciphertext text, private_hosts jsonb)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
declare
  asked_at constant timestamptz := clock_timestamp();
  lease_end constant timestamptz := asked_at + interval '30 seconds';
begin
  perform private.forget_deliveries(asked_at);
  -- Almost always nothing is due.
  if not exists (select from public.webhook_deliveries delivery where delivery.next_attempt_at <= asked_at) then
    return;
  end if;
  return query
    with due as materialized (
      select picked.id from private.due_deliveries(asked_at, p_limit) picked (id)
    ),
    claimed as (
      update public.webhook_deliveries delivery
      set attempts = delivery.attempts + 1, attempted_at = asked_at, claimed_until = lease_end,
        next_attempt_at = lease_end
      from due
      where delivery.id = due.id
      returning delivery.*
    )
    select
      claimed.id, claimed.attempts, claimed.event, claimed.payload::text, organization.slug, endpoint.url,
      endpoint.secret_key_id, endpoint.secret_ciphertext,
      coalesce((select platform.config #> '{owner,private_hosts}' from public.platform_settings platform), '[]')
    from claimed
    join public.webhook_endpoints endpoint on endpoint.id = claimed.endpoint_id
    join public.organizations organization on organization.id = claimed.organization_id
    order by claimed.created_at;
end;
$$;

-- Name: FUNCTION claim_webhook_deliveries(p_limit integer); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.claim_webhook_deliveries(p_limit integer) IS 'What is due, for one asker, who has 30 s to send it and to say what came of it. body is what is signed and sent; private_hosts are those on the inside that the owner of the platform allows. Definer: the dispatch role writes no table.';

-- Name: config_changes(bigint); Type: FUNCTION; Schema: public

CREATE FUNCTION public.config_changes(p_since bigint) RETURNS TABLE(tenant text, revision bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION config_changes(p_since bigint); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.config_changes(p_since bigint) IS 'Tenants that changed after revision p_since, oldest first; tenant null: the platform, so all of them. p_since null: the newest revision, to begin with. Definer: the agent role reads no table.';

-- Name: config_history(public.config_layer, text, text, integer); Type: FUNCTION; Schema: public

CREATE FUNCTION public.config_history(p_layer public.config_layer, p_organization text DEFAULT NULL::text, p_name text DEFAULT NULL::text, p_limit integer DEFAULT 20) RETURNS TABLE(revision bigint, saved_at timestamp with time zone, saved_by text, active boolean, config jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select
    version.revision,
    version.saved_at,
    coalesce(version.saved_by_name, version.saved_by::text),
    version.revision = layer.revision,
    version.config
  from private.written_layer(p_layer, p_organization, p_name) layer
  join public.config_versions version
    on version.layer = p_layer
    and version.organization_id is not distinct from layer.organization_id
    and case p_layer
      when 'instance' then version.agent_instance_id = layer.row_id
      when 'number' then version.sip_number_id = layer.row_id
      else true
    end
  order by version.revision desc
  limit p_limit
$$;

-- Name: FUNCTION config_history(p_layer public.config_layer, p_organization text, p_name text, p_limit integer); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.config_history(p_layer public.config_layer, p_organization text, p_name text, p_limit integer) IS 'Every version of one layer, newest first; named as in current_config. Of a number only what its present organisation saved. Definer: the operator role reads no table.';

-- Name: current_config(public.config_layer, text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.current_config(p_layer public.config_layer, p_organization text DEFAULT NULL::text, p_name text DEFAULT NULL::text) RETURNS TABLE(config jsonb, revision bigint)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
  select config, revision from private.written_layer(p_layer, p_organization, p_name)
$$;

-- Name: FUNCTION current_config(p_layer public.config_layer, p_organization text, p_name text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.current_config(p_layer public.config_layer, p_organization text, p_name text) IS 'What is written on one layer; p_organization is a tenant key, p_name the name of an agent or a number. No row: there is none like it. Definer: the operator role reads no table.';

-- Name: end_call(uuid); Type: FUNCTION; Schema: public

CREATE FUNCTION public.end_call(p_session_id uuid) RETURNS TABLE(asked boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
declare
  tenant_id uuid;
begin
  update public.active_calls set end_requested = 'told_to_end' where session_id = p_session_id
  returning organization_id into tenant_id;
  asked := found;
  if asked then perform private.note_deed(tenant_id, 'call.ended', p_session_id::text); end if;
  return next;
end;
$$;

-- Name: FUNCTION end_call(p_session_id uuid); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.end_call(p_session_id uuid) IS 'The holder of the call hears at its next renewal that it is to end it. Not asked: there is no such call. Definer: the operator role writes no table.';

-- Name: end_refusal(bigint, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.end_refusal(p_refusal_id bigint, p_outcome text) RETURNS TABLE(ended boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  delete from public.active_refusals where refusal_id = p_refusal_id;
  ended := found;
  if ended then
    update public.call_refusals set answered = p_outcome::public.refusal_outcome where id = p_refusal_id;
  end if;
  return next;
end;
$$;

-- Name: FUNCTION end_refusal(p_refusal_id bigint, p_outcome text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.end_refusal(p_refusal_id bigint, p_outcome text) IS 'A refused caller was told, or forwarded, or neither: the place is free for the next one. Not ended: somebody said so before, or it is longer ago than 60 s and others came. Definer: neither role writes a table.';

-- Name: finish_call(uuid, text, jsonb, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.finish_call(p_session_id uuid, p_end_reason text, p_record jsonb DEFAULT NULL::jsonb, p_worker text DEFAULT NULL::text) RETURNS TABLE(finished boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
declare
  call public.active_calls;
  session public.sessions;
begin
  -- Locked first, as everywhere: another worker that takes the call at this moment either has it or finds it over.
  select * into call from public.active_calls where session_id = p_session_id for update;
  if call.worker <> p_worker then
    finished := false;
    return next;
    return;
  end if;

  finished := private.end_session(
    p_session_id, p_end_reason::public.call_reason, (p_record ->> 'ended_at')::timestamptz
  );
  select * into session from public.sessions where id = p_session_id for update;
  if p_record is not null and not session.recorded and (finished or session.worker = p_worker) then
    perform private.keep_record(session, p_record, p_worker);
  elsif finished then
    perform private.keep_usage(session, '[]', null);
  end if;
  if finished then
    perform private.tell_providers(session, p_record -> 'providers', coalesce(call.failed_providers, '{}'));
    perform private.end_probes(p_session_id);
  end if;
  return next;
end;
$$;

-- Name: FUNCTION finish_call(p_session_id uuid, p_end_reason text, p_record jsonb, p_worker text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.finish_call(p_session_id uuid, p_end_reason text, p_record jsonb, p_worker text) IS 'Settles a call: its end, transcript, transfers, usage, timings and configuration (CallRecord of shared/contracts.ts), which may come long after the call. Not finished: somebody settled it before, or p_worker was given and another worker has the call by now. Where it was settled without a record, because its worker was thought gone, the record of that worker is kept when it comes, and the end stays as it is. Definer: neither role writes a table.';

-- Name: finish_probe(uuid, text, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.finish_probe(p_id uuid, p_worker text, p_result jsonb) RETURNS TABLE(finished boolean)
    LANGUAGE sql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
  with ended as (
    update private.probes probe
    set finished_at = now(), result = p_result
    where probe.id = p_id and probe.taken_by = p_worker and probe.finished_at is null
    returning 1
  )
  select exists (select from ended)
$$;

-- Name: FUNCTION finish_probe(p_id uuid, p_worker text, p_result jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.finish_probe(p_id uuid, p_worker text, p_result jsonb) IS 'What came of a probe. False: another host has it, or it is forgotten. Definer: the agent role writes no table.';

-- Name: forget_recordings(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.forget_recordings() RETURNS TABLE(forgotten bigint)
    LANGUAGE sql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
  with gone as (
    delete from public.recordings where delete_after <= now() returning 1
  )
  select count(*) from gone
$$;

-- Name: FUNCTION forget_recordings(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.forget_recordings() IS 'Deletes those whose time has come, and says how many. Definer: dispatch deletes in no table.';

-- Name: keep_recording(uuid, text, jsonb, integer, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.keep_recording(p_session_id uuid, p_worker text, p_recording jsonb, p_part integer, p_sound text) RETURNS TABLE(kept boolean, reason text)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION keep_recording(p_session_id uuid, p_worker text, p_recording jsonb, p_part integer, p_sound text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.keep_recording(p_session_id uuid, p_worker text, p_recording jsonb, p_part integer, p_sound text) IS 'One part of what an agent recorded of a call, in base64, as often as it is told. p_recording: {"begins_at", "length_ms", "retention_days", "parts"}. Not kept: no_call, which may come with a record that waits, or too_old. Definer: the agent role writes no table.';

-- Name: live_calls(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.live_calls() RETURNS TABLE(session_id uuid, sip_call_id text, tenant text, number_id uuid, room text, state text, worker text, age_ms integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select
    call.session_id, session.sip_call_id, organization.slug, call.sip_number_id, call.room, call.state::text,
    call.worker, private.ms_since(call.started_at)
  from public.active_calls call
  cross join lateral (select sip_call_id from public.sessions where id = call.session_id limit 1) session
  cross join lateral (select slug from public.organizations where id = call.organization_id limit 1) organization
  order by call.started_at
$$;

-- Name: FUNCTION live_calls(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.live_calls() IS 'Every slot in use, to be compared with the rooms of LiveKit. Definer: the dispatch role reads no table.';

-- Name: lookup_number(text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.lookup_number(p_called text) RETURNS SETOF public.number_lookup
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
  select
    number.id,
    organization.id,
    organization.slug,
    organization.name,
    number.phone_number,
    number.label,
    number.active,
    organization.status = 'active',
    platform.config,
    organization.config,
    instance.config,
    number.config_override,
    written.revision,
    private.changed_revision(organization.slug),
    private.usable_keys(organization.id)
  from private.find_number(p_called) number
  join public.organizations organization on organization.id = number.organization_id
  cross join public.platform_settings platform
  left join lateral private.find_agent(number) instance on true
  cross join lateral greatest(
    platform.config_revision, organization.config_revision, instance.config_revision, number.config_revision
  ) written (revision)
$$;

-- Name: FUNCTION lookup_number(p_called text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.lookup_number(p_called text) IS 'No row, or the one number that was dialled with its configuration layers, weakest first, and the sealed keys that its calls may use. Definer: the agent role reads no table.';

-- Name: lookup_number_before(text, bigint); Type: FUNCTION; Schema: public

CREATE FUNCTION public.lookup_number_before(p_called text, p_revision bigint) RETURNS SETOF public.number_lookup
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
  select
    number.id,
    found.organization_id,
    found.tenant,
    found.organization_name,
    found.phone_number,
    found.label,
    found.active,
    found.organization_active,
    platform.config,
    organization.config,
    instance.config,
    override.config,
    written.revision,
    found.changed_revision,
    found.provider_keys
  from public.lookup_number(p_called) found
  join public.sip_numbers number on number.id = found.number_id
  cross join lateral private.find_agent(number) agent
  cross join lateral (
    select config, revision from public.config_versions
    where layer = 'platform' and revision < p_revision
    order by revision desc limit 1
  ) platform
  cross join lateral (
    select config, revision from public.config_versions
    where layer = 'organization' and organization_id = found.organization_id and revision < p_revision
    order by revision desc limit 1
  ) organization
  cross join lateral (
    select config, revision from public.config_versions
    where agent_instance_id = agent.id and revision < p_revision
    order by revision desc limit 1
  ) instance
  cross join lateral (
    -- What an earlier organisation wrote for this number is not this one's to say.
    select config, revision from public.config_versions
    where sip_number_id = number.id and organization_id = found.organization_id and revision < p_revision
    order by revision desc limit 1
  ) override
  cross join lateral greatest(
    platform.revision, organization.revision, instance.revision, override.revision
  ) written (revision)
$$;

-- Name: FUNCTION lookup_number_before(p_called text, p_revision bigint); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.lookup_number_before(p_called text, p_revision bigint) IS 'As lookup_number, with every layer as it stood before that revision; asked again with the revision that comes back it goes one step further. No row: some layer was not written yet. Keys and names are those of now. Definer: the agent role reads no table.';

-- Name: note_calls(text, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.note_calls(p_worker text, p_notes jsonb) RETURNS TABLE(session_id uuid, noted boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION note_calls(p_worker text, p_notes jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.note_calls(p_worker text, p_notes jsonb) IS 'Keeps new turns and the usage so far of calls that this worker has: [{"session_id", "turns": [{"position", "role", "text", "at_ms"}], "usage": [as in CallRecord of shared/contracts.ts], "language"}]. Positions count from 1 over the whole call, usage is the worker''s own, a language is that of the call from now on. A call in which somebody spoke is an answered one. Not noted: the call is over or not this worker''s. Definer: the agent role writes no table.';

-- Name: numbers_as_assigned(text[]); Type: FUNCTION; Schema: public

CREATE FUNCTION public.numbers_as_assigned(p_phone_numbers text[]) RETURNS TABLE(phone_number text, organization text, agent text, label text, active boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select number.phone_number, organization.slug, instance.name, number.label, number.active
  from public.sip_numbers number
  left join public.organizations organization on organization.id = number.organization_id
  left join public.agent_instances instance on instance.id = number.agent_instance_id
  where number.phone_number = any (p_phone_numbers)
  order by number.phone_number
$$;

-- Name: FUNCTION numbers_as_assigned(p_phone_numbers text[]); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.numbers_as_assigned(p_phone_numbers text[]) IS 'Of these numbers the ones there are: whose each is, and its own agent (null: the default one). Definer: the operator role reads no table.';

-- Name: open_ticket(uuid, text, jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.open_ticket(p_session_id uuid, p_worker text, p_ticket jsonb) RETURNS TABLE(opened boolean, reason text)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
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

-- Name: FUNCTION open_ticket(p_session_id uuid, p_worker text, p_ticket jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.open_ticket(p_session_id uuid, p_worker text, p_ticket jsonb) IS 'Writes a ticket or a message (TicketDraft of shared/contracts.ts) for the call that this worker has, once an id. Not opened: the call is over, and reason says why, or another worker has it. Definer: the agent role writes no table.';

-- Name: operator_breakers(text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.operator_breakers(p_tenant text DEFAULT NULL::text) RETURNS TABLE(tenant text, provider text, state text, open_until timestamp with time zone, failures integer, last_reason text, changed_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select
    organization.slug, breaker.provider, breaker.state::text, breaker.open_until, breaker.failures, breaker.last_reason,
    breaker.changed_at
  from public.breakers breaker
  join public.organizations organization on organization.id = breaker.organization_id
  where p_tenant is null or organization.slug = p_tenant
  order by organization.slug, breaker.provider nulls first
$$;

-- Name: FUNCTION operator_breakers(p_tenant text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.operator_breakers(p_tenant text) IS 'Every breaker that ever had a failure to count; provider null: the organisation as a whole. Definer: the operator role reads no table.';

-- Name: operator_calls(text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.operator_calls(p_tenant text DEFAULT NULL::text) RETURNS TABLE(session_id uuid, tenant text, called_number text, caller_number text, state text, worker text, room text, age_s integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select
    call.session_id, organization.slug, session.called_number, session.caller_number, call.state::text, call.worker,
    call.room, private.ms_since(call.started_at) / 1000
  from public.active_calls call
  join public.sessions session on session.id = call.session_id
  join public.organizations organization on organization.id = call.organization_id
  where p_tenant is null or organization.slug = p_tenant
  order by call.started_at
$$;

-- Name: FUNCTION operator_calls(p_tenant text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.operator_calls(p_tenant text) IS 'The calls on the line now, longest first. Definer: the operator role reads no table.';

-- Name: operator_pools(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.operator_pools() RETURNS TABLE(name text, max_concurrent_calls integer, live_calls integer, workers integer, organizations integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select
    pool.name,
    pool.max_concurrent_calls,
    (select count(*) from public.active_calls call where call.pool = pool.name)::integer,
    (
      select count(*)
      from public.workers worker
      where worker.pool = pool.name
        and not worker.draining
        and private.seen_lately(worker.seen_at)
    )::integer,
    (select count(*) from public.organizations organization where organization.pool = pool.name)::integer
  from public.pools pool
  order by pool.name
$$;

-- Name: FUNCTION operator_pools(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.operator_pools() IS 'Each pool with its calls, the workers that take new ones, and the organisations pinned to it. Definer: the operator role reads no table.';

-- Name: operator_workers(); Type: FUNCTION; Schema: public

CREATE FUNCTION public.operator_workers() RETURNS TABLE(name text, pool text, version text, capacity integer, calls integer, load real, draining boolean, seen_s_ago integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select
    worker.name, worker.pool, worker.version, worker.capacity, worker.calls, worker.load, worker.draining,
    private.ms_since(worker.seen_at) / 1000
  from public.workers worker
  order by worker.pool, worker.name
$$;

-- Name: FUNCTION operator_workers(); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.operator_workers() IS 'What each worker said of itself last. Definer: the operator role reads no table.';

-- Name: pin_pool(text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.pin_pool(p_tenant text, p_pool text) RETURNS TABLE(pinned boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  update public.organizations
  set pool = pools.name
  from public.pools pools
  where slug = p_tenant and pools.name = p_pool;
  pinned := found;
  return next;
end;
$$;

-- Name: FUNCTION pin_pool(p_tenant text, p_pool text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.pin_pool(p_tenant text, p_pool text) IS 'The workers of that pool answer the tenant''s calls from the next one on. Not pinned: no such tenant, or no such pool. Definer: the operator role writes no table.';

-- Name: put_agent(text, text, boolean, jsonb, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.put_agent(p_organization text, p_name text, p_default boolean DEFAULT NULL::boolean, p_config jsonb DEFAULT NULL::jsonb, p_by text DEFAULT NULL::text) RETURNS public.put_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  organization public.organizations := private.lock_organization(p_organization);
  saved public.agent_instances;
begin
  perform private.name_saver(p_by);
  if p_default then
    -- First, because an organisation has one default agent at a time.
    update public.agent_instances
    set is_default = false
    where organization_id = organization.id and is_default and name <> p_name;
  end if;

  select * into saved from public.agent_instances where organization_id = organization.id and name = p_name for update;
  if not found then
    insert into public.agent_instances (organization_id, name, is_default, config)
    values (organization.id, p_name, coalesce(p_default, false), coalesce(p_config, '{}'))
    returning * into saved;
    return (saved.id, true, true, saved.config_revision);
  end if;
  if saved.config <> p_config then
    update public.agent_instances
    set is_default = coalesce(p_default, is_default), config = p_config
    where id = saved.id
    returning * into saved;
    return (saved.id, false, true, saved.config_revision);
  end if;
  update public.agent_instances set is_default = p_default where id = saved.id and is_default <> p_default;
  return (saved.id, false, found, saved.config_revision);
end;
$$;

-- Name: FUNCTION put_agent(p_organization text, p_name text, p_default boolean, p_config jsonb, p_by text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.put_agent(p_organization text, p_name text, p_default boolean, p_config jsonb, p_by text) IS 'Makes the agent of that name in an organisation, or changes it. p_default true: it is the default one from now on, and no other. Definer: the operator role writes no table.';

-- Name: put_number(text, text, text, text, jsonb, boolean, text, integer); Type: FUNCTION; Schema: public

CREATE FUNCTION public.put_number(p_organization text, p_phone_number text, p_label text DEFAULT NULL::text, p_agent text DEFAULT NULL::text, p_override jsonb DEFAULT NULL::jsonb, p_active boolean DEFAULT NULL::boolean, p_by text DEFAULT NULL::text, p_max_concurrent_calls integer DEFAULT NULL::integer) RETURNS public.put_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  organization public.organizations := private.lock_organization(p_organization);
  agent_id uuid := private.agent_named(organization.id, p_agent);
  was public.sip_numbers;
  wanted public.sip_numbers;
begin
  perform private.name_saver(p_by);
  insert into public.sip_numbers (phone_number, organization_id, agent_instance_id, label, config_override, active,
    max_concurrent_calls)
  values (p_phone_number, organization.id, agent_id, coalesce(p_label, ''), coalesce(p_override, '{}'),
    coalesce(p_active, true), coalesce(p_max_concurrent_calls, 1))
  on conflict (phone_number) do nothing
  returning * into was;
  if found then return (was.id, true, true, was.config_revision); end if;

  -- Callers of the number, who need it to stay, come in meanwhile.
  select * into was from public.sip_numbers where phone_number = p_phone_number for no key update;
  wanted := was;
  wanted.organization_id := organization.id;
  wanted.agent_instance_id := agent_id;
  if was.organization_id is distinct from organization.id then
    -- What the organisation before wrote is not the next one's to say.
    wanted.label := '';
    wanted.config_override := '{}';
    wanted.assigned_by := null;
    wanted.assigned_at := now();
  end if;
  wanted.label := coalesce(p_label, wanted.label);
  wanted.config_override := coalesce(p_override, wanted.config_override);
  wanted.active := coalesce(p_active, was.active);
  wanted.max_concurrent_calls := coalesce(p_max_concurrent_calls, was.max_concurrent_calls);

  if (wanted.organization_id, wanted.agent_instance_id, wanted.config_override)
    is distinct from (was.organization_id, was.agent_instance_id, was.config_override) then
    update public.sip_numbers
    set organization_id = wanted.organization_id, agent_instance_id = wanted.agent_instance_id,
      config_override = wanted.config_override, assigned_by = wanted.assigned_by, assigned_at = wanted.assigned_at
    where id = was.id
    returning config_revision into wanted.config_revision;
  end if;
  update public.sip_numbers
  set label = wanted.label, active = wanted.active, max_concurrent_calls = wanted.max_concurrent_calls
  where id = was.id
    and (label, active, max_concurrent_calls)
      is distinct from (wanted.label, wanted.active, wanted.max_concurrent_calls);
  return (was.id, false, found or wanted.config_revision <> was.config_revision, wanted.config_revision);
end;
$$;

-- Name: FUNCTION put_number(p_organization text, p_phone_number text, p_label text, p_agent text, p_override jsonb, p_active boolean, p_by text, p_max_concurrent_calls integer); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.put_number(p_organization text, p_phone_number text, p_label text, p_agent text, p_override jsonb, p_active boolean, p_by text, p_max_concurrent_calls integer) IS 'Makes the number, or changes it and gives it to this organisation. p_agent null: its default agent answers. A number that comes from another organisation brings nothing along. Definer: the operator role writes no table.';

-- Name: put_organization(text, text, jsonb, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.put_organization(p_slug text, p_name text DEFAULT NULL::text, p_config jsonb DEFAULT NULL::jsonb, p_by text DEFAULT NULL::text) RETURNS public.put_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  saved public.organizations;
begin
  perform private.name_saver(p_by);
  insert into public.organizations (slug, name, config)
  values (p_slug, coalesce(p_name, p_slug), coalesce(p_config, '{}'))
  on conflict (slug) do nothing
  returning * into saved;
  if found then return (saved.id, true, true, saved.config_revision); end if;

  saved := private.lock_organization(p_slug);
  if saved.config <> p_config then
    update public.organizations set name = coalesce(p_name, name), config = p_config where id = saved.id
    returning * into saved;
    return (saved.id, false, true, saved.config_revision);
  end if;
  update public.organizations set name = p_name where id = saved.id and name <> p_name;
  return (saved.id, false, found, saved.config_revision);
end;
$$;

-- Name: FUNCTION put_organization(p_slug text, p_name text, p_config jsonb, p_by text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.put_organization(p_slug text, p_name text, p_config jsonb, p_by text) IS 'Makes the organisation with this tenant key, or changes it; p_by is the name that history shows. Definer: the operator role writes no table.';

-- Name: put_platform(jsonb, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.put_platform(p_config jsonb, p_by text DEFAULT NULL::text) RETURNS public.put_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  saved bigint;
begin
  perform private.name_saver(p_by);
  update public.platform_settings set config = p_config where config <> p_config returning config_revision into saved;
  if found then return (null::uuid, false, true, saved); end if;
  select config_revision into saved from public.platform_settings;
  return (null::uuid, false, false, saved);
end;
$$;

-- Name: FUNCTION put_platform(p_config jsonb, p_by text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.put_platform(p_config jsonb, p_by text) IS 'Saves the configuration of the platform; p_by is the name that history shows. Definer: the operator role writes no table.';

-- Name: put_provider_key(text, text, text, text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.put_provider_key(p_organization text, p_provider text, p_key_id text, p_ciphertext text, p_last_four text) RETURNS TABLE(id uuid, created boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
declare
  owner_id uuid := case when p_organization is not null then (private.lock_organization(p_organization)).id end;
begin
  update public.provider_keys key
  set key_id = p_key_id, ciphertext = p_ciphertext, last_four = p_last_four, created_at = now()
  where key.organization_id is not distinct from owner_id and key.provider = p_provider and key.revoked_at is null
  returning key.id into id;
  created := not found;
  if created then
    insert into public.provider_keys as key (organization_id, provider, key_id, ciphertext, last_four)
    values (owner_id, p_provider, p_key_id, p_ciphertext, p_last_four)
    returning key.id into id;
  end if;
  return next;
end;
$$;

-- Name: FUNCTION put_provider_key(p_organization text, p_provider text, p_key_id text, p_ciphertext text, p_last_four text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.put_provider_key(p_organization text, p_provider text, p_key_id text, p_ciphertext text, p_last_four text) IS 'The key of an organisation, or of the platform (p_organization null), for a provider from now on; the one before is not kept. Definer: the operator role writes no table.';

-- Name: refuse_call(uuid, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.refuse_call(p_session_id uuid, p_reason text) RETURNS TABLE(refused boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  -- Locked first, so that a worker that answers at the same moment either wins or finds no call.
  perform from public.active_calls where session_id = p_session_id and state = 'pending' for update;
  refused := found and private.end_session(p_session_id, p_reason::public.refusal_reason);
  if refused then
    perform private.end_probes(p_session_id);
  end if;
  return next;
end;
$$;

-- Name: FUNCTION refuse_call(p_session_id uuid, p_reason text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.refuse_call(p_session_id uuid, p_reason text) IS 'An admitted call that could not be placed is refused after all. Not refused: it was answered or is over. Definer: the dispatch role writes no table.';

-- Name: release_call(uuid, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.release_call(p_session_id uuid, p_worker text) RETURNS TABLE(released boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  update public.active_calls call
  set released = true, lease_expires_at = clock_timestamp()
  where call.session_id = p_session_id and call.worker = p_worker and not call.released;
  released := found;
  return next;
end;
$$;

-- Name: FUNCTION release_call(p_session_id uuid, p_worker text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.release_call(p_session_id uuid, p_worker text) IS 'The worker gives the call away; the watch finds another one at once. Not released: the worker did not have it. Definer: the agent role writes no table.';

-- Name: release_webhook_delivery(uuid, integer); Type: FUNCTION; Schema: public

CREATE FUNCTION public.release_webhook_delivery(p_id uuid, p_attempt integer) RETURNS TABLE(released boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  update public.webhook_deliveries delivery
  set
    attempts = delivery.attempts - 1, claimed_until = null,
    next_attempt_at = case when delivery.next_attempt_at is not null then clock_timestamp() end
  where delivery.id = p_id and delivery.attempts = p_attempt and delivery.claimed_until is not null;
  released := found;
  return next;
end;
$$;

-- Name: FUNCTION release_webhook_delivery(p_id uuid, p_attempt integer); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.release_webhook_delivery(p_id uuid, p_attempt integer) IS 'Who claimed it stops, and did not come to an end with it: another replica sends it at once. Definer: the dispatch role writes no table.';

-- Name: release_worker(text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.release_worker(p_worker text) RETURNS TABLE(released integer)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  delete from public.workers where name = p_worker;
  with held as materialized (
    select call.session_id
    from public.active_calls call
    where call.worker = p_worker and not call.released
    order by call.session_id
    for update
  )
  update public.active_calls call
  set released = true, lease_expires_at = clock_timestamp()
  from held
  where call.session_id = held.session_id;
  get diagnostics released = row_count;
  return next;
end;
$$;

-- Name: FUNCTION release_worker(p_worker text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.release_worker(p_worker text) IS 'The worker''s process is gone: its calls wait for no lease to run out. Definer: the agent role writes no table.';

-- Name: renew_leases(text, uuid[], jsonb); Type: FUNCTION; Schema: public

CREATE FUNCTION public.renew_leases(p_worker text, p_session_ids uuid[], p_status jsonb DEFAULT NULL::jsonb) RETURNS TABLE(session_id uuid, verdict text, reason text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if p_status is not null then
    perform private.see_worker(p_worker, p_status);
  end if;
  return query
    with held as materialized (
      select call.session_id
      from public.active_calls call
      where call.session_id = any (p_session_ids) and call.worker = p_worker and not call.released
      order by call.session_id
      -- One call that is being settled at this moment must not keep the others from being renewed.
      for update skip locked
    ),
    renewed as (
      update public.active_calls call
      set lease_expires_at = clock_timestamp() + interval '15 seconds'
      from held
      where call.session_id = held.session_id
      returning call.session_id, private.reason_to_end(call) as ending
    )
    select
      asked.id,
      case
        when renewed.ending is not null then 'end'
        when current.worker = p_worker and not current.released then 'keep'
        -- Its take_call is still under way: who never had the call cannot have lost it.
        when current.session_id is not null and current.worker is null and session.worker is distinct from p_worker
          then 'keep'
        else 'lost'
      end,
      coalesce(renewed.ending, session.end_reason)::text
    from unnest(p_session_ids) with ordinality asked (id, position)
    left join renewed on renewed.session_id = asked.id
    -- As it was before this statement: what was skipped above is this worker's until somebody says otherwise.
    left join public.active_calls current on current.session_id = asked.id
    left join public.sessions session on session.id = asked.id
    order by asked.position;
end;
$$;

-- Name: FUNCTION renew_leases(p_worker text, p_session_ids uuid[], p_status jsonb); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.renew_leases(p_worker text, p_session_ids uuid[], p_status jsonb) IS 'One answer for each call of a worker: keep it for 15 s more, end it with that reason, or let go of it, because it was given to somebody else or is over. p_status ({"pool", "version", "capacity", "calls", "load", "draining"}) tells who is asking, also without calls. Definer: the agent role writes no table.';

-- Name: report_provider(uuid, text, text, text, boolean); Type: FUNCTION; Schema: public

CREATE FUNCTION public.report_provider(p_session_id uuid, p_worker text, p_provider text, p_failure text, p_fatal boolean) RETURNS TABLE(noted boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $_$
declare
  failure private.provider_failure := p_failure;
  news private.breaker_news := case
    when failure in ('bad_key', 'quota') then 'fatal'
    when failure in ('timeout', 'unavailable') then 'failed'
  end;
  call public.active_calls;
  session public.sessions;
begin
  select * into call from public.active_calls where session_id = p_session_id for update;
  select * into session
  from public.sessions
  where id = p_session_id
    and worker = p_worker
    -- What a call that is over met was told with its record, but for what the next call would meet for certain.
    and (ended_at is null or (news = 'fatal' and ended_at > clock_timestamp() - interval '60 seconds'));
  noted := found and news is not null and p_provider ~ '^[a-z][a-z0-9-]{0,31}$';
  if not noted then
    return next;
    return;
  end if;

  if p_fatal and news = 'fatal' then
    perform private.tell_breaker(session, null, 'fatal', p_failure);
  end if;
  -- However often a provider fails in one call, it is one call that it failed in.
  if news = 'fatal' or p_provider <> all (call.failed_providers) then
    perform private.tell_breaker(session, p_provider, news, p_failure);
  end if;
  update public.active_calls
  set failed_providers = failed_providers || p_provider
  where session_id = p_session_id and p_provider <> all (failed_providers);
  return next;
end;
$_$;

-- Name: FUNCTION report_provider(p_session_id uuid, p_worker text, p_provider text, p_failure text, p_fatal boolean); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.report_provider(p_session_id uuid, p_worker text, p_provider text, p_failure text, p_fatal boolean) IS 'A provider failed in a call that this worker has: bad_key and quota open its breaker at once, and the organisation''s too when p_fatal says that nobody was left to do that work; timeout and unavailable are counted, once a call. Not noted: the failure tells nothing of other calls (other), or the call is not this worker''s. Definer: the agent role writes no table.';

-- Name: reseal_key(uuid, text, text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text) RETURNS TABLE(resealed boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  update public.provider_keys
  set key_id = p_key_id, ciphertext = p_ciphertext
  where id = p_id and ciphertext = p_was and revoked_at is null;
  resealed := found;
  if not resealed then
    update public.webhook_endpoints
    set secret_key_id = p_key_id, secret_ciphertext = p_ciphertext
    where id = p_id and secret_ciphertext = p_was;
    resealed := found;
  end if;
  return next;
end;
$$;

-- Name: FUNCTION reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text) IS 'The same key, or secret of a webhook, under another secret. Not resealed: somebody changed it meanwhile, it is no longer p_was, and what they wrote stands. Definer: the operator role writes no table.';

-- Name: reset_breakers(text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.reset_breakers(p_tenant text, p_provider text DEFAULT NULL::text) RETURNS TABLE(reset integer)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
declare
  breaker public.breakers;
  tenant_id constant uuid := (select id from public.organizations where slug = p_tenant);
begin
  reset := 0;
  for breaker in
    select kept.*
    from public.breakers kept
    where kept.organization_id = tenant_id and (p_provider is null or kept.provider = p_provider)
    order by kept.provider nulls first
    for update of kept
  loop
    reset := reset + (breaker.state <> 'closed')::integer;
    perform private.close_breaker(breaker);
  end loop;
  if tenant_id is not null then
    perform private.note_deed(tenant_id, 'breaker.reset', coalesce(p_provider, 'all'));
  end if;
  return next;
end;
$$;

-- Name: FUNCTION reset_breakers(p_tenant text, p_provider text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.reset_breakers(p_tenant text, p_provider text) IS 'Closes the breakers of a tenant, all of them or that of one provider, and forgets what was counted. reset: how many were not closed. Definer: the operator role writes no table.';

-- Name: restore_config(bigint, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.restore_config(p_revision bigint, p_by text DEFAULT NULL::text) RETURNS TABLE(restored boolean, revision bigint)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  perform private.name_saver(p_by);
  return query select * from public.restore_config_version(p_revision);
end;
$$;

-- Name: FUNCTION restore_config(p_revision bigint, p_by text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.restore_config(p_revision bigint, p_by text) IS 'restore_config_version for whoever runs the platform; p_by is the name that history shows. Definer: the operator role writes no table.';

-- Name: restore_config_version(bigint); Type: FUNCTION; Schema: public

CREATE FUNCTION public.restore_config_version(p_revision bigint) RETURNS TABLE(restored boolean, revision bigint)
    LANGUAGE plpgsql ROWS 1
    SET search_path TO ''
    AS $$
declare
  version public.config_versions;
begin
  select * into version from public.config_versions versions where versions.revision = p_revision;
  case version.layer
    when 'platform' then
      update public.platform_settings
      set config = version.config
      where config_revision <> p_revision
      returning config_revision into revision;
    when 'organization' then
      update public.organizations
      set config = version.config
      where id = version.organization_id and config_revision <> p_revision
      returning config_revision into revision;
    when 'instance' then
      update public.agent_instances
      set config = version.config
      where id = version.agent_instance_id and config_revision <> p_revision
      returning config_revision into revision;
    when 'number' then
      update public.sip_numbers
      set config_override = version.config
      where id = version.sip_number_id and config_revision <> p_revision
        -- What an earlier organisation wrote for this number is not this one's to say.
        and organization_id is not distinct from version.organization_id
      returning config_revision into revision;
    else null;
  end case;
  restored := revision is not null;
  return next;
end;
$$;

-- Name: FUNCTION restore_config_version(p_revision bigint); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.restore_config_version(p_revision bigint) IS 'Saves that version again, under a new revision, on the row it was saved on. Not restored: it is the active one, there is none like it, or its row is gone or out of reach. Invoker: policies decide who may.';

-- Name: room_decision(text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.room_decision(p_room text) RETURNS TABLE(outcome text, reason text, session_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
  select
    case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
    decided.reason::text,
    decided.session_id
  from (
    select end_reason as reason, id as session_id, started_at as at from public.sessions where room = p_room
    union all
    select refusals.reason, refusals.session_id, refused_at from public.call_refusals refusals where room = p_room
  ) decided
  order by decided.at desc
  limit 1
$$;

-- Name: FUNCTION room_decision(p_room text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.room_decision(p_room text) IS 'What some replica decided of the call in this room, for a replica that did not; no row: nothing yet. Definer: the dispatch role reads no table.';

-- Name: room_decisions(text[]); Type: FUNCTION; Schema: public

CREATE FUNCTION public.room_decisions(p_rooms text[]) RETURNS TABLE(room text, outcome text, reason text, session_id uuid, over boolean, spoken boolean)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select
    asked.room,
    case when private.is_refusal(decided.reason) then 'refused' else 'admitted' end,
    decided.reason::text,
    decided.session_id,
    decided.over,
    exists (
      select from public.active_refusals told where told.room = asked.room and told.expires_at > clock_timestamp()
    )
  from (select distinct unnest(p_rooms)) asked (room)
  cross join lateral (
    select session.end_reason as reason, session.id as session_id, session.ended_at is not null as over,
      session.started_at as at
    from public.sessions session
    where session.room = asked.room
    union all
    select refusal.reason, refusal.session_id, refusal.session_id is not null, refusal.refused_at
    from public.call_refusals refusal
    where refusal.room = asked.room
    order by at desc
    limit 1
  ) decided
$$;

-- Name: FUNCTION room_decisions(p_rooms text[]); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.room_decisions(p_rooms text[]) IS 'What was decided of the call in each of these rooms; a room without a row: nothing yet. over: it had a session, and that ended. spoken: refused, and an agent tells the caller so. Definer: the dispatch role reads no table.';

-- Name: sealed_keys(text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.sealed_keys(p_not_key_id text) RETURNS TABLE(id uuid, tenant text, provider text, key_id text, ciphertext text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select sealed.id, coalesce(organization.slug, '*'), sealed.provider, sealed.key_id, sealed.ciphertext
  from (
    select key.id, key.organization_id, key.provider, key.key_id, key.ciphertext
    from public.provider_keys key
    where key.revoked_at is null
    union all
    select endpoint.id, endpoint.organization_id, 'webhook', endpoint.secret_key_id, endpoint.secret_ciphertext
    from public.webhook_endpoints endpoint
  ) sealed
  left join public.organizations organization on organization.id = sealed.organization_id
  where sealed.key_id <> p_not_key_id
  order by sealed.id
$$;

-- Name: FUNCTION sealed_keys(p_not_key_id text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.sealed_keys(p_not_key_id text) IS 'Provider keys in use, and secrets of webhooks (provider webhook), that another secret than this one sealed; tenant is what they are bound to, * for the platform''s. Definer: the operator role reads no table.';

-- Name: set_pool(text, integer); Type: FUNCTION; Schema: public

CREATE FUNCTION public.set_pool(p_name text, p_most integer) RETURNS TABLE(created boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  insert into public.pools (name, max_concurrent_calls) values (p_name, p_most) on conflict do nothing;
  created := found;
  if not created then
    update public.pools set max_concurrent_calls = p_most where name = p_name;
  end if;
  return next;
end;
$$;

-- Name: FUNCTION set_pool(p_name text, p_most integer); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.set_pool(p_name text, p_most integer) IS 'Makes a pool, or changes how many calls it takes at once; p_most null: no limit. Definer: the operator role writes no table.';

-- Name: settle_webhook_delivery(uuid, integer, boolean, integer, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.settle_webhook_delivery(p_id uuid, p_attempt integer, p_delivered boolean, p_status integer, p_error text) RETURNS TABLE(settled boolean, again_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
begin
  update public.webhook_deliveries delivery
  set
    claimed_until = null,
    delivered_at = case when p_delivered then clock_timestamp() end,
    next_attempt_at = case
      -- It was given up meanwhile, because its endpoint was switched off.
      when p_delivered or delivery.next_attempt_at is null then null
      else private.retry_at(delivery.attempts - delivery.replayed_after)
    end,
    response_status = p_status,
    last_error = left(p_error, 300)
  where delivery.id = p_id and delivery.attempts = p_attempt and delivery.claimed_until is not null
  returning delivery.next_attempt_at into again_at;
  settled := found;
  return next;
end;
$$;

-- Name: FUNCTION settle_webhook_delivery(p_id uuid, p_attempt integer, p_delivered boolean, p_status integer, p_error text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.settle_webhook_delivery(p_id uuid, p_attempt integer, p_delivered boolean, p_status integer, p_error text) IS 'What came of an attempt. Not settled: it took so long that somebody else has the delivery. again_at null: it is delivered, or given up. Definer: the dispatch role writes no table.';

-- Name: take_call(uuid, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.take_call(p_session_id uuid, p_worker text) RETURNS TABLE(taken boolean, reason text, resumed jsonb, open_providers text[])
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO ''
    AS $$
declare
  call public.active_calls;
  session public.sessions;
begin
  select * into call from public.active_calls where session_id = p_session_id for update;
  taken := found and (
    call.worker is null or call.worker = p_worker or call.released or call.lease_expires_at < clock_timestamp()
  );
  if not taken then
    reason := (select end_reason from public.sessions where id = p_session_id);
    return next;
    return;
  end if;

  update public.active_calls
  set worker = p_worker, released = false, lease_expires_at = clock_timestamp() + interval '15 seconds'
  where session_id = p_session_id;
  update public.sessions
  set worker = p_worker, takes = takes + (call.released or call.worker is distinct from p_worker)::integer
  where id = p_session_id
  returning * into session;
  if call.state = 'active' then
    resumed := private.said_so_far(session);
  end if;
  open_providers := private.mark_provider_probes(call.organization_id, p_session_id);
  return next;
end;
$$;

-- Name: FUNCTION take_call(p_session_id uuid, p_worker text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.take_call(p_session_id uuid, p_worker text) IS 'The call becomes this worker''s for 15 s. resumed: it was answered before, by another worker, and this is what was said; null: the caller still hears ringing. open_providers: those that this call had better do without, because their breaker is open and this call is not the one that tries them. Not taken: it is over, and reason says why, or another live worker has it. Definer: the agent role writes no table.';

-- Name: take_probe(text, text); Type: FUNCTION; Schema: public

CREATE FUNCTION public.take_probe(p_worker text, p_pool text) RETURNS TABLE(id uuid, called text, draft jsonb, tenant text, provider_key jsonb, platform_config jsonb, organization_config jsonb)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with taken as (
    update private.probes probe
    set taken_by = p_worker, taken_at = now()
    where probe.id = (
      select waiting.id
      from private.probes waiting
      where waiting.finished_at is null
        and waiting.asked_at > now() - interval '45 seconds'
        and (waiting.pool is null or waiting.pool = p_pool)
        and (waiting.taken_at is null or waiting.taken_at < now() - interval '12 seconds')
      order by waiting.asked_at
      limit 1
      for update skip locked
    )
    returning probe.*
  )
  select
    taken.id,
    number.phone_number,
    taken.draft,
    organization.slug,
    case
      when key.id is not null then jsonb_build_object(
        'provider', key.provider,
        'key_id', key.key_id,
        'ciphertext', key.ciphertext,
        'owner', case when key.organization_id is null then 'platform' else 'organization' end
      )
    end,
    platform.config,
    coalesce(organization.config, '{}')
  from taken
  cross join public.platform_settings platform
  left join public.sip_numbers number on number.id = taken.sip_number_id
  left join public.organizations organization on organization.id = taken.organization_id
  left join public.provider_keys key on key.id = taken.provider_key_id
$$;

-- Name: FUNCTION take_probe(p_worker text, p_pool text); Type: COMMENT; Schema: public

COMMENT ON FUNCTION public.take_probe(p_worker text, p_pool text) IS 'The probe that waits longest for this pool, now this host''s; no row: none waits. Called null: it is about that key, still sealed, and the layers say where its provider is reached. Definer: the agent role reads no table.';

-- Name: api_requests; Type: TABLE; Schema: private

CREATE TABLE private.api_requests (
    caller text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer,
    body jsonb,
    begun_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT key_is_short CHECK (((char_length(key) >= 1) AND (char_length(key) <= 255)))
);

-- Name: TABLE api_requests; Type: COMMENT; Schema: private

COMMENT ON TABLE private.api_requests IS 'Requests that came with an idempotency key, for a day: who sends one again gets the answer they had.';

-- Name: COLUMN api_requests.fingerprint; Type: COMMENT; Schema: private

COMMENT ON COLUMN private.api_requests.fingerprint IS 'Method, path and body, hashed: another request is not the same one.';

-- Name: COLUMN api_requests.status; Type: COMMENT; Schema: private

COMMENT ON COLUMN private.api_requests.status IS 'Null: it is being answered.';

-- Name: breaker_tallies; Type: TABLE; Schema: private

CREATE TABLE private.breaker_tallies (
    organization_id uuid NOT NULL,
    provider text NOT NULL,
    since timestamp with time zone NOT NULL,
    outcomes integer NOT NULL,
    failures integer NOT NULL
);

-- Name: TABLE breaker_tallies; Type: COMMENT; Schema: private

COMMENT ON TABLE private.breaker_tallies IS 'What breakers that are closed go by: outcomes of each ten seconds of the last minute. provider is empty for the organisation as a whole.';

-- Name: change_revisions; Type: SEQUENCE; Schema: private

CREATE SEQUENCE private.change_revisions
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

-- Name: changes; Type: TABLE; Schema: private

CREATE TABLE private.changes (
    tenant text,
    revision bigint NOT NULL
);

-- Name: TABLE changes; Type: COMMENT; Schema: private

COMMENT ON TABLE private.changes IS 'The last change of each tenant, by its key; tenant null: of the platform, which is a change for all. A row stays when its tenant is gone: somebody may still remember it.';

-- Name: config_revisions; Type: SEQUENCE; Schema: private

CREATE SEQUENCE private.config_revisions
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

-- Name: noted_usage; Type: TABLE; Schema: private

CREATE TABLE private.noted_usage (
    session_id uuid NOT NULL,
    takes integer NOT NULL,
    kind public.usage_kind NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    unit public.usage_unit NOT NULL,
    amount numeric NOT NULL,
    CONSTRAINT amount_is_not_negative CHECK ((amount >= (0)::numeric))
);

-- Name: TABLE noted_usage; Type: COMMENT; Schema: private

COMMENT ON TABLE private.noted_usage IS 'What each worker of a call had used of it when it last said so; gone once the call has a record.';

-- Name: COLUMN noted_usage.takes; Type: COMMENT; Schema: private

COMMENT ON COLUMN private.noted_usage.takes IS 'Which of the workers: sessions.takes while it held the call.';

-- Name: recording_parts; Type: TABLE; Schema: private

CREATE TABLE private.recording_parts (
    recording_id uuid NOT NULL,
    part integer NOT NULL,
    sound bytea NOT NULL,
    CONSTRAINT recording_part_is_small CHECK (((octet_length(sound) >= 1) AND (octet_length(sound) <= 524288)))
);
ALTER TABLE ONLY private.recording_parts ALTER COLUMN sound SET STORAGE EXTERNAL;

-- Name: TABLE recording_parts; Type: COMMENT; Schema: private

COMMENT ON TABLE private.recording_parts IS 'The sound itself. The first part is 1.';

-- Name: slot_count; Type: TABLE; Schema: private

CREATE TABLE private.slot_count (
    id boolean DEFAULT true NOT NULL,
    live bigint DEFAULT 0 NOT NULL,
    entry bigint DEFAULT 0 NOT NULL,
    CONSTRAINT one_row_only CHECK (id)
);

-- Name: TABLE slot_count; Type: COMMENT; Schema: private

COMMENT ON TABLE private.slot_count IS 'What was counted last of active_calls, and the newest entry then: from there on, as many calls are on as were then, and as entered since, or fewer. One row, written behind the lock of admission.';

-- Name: watch_pulse; Type: TABLE; Schema: private

CREATE TABLE private.watch_pulse (
    id boolean DEFAULT true NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    resumed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT one_row_only CHECK (id)
);

-- Name: TABLE watch_pulse; Type: COMMENT; Schema: private

COMMENT ON TABLE private.watch_pulse IS 'When somebody last asked for lost calls, and since when somebody asks without a pause: a pause means that the database was away. One row.';

-- Name: active_refusals; Type: TABLE; Schema: public

CREATE TABLE public.active_refusals (
    refusal_id bigint NOT NULL,
    organization_id uuid NOT NULL,
    sip_number_id uuid NOT NULL,
    room text NOT NULL,
    answer jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

-- Name: TABLE active_refusals; Type: COMMENT; Schema: public

COMMENT ON TABLE public.active_refusals IS 'Callers who are being told that nobody takes their call, or are being forwarded: at most so many of a number and 20 of the platform. A row that nobody ended is over after 60 s.';

-- Name: COLUMN active_refusals.answer; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.active_refusals.answer IS 'As admit_call gave it, for who asks again about the same dialogue.';

-- Name: audit_log_id_seq; Type: SEQUENCE; Schema: public

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: call_refusals; Type: TABLE; Schema: public

CREATE TABLE public.call_refusals (
    id bigint NOT NULL,
    organization_id uuid,
    sip_number_id uuid,
    session_id uuid,
    reason public.refusal_reason NOT NULL,
    called_number text NOT NULL,
    caller_number text NOT NULL,
    sip_call_id text NOT NULL,
    sip_from_tag text NOT NULL,
    room text NOT NULL,
    refused_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    answer public.refusal_action DEFAULT 'busy'::public.refusal_action NOT NULL,
    forwarded_to text,
    answered public.refusal_outcome,
    CONSTRAINT called_number_is_bounded CHECK ((char_length(called_number) <= 64)),
    CONSTRAINT caller_number_is_bounded CHECK ((char_length(caller_number) <= 256)),
    CONSTRAINT forwarded_somewhere CHECK (((answer = 'forward'::public.refusal_action) = (forwarded_to IS NOT NULL))),
    CONSTRAINT forwarded_to_is_bounded CHECK ((char_length(forwarded_to) <= 64)),
    CONSTRAINT room_is_bounded CHECK ((char_length(room) <= 256)),
    CONSTRAINT sip_call_id_is_bounded CHECK ((char_length(sip_call_id) <= 512)),
    CONSTRAINT sip_from_tag_is_bounded CHECK ((char_length(sip_from_tag) <= 128))
);

-- Name: TABLE call_refusals; Type: COMMENT; Schema: public

COMMENT ON TABLE public.call_refusals IS 'Every call that was turned away, with its reason.';

-- Name: COLUMN call_refusals.organization_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.call_refusals.organization_id IS 'Null: the dialled number is nobody''s. Only the newest 10 000 such rows are kept: a scanner must not fill the disk.';

-- Name: COLUMN call_refusals.session_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.call_refusals.session_id IS 'Set: the call had been admitted and could not be placed.';

-- Name: COLUMN call_refusals.answer; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.call_refusals.answer IS 'What the caller was to get.';

-- Name: COLUMN call_refusals.answered; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.call_refusals.answered IS 'What the caller got; null: busy as it was decided, or nobody told.';

-- Name: call_refusals_id_seq; Type: SEQUENCE; Schema: public

ALTER TABLE public.call_refusals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.call_refusals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: carriers; Type: TABLE; Schema: public

CREATE TABLE public.carriers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    organization_id uuid,
    source_network cidr NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT name_is_short CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)))
);

-- Name: TABLE carriers; Type: COMMENT; Schema: public

COMMENT ON TABLE public.carriers IS 'Networks that may send calls. Packets from anywhere else are dropped.';

-- Name: COLUMN carriers.organization_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.carriers.organization_id IS 'Set: every call from this network is this organisation''s.';

-- Name: config_versions; Type: TABLE; Schema: public

CREATE TABLE public.config_versions (
    revision bigint NOT NULL,
    layer public.config_layer NOT NULL,
    organization_id uuid,
    agent_instance_id uuid,
    sip_number_id uuid,
    config jsonb NOT NULL,
    saved_by uuid,
    saved_by_name text,
    saved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT saved_by_name_is_short CHECK ((char_length(saved_by_name) <= 120))
);

-- Name: TABLE config_versions; Type: COMMENT; Schema: public

COMMENT ON TABLE public.config_versions IS 'Every configuration that was ever saved. The row it was saved on names the active one by config_revision; to roll back is to save an old one again.';

-- Name: COLUMN config_versions.saved_by; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.config_versions.saved_by IS 'The signed-in user; null: the platform itself.';

-- Name: COLUMN config_versions.saved_by_name; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.config_versions.saved_by_name IS 'The address of the signed-in user, or who a command of the platform says it was; null: nobody said.';

-- Name: gateways; Type: TABLE; Schema: public

CREATE TABLE public.gateways (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    address inet NOT NULL,
    port integer DEFAULT 5060 NOT NULL,
    dispatch_group public.gateway_group DEFAULT 'default'::public.gateway_group NOT NULL,
    weight integer DEFAULT 1 NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT name_is_short CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT port_is_a_port CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT weight_is_a_share CHECK (((weight >= 0) AND (weight <= 100)))
);

-- Name: TABLE gateways; Type: COMMENT; Schema: public

COMMENT ON TABLE public.gateways IS 'SIP nodes that calls are sent to.';

-- Name: COLUMN gateways.weight; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.gateways.weight IS 'Share of the calls among gateways of the same group and priority.';

-- Name: COLUMN gateways.priority; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.gateways.priority IS 'Highest first; the next is tried when a gateway does not answer its pings.';

-- Name: invitations; Type: TABLE; Schema: public

CREATE TABLE public.invitations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    email text NOT NULL,
    role public.member_role NOT NULL,
    invited_by uuid DEFAULT auth.uid(),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '14 days'::interval) NOT NULL,
    CONSTRAINT email_is_an_address CHECK (((email ~ '^[^@ ]+@[^@ ]+$'::text) AND (char_length(email) <= 254)))
);

-- Name: TABLE invitations; Type: COMMENT; Schema: public

COMMENT ON TABLE public.invitations IS 'People who may join an organisation: whoever signs in with that address, which Auth has verified, does.';

-- Name: organization_members; Type: TABLE; Schema: public

CREATE TABLE public.organization_members (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role public.member_role NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

-- Name: TABLE organization_members; Type: COMMENT; Schema: public

COMMENT ON TABLE public.organization_members IS 'Who belongs to which organisation, and how far they may go there.';

-- Name: platform_admins; Type: TABLE; Schema: public

CREATE TABLE public.platform_admins (
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

-- Name: TABLE platform_admins; Type: COMMENT; Schema: public

COMMENT ON TABLE public.platform_admins IS 'The people who run the platform and see every tenant.';

-- Name: platform_settings; Type: TABLE; Schema: public

CREATE TABLE public.platform_settings (
    id boolean DEFAULT true NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    config_revision bigint DEFAULT 0 NOT NULL,
    max_concurrent_calls integer,
    CONSTRAINT limit_is_not_negative CHECK ((max_concurrent_calls >= 0)),
    CONSTRAINT one_row_only CHECK (id)
);

-- Name: TABLE platform_settings; Type: COMMENT; Schema: public

COMMENT ON TABLE public.platform_settings IS 'What holds for every call on the platform. One row.';

-- Name: COLUMN platform_settings.config; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.platform_settings.config IS 'Weakest written layer of the agent configuration (shared/config).';

-- Name: COLUMN platform_settings.config_revision; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.platform_settings.config_revision IS 'Revision of config in config_versions.';

-- Name: COLUMN platform_settings.max_concurrent_calls; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.platform_settings.max_concurrent_calls IS 'Pending and active calls together; null: no limit.';

-- Name: pools; Type: TABLE; Schema: public

CREATE TABLE public.pools (
    name text NOT NULL,
    max_concurrent_calls integer,
    CONSTRAINT limit_is_not_negative CHECK ((max_concurrent_calls >= 0)),
    CONSTRAINT name_is_an_agent_name CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
);

-- Name: TABLE pools; Type: COMMENT; Schema: public

COMMENT ON TABLE public.pools IS 'Groups of workers. The name is the agent name under which they register at LiveKit.';

-- Name: COLUMN pools.max_concurrent_calls; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.pools.max_concurrent_calls IS 'Pending and active calls together; null: no limit.';

-- Name: provider_keys; Type: TABLE; Schema: public

CREATE TABLE public.provider_keys (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid,
    provider text NOT NULL,
    key_id text DEFAULT 'k1'::text NOT NULL,
    ciphertext text NOT NULL,
    last_four text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT ciphertext_is_sealed CHECK (((char_length(ciphertext) >= 40) AND (char_length(ciphertext) <= 4096))),
    CONSTRAINT key_id_is_a_name CHECK ((key_id ~ '^[a-z0-9-]{1,32}$'::text)),
    CONSTRAINT last_four_is_four CHECK ((char_length(last_four) <= 4)),
    CONSTRAINT provider_is_a_name CHECK ((provider ~ '^[a-z][a-z0-9-]{0,31}$'::text))
);

-- Name: TABLE provider_keys; Type: COMMENT; Schema: public

COMMENT ON TABLE public.provider_keys IS 'Provider keys, sealed by shared/provider-keys.ts. They can be written and used, never read.';

-- Name: COLUMN provider_keys.organization_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.provider_keys.organization_id IS 'Null: a key of the platform, for organisations without one of their own where the owner allows it.';

-- Name: COLUMN provider_keys.key_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.provider_keys.key_id IS 'The secret that sealed it.';

-- Name: COLUMN provider_keys.ciphertext; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.provider_keys.ciphertext IS 'Base64 of nonce, tag and AES-256-GCM data, bound to the tenant (the platform: *) and the provider.';

-- Name: recordings; Type: TABLE; Schema: public

CREATE TABLE public.recordings (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    session_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    worker text NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    length_ms integer NOT NULL,
    parts integer NOT NULL,
    bytes integer,
    delete_after timestamp with time zone NOT NULL,
    kept_at timestamp with time zone,
    CONSTRAINT recording_length_is_sane CHECK (((length_ms >= 0) AND (length_ms <= 86400000))),
    CONSTRAINT recording_parts_are_sane CHECK (((parts >= 1) AND (parts <= 1000))),
    CONSTRAINT recording_worker_is_short CHECK (((char_length(worker) >= 1) AND (char_length(worker) <= 120)))
);

-- Name: TABLE recordings; Type: COMMENT; Schema: public

COMMENT ON TABLE public.recordings IS 'What was heard in a call from the sentence of consent on: Ogg with Opus, the caller left, the agent right.';

-- Name: COLUMN recordings.worker; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.recordings.worker IS 'Whose part of the call it is.';

-- Name: COLUMN recordings.delete_after; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.recordings.delete_after IS 'By the configuration that the call had; from then on nobody sees it.';

-- Name: COLUMN recordings.kept_at; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.recordings.kept_at IS 'Null: parts of it are not here yet.';

-- Name: session_transfers; Type: TABLE; Schema: public

CREATE TABLE public.session_transfers (
    session_id uuid NOT NULL,
    "position" integer NOT NULL,
    organization_id uuid NOT NULL,
    destination text NOT NULL,
    uri_kind public.transfer_uri NOT NULL,
    outcome public.transfer_outcome NOT NULL,
    at_ms integer NOT NULL,
    CONSTRAINT at_is_not_negative CHECK ((at_ms >= 0)),
    CONSTRAINT destination_is_bounded CHECK ((char_length(destination) <= 64))
);

-- Name: TABLE session_transfers; Type: COMMENT; Schema: public

COMMENT ON TABLE public.session_transfers IS 'Each time that a call was to be put through, and what came of it.';

-- Name: COLUMN session_transfers.destination; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.session_transfers.destination IS 'Id of the destination in the configuration of the call.';

-- Name: COLUMN session_transfers.at_ms; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.session_transfers.at_ms IS 'Since the call was offered to its worker.';

-- Name: session_turns; Type: TABLE; Schema: public

CREATE TABLE public.session_turns (
    session_id uuid NOT NULL,
    "position" integer NOT NULL,
    organization_id uuid NOT NULL,
    role public.speaker NOT NULL,
    text text NOT NULL,
    at_ms integer NOT NULL,
    latency jsonb,
    CONSTRAINT at_is_not_negative CHECK ((at_ms >= 0)),
    CONSTRAINT latency_is_an_object CHECK ((jsonb_typeof(latency) = 'object'::text))
);

-- Name: TABLE session_turns; Type: COMMENT; Schema: public

COMMENT ON TABLE public.session_turns IS 'Transcript.';

-- Name: COLUMN session_turns.at_ms; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.session_turns.at_ms IS 'Since the call was offered to its worker.';

-- Name: COLUMN session_turns.latency; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.session_turns.latency IS 'TurnLatency of shared/contracts.ts; null: nobody waited for what was said.';

-- Name: webhook_endpoints; Type: TABLE; Schema: public

CREATE TABLE public.webhook_endpoints (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    url text NOT NULL,
    events text[] DEFAULT '{}'::text[] NOT NULL,
    secret_ciphertext text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    secret_key_id text DEFAULT 'k1'::text NOT NULL,
    CONSTRAINT events_are_known CHECK ((events <@ ARRAY['call.started'::text, 'call.answered'::text, 'call.ended'::text, 'call.refused'::text, 'ticket.opened'::text, 'breaker.opened'::text, 'breaker.closed'::text, 'config.changed'::text, 'webhook.test'::text])),
    CONSTRAINT secret_key_id_is_a_name CHECK ((secret_key_id ~ '^[a-z0-9-]{1,32}$'::text)),
    CONSTRAINT url_is_https CHECK (((url ~ '^https://'::text) AND (char_length(url) <= 2000)))
);

-- Name: TABLE webhook_endpoints; Type: COMMENT; Schema: public

COMMENT ON TABLE public.webhook_endpoints IS 'Where a tenant wants to be told of its calls.';

-- Name: COLUMN webhook_endpoints.events; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_endpoints.events IS 'What it is told of; empty: everything.';

-- Name: COLUMN webhook_endpoints.secret_ciphertext; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_endpoints.secret_ciphertext IS 'What deliveries are signed with, sealed like provider keys.';

-- Name: COLUMN webhook_endpoints.active; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_endpoints.active IS 'False: nothing new is owed to it, and what was is given up.';

-- Name: COLUMN webhook_endpoints.secret_key_id; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.webhook_endpoints.secret_key_id IS 'The secret that sealed it, as of provider keys.';

-- Name: workers; Type: TABLE; Schema: public

CREATE TABLE public.workers (
    name text NOT NULL,
    pool text NOT NULL,
    version text NOT NULL,
    capacity integer NOT NULL,
    calls integer DEFAULT 0 NOT NULL,
    load real DEFAULT 0 NOT NULL,
    draining boolean DEFAULT false NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT calls_are_not_negative CHECK ((calls >= 0)),
    CONSTRAINT capacity_is_not_negative CHECK ((capacity >= 0)),
    CONSTRAINT load_is_not_negative CHECK ((load >= (0)::double precision)),
    CONSTRAINT name_is_bounded CHECK (((char_length(name) >= 1) AND (char_length(name) <= 128)))
);

-- Name: TABLE workers; Type: COMMENT; Schema: public

COMMENT ON TABLE public.workers IS 'Processes that hold calls, as they last reported.';

-- Name: COLUMN workers.load; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.workers.load IS 'What the worker reports to LiveKit: 0 idle, 1 full.';

-- Name: COLUMN workers.draining; Type: COMMENT; Schema: public

COMMENT ON COLUMN public.workers.draining IS 'Takes no new call and leaves when the last one ends.';

-- Name: api_requests api_requests_pkey; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.api_requests
    ADD CONSTRAINT api_requests_pkey PRIMARY KEY (caller, key);

-- Name: breaker_tallies breaker_tallies_pkey; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.breaker_tallies
    ADD CONSTRAINT breaker_tallies_pkey PRIMARY KEY (organization_id, provider, since);

-- Name: noted_usage noted_usage_pkey; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.noted_usage
    ADD CONSTRAINT noted_usage_pkey PRIMARY KEY (session_id, takes, kind, provider, model, unit);

-- Name: changes one_row_a_tenant; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.changes
    ADD CONSTRAINT one_row_a_tenant UNIQUE NULLS NOT DISTINCT (tenant);

-- Name: probes probes_pkey; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.probes
    ADD CONSTRAINT probes_pkey PRIMARY KEY (id);

-- Name: recording_parts recording_parts_pkey; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.recording_parts
    ADD CONSTRAINT recording_parts_pkey PRIMARY KEY (recording_id, part);

-- Name: slot_count slot_count_pkey; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.slot_count
    ADD CONSTRAINT slot_count_pkey PRIMARY KEY (id);

-- Name: watch_pulse watch_pulse_pkey; Type: CONSTRAINT; Schema: private

ALTER TABLE ONLY private.watch_pulse
    ADD CONSTRAINT watch_pulse_pkey PRIMARY KEY (id);

-- Name: active_calls active_calls_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_calls
    ADD CONSTRAINT active_calls_pkey PRIMARY KEY (session_id);

-- Name: active_refusals active_refusals_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_refusals
    ADD CONSTRAINT active_refusals_pkey PRIMARY KEY (refusal_id);

-- Name: agent_instances agent_instances_organization_id_name_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.agent_instances
    ADD CONSTRAINT agent_instances_organization_id_name_key UNIQUE (organization_id, name);

-- Name: agent_instances agent_instances_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.agent_instances
    ADD CONSTRAINT agent_instances_pkey PRIMARY KEY (id);

-- Name: api_keys api_keys_hash_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);

-- Name: api_keys api_keys_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

-- Name: audit_log audit_log_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

-- Name: breakers breakers_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.breakers
    ADD CONSTRAINT breakers_pkey PRIMARY KEY (id);

-- Name: call_refusals call_refusals_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.call_refusals
    ADD CONSTRAINT call_refusals_pkey PRIMARY KEY (id);

-- Name: carriers carriers_name_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.carriers
    ADD CONSTRAINT carriers_name_key UNIQUE (name);

-- Name: carriers carriers_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.carriers
    ADD CONSTRAINT carriers_pkey PRIMARY KEY (id);

-- Name: carriers carriers_source_network_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.carriers
    ADD CONSTRAINT carriers_source_network_key UNIQUE (source_network);

-- Name: config_versions config_versions_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.config_versions
    ADD CONSTRAINT config_versions_pkey PRIMARY KEY (revision);

-- Name: webhook_endpoints endpoint_of_its_organization; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT endpoint_of_its_organization UNIQUE (organization_id, id);

-- Name: gateways gateways_address_port_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.gateways
    ADD CONSTRAINT gateways_address_port_key UNIQUE (address, port);

-- Name: gateways gateways_name_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.gateways
    ADD CONSTRAINT gateways_name_key UNIQUE (name);

-- Name: gateways gateways_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.gateways
    ADD CONSTRAINT gateways_pkey PRIMARY KEY (id);

-- Name: agent_instances instance_of_its_organization; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.agent_instances
    ADD CONSTRAINT instance_of_its_organization UNIQUE (organization_id, id);

-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);

-- Name: breakers one_breaker_a_provider; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.breakers
    ADD CONSTRAINT one_breaker_a_provider UNIQUE NULLS NOT DISTINCT (organization_id, provider);

-- Name: prices one_price_each; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT one_price_each UNIQUE (kind, provider, model, unit);

-- Name: recordings one_recording_an_agent; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT one_recording_an_agent UNIQUE (session_id, worker);

-- Name: call_refusals one_refusal_a_dialogue; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.call_refusals
    ADD CONSTRAINT one_refusal_a_dialogue UNIQUE (sip_call_id, sip_from_tag);

-- Name: sessions one_session_a_dialogue; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT one_session_a_dialogue UNIQUE (sip_call_id, sip_from_tag);

-- Name: organization_members organization_members_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.organization_members
    ADD CONSTRAINT organization_members_pkey PRIMARY KEY (organization_id, user_id);

-- Name: organizations organizations_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

-- Name: organizations organizations_slug_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_slug_key UNIQUE (slug);

-- Name: platform_admins platform_admins_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.platform_admins
    ADD CONSTRAINT platform_admins_pkey PRIMARY KEY (user_id);

-- Name: platform_settings platform_settings_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.platform_settings
    ADD CONSTRAINT platform_settings_pkey PRIMARY KEY (id);

-- Name: pools pools_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_pkey PRIMARY KEY (name);

-- Name: prices prices_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_pkey PRIMARY KEY (id);

-- Name: provider_keys provider_keys_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.provider_keys
    ADD CONSTRAINT provider_keys_pkey PRIMARY KEY (id);

-- Name: recordings recordings_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pkey PRIMARY KEY (id);

-- Name: session_transfers session_transfers_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_transfers
    ADD CONSTRAINT session_transfers_pkey PRIMARY KEY (session_id, "position");

-- Name: session_turns session_turns_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_turns
    ADD CONSTRAINT session_turns_pkey PRIMARY KEY (session_id, "position");

-- Name: session_usage session_usage_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_usage
    ADD CONSTRAINT session_usage_pkey PRIMARY KEY (session_id, kind, provider, model, unit);

-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

-- Name: sip_numbers sip_numbers_phone_number_key; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sip_numbers
    ADD CONSTRAINT sip_numbers_phone_number_key UNIQUE (phone_number);

-- Name: sip_numbers sip_numbers_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sip_numbers
    ADD CONSTRAINT sip_numbers_pkey PRIMARY KEY (id);

-- Name: tickets tickets_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);

-- Name: webhook_deliveries webhook_deliveries_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);

-- Name: webhook_endpoints webhook_endpoints_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id);

-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: public

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (name);

-- Name: api_requests_by_age; Type: INDEX; Schema: private

CREATE INDEX api_requests_by_age ON private.api_requests USING btree (begun_at);

-- Name: changes_by_revision; Type: INDEX; Schema: private

CREATE INDEX changes_by_revision ON private.changes USING btree (revision);

-- Name: probes_by_key; Type: INDEX; Schema: private

CREATE INDEX probes_by_key ON private.probes USING btree (provider_key_id);

-- Name: probes_by_number; Type: INDEX; Schema: private

CREATE INDEX probes_by_number ON private.probes USING btree (sip_number_id);

-- Name: probes_by_organization; Type: INDEX; Schema: private

CREATE INDEX probes_by_organization ON private.probes USING btree (organization_id);

-- Name: probes_unfinished; Type: INDEX; Schema: private

CREATE INDEX probes_unfinished ON private.probes USING btree (asked_at) WHERE (finished_at IS NULL);

-- Name: active_calls_by_number; Type: INDEX; Schema: public

CREATE INDEX active_calls_by_number ON public.active_calls USING btree (sip_number_id);

-- Name: active_calls_by_organization; Type: INDEX; Schema: public

CREATE INDEX active_calls_by_organization ON public.active_calls USING btree (organization_id);

-- Name: active_calls_by_pool; Type: INDEX; Schema: public

CREATE INDEX active_calls_by_pool ON public.active_calls USING btree (pool);

-- Name: active_refusals_by_number; Type: INDEX; Schema: public

CREATE INDEX active_refusals_by_number ON public.active_refusals USING btree (sip_number_id);

-- Name: active_refusals_by_organization; Type: INDEX; Schema: public

CREATE INDEX active_refusals_by_organization ON public.active_refusals USING btree (organization_id);

-- Name: active_refusals_by_room; Type: INDEX; Schema: public

CREATE INDEX active_refusals_by_room ON public.active_refusals USING btree (room);

-- Name: api_keys_by_organization; Type: INDEX; Schema: public

CREATE INDEX api_keys_by_organization ON public.api_keys USING btree (organization_id);

-- Name: audit_log_by_organization; Type: INDEX; Schema: public

CREATE INDEX audit_log_by_organization ON public.audit_log USING btree (organization_id, at DESC);

-- Name: breakers_by_probe; Type: INDEX; Schema: public

CREATE INDEX breakers_by_probe ON public.breakers USING btree (probe_session_id) WHERE (probe_session_id IS NOT NULL);

-- Name: call_refusals_by_number; Type: INDEX; Schema: public

CREATE INDEX call_refusals_by_number ON public.call_refusals USING btree (sip_number_id);

-- Name: call_refusals_by_organization; Type: INDEX; Schema: public

CREATE INDEX call_refusals_by_organization ON public.call_refusals USING btree (organization_id, refused_at DESC);

-- Name: call_refusals_by_room; Type: INDEX; Schema: public

CREATE INDEX call_refusals_by_room ON public.call_refusals USING btree (room);

-- Name: call_refusals_by_session; Type: INDEX; Schema: public

CREATE INDEX call_refusals_by_session ON public.call_refusals USING btree (session_id);

-- Name: call_refusals_by_time; Type: INDEX; Schema: public

CREATE INDEX call_refusals_by_time ON public.call_refusals USING btree (refused_at DESC, id DESC);

-- Name: call_refusals_forwarded; Type: INDEX; Schema: public

CREATE INDEX call_refusals_forwarded ON public.call_refusals USING btree (caller_number, refused_at) WHERE (answer = 'forward'::public.refusal_action);

-- Name: call_refusals_of_nobody; Type: INDEX; Schema: public

CREATE INDEX call_refusals_of_nobody ON public.call_refusals USING btree (id) WHERE (organization_id IS NULL);

-- Name: carriers_by_organization; Type: INDEX; Schema: public

CREATE INDEX carriers_by_organization ON public.carriers USING btree (organization_id);

-- Name: config_versions_by_instance; Type: INDEX; Schema: public

CREATE INDEX config_versions_by_instance ON public.config_versions USING btree (agent_instance_id, revision DESC);

-- Name: config_versions_by_number; Type: INDEX; Schema: public

CREATE INDEX config_versions_by_number ON public.config_versions USING btree (sip_number_id, revision DESC);

-- Name: config_versions_by_organization; Type: INDEX; Schema: public

CREATE INDEX config_versions_by_organization ON public.config_versions USING btree (organization_id, layer, revision DESC);

-- Name: config_versions_of_platform; Type: INDEX; Schema: public

CREATE INDEX config_versions_of_platform ON public.config_versions USING btree (revision DESC) WHERE (layer = 'platform'::public.config_layer);

-- Name: invitations_by_email; Type: INDEX; Schema: public

CREATE INDEX invitations_by_email ON public.invitations USING btree (lower(email));

-- Name: one_default_agent_an_organization; Type: INDEX; Schema: public

CREATE UNIQUE INDEX one_default_agent_an_organization ON public.agent_instances USING btree (organization_id) WHERE is_default;

-- Name: one_invitation_an_address; Type: INDEX; Schema: public

CREATE UNIQUE INDEX one_invitation_an_address ON public.invitations USING btree (organization_id, lower(email));

-- Name: one_key_in_use_a_provider; Type: INDEX; Schema: public

CREATE UNIQUE INDEX one_key_in_use_a_provider ON public.provider_keys USING btree (organization_id, provider) NULLS NOT DISTINCT WHERE (revoked_at IS NULL);

-- Name: organization_members_by_user; Type: INDEX; Schema: public

CREATE INDEX organization_members_by_user ON public.organization_members USING btree (user_id);

-- Name: organizations_by_pool; Type: INDEX; Schema: public

CREATE INDEX organizations_by_pool ON public.organizations USING btree (pool);

-- Name: provider_keys_by_organization; Type: INDEX; Schema: public

CREATE INDEX provider_keys_by_organization ON public.provider_keys USING btree (organization_id);

-- Name: recordings_by_end; Type: INDEX; Schema: public

CREATE INDEX recordings_by_end ON public.recordings USING btree (delete_after);

-- Name: recordings_by_organization; Type: INDEX; Schema: public

CREATE INDEX recordings_by_organization ON public.recordings USING btree (organization_id);

-- Name: session_transfers_by_organization; Type: INDEX; Schema: public

CREATE INDEX session_transfers_by_organization ON public.session_transfers USING btree (organization_id);

-- Name: session_turns_by_organization; Type: INDEX; Schema: public

CREATE INDEX session_turns_by_organization ON public.session_turns USING btree (organization_id);

-- Name: session_usage_by_organization; Type: INDEX; Schema: public

CREATE INDEX session_usage_by_organization ON public.session_usage USING btree (organization_id);

-- Name: sessions_by_number; Type: INDEX; Schema: public

CREATE INDEX sessions_by_number ON public.sessions USING btree (sip_number_id, started_at DESC);

-- Name: sessions_by_organization; Type: INDEX; Schema: public

CREATE INDEX sessions_by_organization ON public.sessions USING btree (organization_id, started_at DESC);

-- Name: sessions_by_room; Type: INDEX; Schema: public

CREATE INDEX sessions_by_room ON public.sessions USING btree (room);

-- Name: sessions_by_start; Type: INDEX; Schema: public

CREATE INDEX sessions_by_start ON public.sessions USING btree (started_at DESC, id DESC);

-- Name: sip_numbers_by_organization; Type: INDEX; Schema: public

CREATE INDEX sip_numbers_by_organization ON public.sip_numbers USING btree (organization_id, agent_instance_id);

-- Name: tickets_by_organization; Type: INDEX; Schema: public

CREATE INDEX tickets_by_organization ON public.tickets USING btree (organization_id, created_at DESC);

-- Name: tickets_by_session; Type: INDEX; Schema: public

CREATE INDEX tickets_by_session ON public.tickets USING btree (session_id);

-- Name: webhook_deliveries_being_sent; Type: INDEX; Schema: public

CREATE INDEX webhook_deliveries_being_sent ON public.webhook_deliveries USING btree (endpoint_id) WHERE (claimed_until IS NOT NULL);

-- Name: webhook_deliveries_by_endpoint; Type: INDEX; Schema: public

CREATE INDEX webhook_deliveries_by_endpoint ON public.webhook_deliveries USING btree (organization_id, endpoint_id, created_at DESC);

-- Name: webhook_deliveries_due; Type: INDEX; Schema: public

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);

-- Name: webhook_deliveries_ended; Type: INDEX; Schema: public

CREATE INDEX webhook_deliveries_ended ON public.webhook_deliveries USING btree (COALESCE(attempted_at, created_at)) WHERE (next_attempt_at IS NULL);

-- Name: webhook_deliveries_waiting; Type: INDEX; Schema: public

CREATE INDEX webhook_deliveries_waiting ON public.webhook_deliveries USING btree (endpoint_id, next_attempt_at) WHERE (next_attempt_at IS NOT NULL);

-- Name: workers_by_pool; Type: INDEX; Schema: public

CREATE INDEX workers_by_pool ON public.workers USING btree (pool);

-- Name: agent_instances audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.agent_instances FOR EACH ROW EXECUTE FUNCTION private.audit_change('agent');

-- Name: api_keys audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION private.audit_change('api_key');

-- Name: carriers audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.carriers FOR EACH ROW EXECUTE FUNCTION private.audit_change('carrier');

-- Name: gateways audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.gateways FOR EACH ROW EXECUTE FUNCTION private.audit_change('gateway');

-- Name: invitations audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.invitations FOR EACH ROW EXECUTE FUNCTION private.audit_change('invitation');

-- Name: organization_members audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.organization_members FOR EACH ROW EXECUTE FUNCTION private.audit_change('member');

-- Name: organizations audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.organizations FOR EACH ROW EXECUTE FUNCTION private.audit_change('organization');

-- Name: platform_admins audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.platform_admins FOR EACH ROW EXECUTE FUNCTION private.audit_change('admin');

-- Name: platform_settings audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.platform_settings FOR EACH ROW EXECUTE FUNCTION private.audit_change('platform');

-- Name: pools audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.pools FOR EACH ROW EXECUTE FUNCTION private.audit_change('pool');

-- Name: prices audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.prices FOR EACH ROW EXECUTE FUNCTION private.audit_change('price');

-- Name: provider_keys audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.provider_keys FOR EACH ROW EXECUTE FUNCTION private.audit_change('provider_key');

-- Name: recordings audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER DELETE ON public.recordings FOR EACH ROW WHEN ((old.delete_after > now())) EXECUTE FUNCTION private.audit_change('recording');

-- Name: sip_numbers audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.sip_numbers FOR EACH ROW EXECUTE FUNCTION private.audit_change('number');

-- Name: tickets audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER DELETE OR UPDATE ON public.tickets FOR EACH ROW EXECUTE FUNCTION private.audit_change('ticket');

-- Name: webhook_endpoints audit_change; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_change AFTER INSERT OR DELETE OR UPDATE ON public.webhook_endpoints FOR EACH ROW EXECUTE FUNCTION private.audit_change('webhook');

-- Name: tickets audit_new_ticket; Type: TRIGGER; Schema: public

CREATE TRIGGER audit_new_ticket AFTER INSERT ON public.tickets FOR EACH ROW WHEN ((auth.uid() IS NOT NULL)) EXECUTE FUNCTION private.audit_change('ticket');

-- Name: agent_instances check_config; Type: TRIGGER; Schema: public

CREATE TRIGGER check_config BEFORE INSERT OR UPDATE OF config ON public.agent_instances FOR EACH ROW EXECUTE FUNCTION private.check_config('instance', 'config');

-- Name: organizations check_config; Type: TRIGGER; Schema: public

CREATE TRIGGER check_config BEFORE INSERT OR UPDATE OF config ON public.organizations FOR EACH ROW EXECUTE FUNCTION private.check_config('organization', 'config');

-- Name: platform_settings check_config; Type: TRIGGER; Schema: public

CREATE TRIGGER check_config BEFORE INSERT OR UPDATE OF config ON public.platform_settings FOR EACH ROW EXECUTE FUNCTION private.check_config('platform', 'config');

-- Name: sip_numbers check_config; Type: TRIGGER; Schema: public

CREATE TRIGGER check_config BEFORE INSERT OR UPDATE OF config_override ON public.sip_numbers FOR EACH ROW EXECUTE FUNCTION private.check_config('number', 'config_override');

-- Name: webhook_endpoints give_up_deliveries; Type: TRIGGER; Schema: public

CREATE TRIGGER give_up_deliveries AFTER UPDATE OF active ON public.webhook_endpoints FOR EACH ROW WHEN ((old.active AND (NOT new.active))) EXECUTE FUNCTION private.give_up_deliveries();

-- Name: organization_members keep_an_owner; Type: TRIGGER; Schema: public

CREATE TRIGGER keep_an_owner AFTER DELETE OR UPDATE ON public.organization_members FOR EACH ROW WHEN ((old.role = 'owner'::public.member_role)) EXECUTE FUNCTION private.keep_an_owner();

-- Name: agent_instances keep_config_version; Type: TRIGGER; Schema: public

CREATE TRIGGER keep_config_version AFTER INSERT OR UPDATE OF config ON public.agent_instances FOR EACH ROW EXECUTE FUNCTION private.keep_config_version('instance');

-- Name: organizations keep_config_version; Type: TRIGGER; Schema: public

CREATE TRIGGER keep_config_version AFTER INSERT OR UPDATE OF config ON public.organizations FOR EACH ROW EXECUTE FUNCTION private.keep_config_version('organization');

-- Name: platform_settings keep_config_version; Type: TRIGGER; Schema: public

CREATE TRIGGER keep_config_version AFTER INSERT OR UPDATE OF config ON public.platform_settings FOR EACH ROW EXECUTE FUNCTION private.keep_config_version('platform');

-- Name: sip_numbers keep_config_version; Type: TRIGGER; Schema: public

CREATE TRIGGER keep_config_version AFTER INSERT OR UPDATE OF config_override, organization_id, agent_instance_id ON public.sip_numbers FOR EACH ROW EXECUTE FUNCTION private.keep_config_version('number');

-- Name: provider_keys new_keys_are_tried; Type: TRIGGER; Schema: public

CREATE TRIGGER new_keys_are_tried AFTER INSERT OR UPDATE OF ciphertext ON public.provider_keys FOR EACH ROW EXECUTE FUNCTION private.try_new_key();

-- Name: agent_instances note_change; Type: TRIGGER; Schema: public

CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON public.agent_instances DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION private.note_agent_change();

-- Name: organizations note_change; Type: TRIGGER; Schema: public

CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON public.organizations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION private.note_organization_change();

-- Name: platform_settings note_change; Type: TRIGGER; Schema: public

CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON public.platform_settings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION private.note_platform_change();

-- Name: provider_keys note_change; Type: TRIGGER; Schema: public

CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON public.provider_keys DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION private.note_key_change();

-- Name: sip_numbers note_change; Type: TRIGGER; Schema: public

CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON public.sip_numbers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION private.note_number_change();

-- Name: agent_instances stamp_config_revision; Type: TRIGGER; Schema: public

CREATE TRIGGER stamp_config_revision BEFORE INSERT OR UPDATE OF config ON public.agent_instances FOR EACH ROW EXECUTE FUNCTION private.stamp_config_revision();

-- Name: organizations stamp_config_revision; Type: TRIGGER; Schema: public

CREATE TRIGGER stamp_config_revision BEFORE INSERT OR UPDATE OF config ON public.organizations FOR EACH ROW EXECUTE FUNCTION private.stamp_config_revision();

-- Name: platform_settings stamp_config_revision; Type: TRIGGER; Schema: public

CREATE TRIGGER stamp_config_revision BEFORE INSERT OR UPDATE OF config ON public.platform_settings FOR EACH ROW EXECUTE FUNCTION private.stamp_config_revision();

-- Name: sip_numbers stamp_config_revision; Type: TRIGGER; Schema: public

CREATE TRIGGER stamp_config_revision BEFORE INSERT OR UPDATE OF config_override, organization_id, agent_instance_id ON public.sip_numbers FOR EACH ROW EXECUTE FUNCTION private.stamp_config_revision();

-- Name: call_refusals tell_webhooks; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks AFTER INSERT ON public.call_refusals FOR EACH ROW WHEN ((new.organization_id IS NOT NULL)) EXECUTE FUNCTION private.tell_webhooks('call.refused', 'refused_at');

-- Name: config_versions tell_webhooks; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks AFTER INSERT ON public.config_versions FOR EACH ROW WHEN ((new.organization_id IS NOT NULL)) EXECUTE FUNCTION private.tell_webhooks('config.changed', 'saved_at');

-- Name: tickets tell_webhooks; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks AFTER INSERT ON public.tickets FOR EACH ROW EXECUTE FUNCTION private.tell_webhooks('ticket.opened', 'created_at');

-- Name: sessions tell_webhooks_1_started; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks_1_started AFTER INSERT ON public.sessions FOR EACH ROW EXECUTE FUNCTION private.tell_webhooks('call.started', 'started_at');

-- Name: sessions tell_webhooks_2_adopted; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks_2_adopted AFTER INSERT ON public.sessions FOR EACH ROW WHEN ((new.answered_at IS NOT NULL)) EXECUTE FUNCTION private.tell_webhooks('call.answered', 'answered_at');

-- Name: sessions tell_webhooks_2_answered; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks_2_answered AFTER UPDATE OF answered_at ON public.sessions FOR EACH ROW WHEN (((old.answered_at IS NULL) AND (new.answered_at IS NOT NULL))) EXECUTE FUNCTION private.tell_webhooks('call.answered', 'answered_at');

-- Name: sessions tell_webhooks_3_ended; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks_3_ended AFTER UPDATE OF ended_at ON public.sessions FOR EACH ROW WHEN (((old.ended_at IS NULL) AND (new.ended_at IS NOT NULL))) EXECUTE FUNCTION private.tell_webhooks('call.ended', 'ended_at');

-- Name: breakers tell_webhooks_closed; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks_closed AFTER UPDATE OF state ON public.breakers FOR EACH ROW WHEN (((old.state <> 'closed'::public.breaker_state) AND (new.state = 'closed'::public.breaker_state))) EXECUTE FUNCTION private.tell_webhooks('breaker.closed', 'changed_at');

-- Name: breakers tell_webhooks_opened; Type: TRIGGER; Schema: public

CREATE TRIGGER tell_webhooks_opened AFTER UPDATE OF state ON public.breakers FOR EACH ROW WHEN (((old.state = 'closed'::public.breaker_state) AND (new.state = 'open'::public.breaker_state))) EXECUTE FUNCTION private.tell_webhooks('breaker.opened', 'changed_at');

-- Name: breaker_tallies breaker_tallies_organization_id_fkey; Type: FK CONSTRAINT; Schema: private

ALTER TABLE ONLY private.breaker_tallies
    ADD CONSTRAINT breaker_tallies_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: noted_usage noted_usage_session_id_fkey; Type: FK CONSTRAINT; Schema: private

ALTER TABLE ONLY private.noted_usage
    ADD CONSTRAINT noted_usage_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

-- Name: probes probes_organization_id_fkey; Type: FK CONSTRAINT; Schema: private

ALTER TABLE ONLY private.probes
    ADD CONSTRAINT probes_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: probes probes_pool_fkey; Type: FK CONSTRAINT; Schema: private

ALTER TABLE ONLY private.probes
    ADD CONSTRAINT probes_pool_fkey FOREIGN KEY (pool) REFERENCES public.pools(name) ON DELETE CASCADE;

-- Name: probes probes_provider_key_id_fkey; Type: FK CONSTRAINT; Schema: private

ALTER TABLE ONLY private.probes
    ADD CONSTRAINT probes_provider_key_id_fkey FOREIGN KEY (provider_key_id) REFERENCES public.provider_keys(id) ON DELETE CASCADE;

-- Name: probes probes_sip_number_id_fkey; Type: FK CONSTRAINT; Schema: private

ALTER TABLE ONLY private.probes
    ADD CONSTRAINT probes_sip_number_id_fkey FOREIGN KEY (sip_number_id) REFERENCES public.sip_numbers(id) ON DELETE CASCADE;

-- Name: recording_parts recording_parts_recording_id_fkey; Type: FK CONSTRAINT; Schema: private

ALTER TABLE ONLY private.recording_parts
    ADD CONSTRAINT recording_parts_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES public.recordings(id) ON DELETE CASCADE;

-- Name: active_calls active_calls_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_calls
    ADD CONSTRAINT active_calls_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: active_calls active_calls_pool_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_calls
    ADD CONSTRAINT active_calls_pool_fkey FOREIGN KEY (pool) REFERENCES public.pools(name);

-- Name: active_calls active_calls_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_calls
    ADD CONSTRAINT active_calls_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

-- Name: active_calls active_calls_sip_number_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_calls
    ADD CONSTRAINT active_calls_sip_number_id_fkey FOREIGN KEY (sip_number_id) REFERENCES public.sip_numbers(id) ON DELETE RESTRICT;

-- Name: active_refusals active_refusals_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_refusals
    ADD CONSTRAINT active_refusals_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: active_refusals active_refusals_refusal_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_refusals
    ADD CONSTRAINT active_refusals_refusal_id_fkey FOREIGN KEY (refusal_id) REFERENCES public.call_refusals(id) ON DELETE CASCADE;

-- Name: active_refusals active_refusals_sip_number_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.active_refusals
    ADD CONSTRAINT active_refusals_sip_number_id_fkey FOREIGN KEY (sip_number_id) REFERENCES public.sip_numbers(id) ON DELETE CASCADE;

-- Name: agent_instances agent_instances_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.agent_instances
    ADD CONSTRAINT agent_instances_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: sip_numbers agent_is_of_the_same_organization; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sip_numbers
    ADD CONSTRAINT agent_is_of_the_same_organization FOREIGN KEY (organization_id, agent_instance_id) REFERENCES public.agent_instances(organization_id, id);

-- Name: api_keys api_keys_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: audit_log audit_log_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE SET NULL;

-- Name: breakers breakers_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.breakers
    ADD CONSTRAINT breakers_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: breakers breakers_probe_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.breakers
    ADD CONSTRAINT breakers_probe_session_id_fkey FOREIGN KEY (probe_session_id) REFERENCES public.sessions(id) ON DELETE SET NULL;

-- Name: call_refusals call_refusals_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.call_refusals
    ADD CONSTRAINT call_refusals_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: call_refusals call_refusals_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.call_refusals
    ADD CONSTRAINT call_refusals_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

-- Name: call_refusals call_refusals_sip_number_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.call_refusals
    ADD CONSTRAINT call_refusals_sip_number_id_fkey FOREIGN KEY (sip_number_id) REFERENCES public.sip_numbers(id) ON DELETE SET NULL;

-- Name: carriers carriers_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.carriers
    ADD CONSTRAINT carriers_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: config_versions config_versions_agent_instance_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.config_versions
    ADD CONSTRAINT config_versions_agent_instance_id_fkey FOREIGN KEY (agent_instance_id) REFERENCES public.agent_instances(id) ON DELETE CASCADE;

-- Name: config_versions config_versions_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.config_versions
    ADD CONSTRAINT config_versions_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: config_versions config_versions_sip_number_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.config_versions
    ADD CONSTRAINT config_versions_sip_number_id_fkey FOREIGN KEY (sip_number_id) REFERENCES public.sip_numbers(id) ON DELETE CASCADE;

-- Name: invitations invitations_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: organization_members organization_members_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.organization_members
    ADD CONSTRAINT organization_members_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: organization_members organization_members_user_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.organization_members
    ADD CONSTRAINT organization_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

-- Name: organizations organizations_pool_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pool_fkey FOREIGN KEY (pool) REFERENCES public.pools(name);

-- Name: platform_admins platform_admins_user_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.platform_admins
    ADD CONSTRAINT platform_admins_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

-- Name: provider_keys provider_keys_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.provider_keys
    ADD CONSTRAINT provider_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: recordings recordings_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: recordings recordings_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

-- Name: session_transfers session_transfers_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_transfers
    ADD CONSTRAINT session_transfers_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: session_transfers session_transfers_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_transfers
    ADD CONSTRAINT session_transfers_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

-- Name: session_turns session_turns_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_turns
    ADD CONSTRAINT session_turns_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: session_turns session_turns_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_turns
    ADD CONSTRAINT session_turns_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

-- Name: session_usage session_usage_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_usage
    ADD CONSTRAINT session_usage_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: session_usage session_usage_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.session_usage
    ADD CONSTRAINT session_usage_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

-- Name: sessions sessions_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: sessions sessions_sip_number_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_sip_number_id_fkey FOREIGN KEY (sip_number_id) REFERENCES public.sip_numbers(id) ON DELETE SET NULL;

-- Name: sip_numbers sip_numbers_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.sip_numbers
    ADD CONSTRAINT sip_numbers_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;

-- Name: tickets tickets_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: tickets tickets_session_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE SET NULL;

-- Name: webhook_deliveries webhook_deliveries_organization_id_endpoint_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_organization_id_endpoint_id_fkey FOREIGN KEY (organization_id, endpoint_id) REFERENCES public.webhook_endpoints(organization_id, id) ON DELETE CASCADE;

-- Name: webhook_endpoints webhook_endpoints_organization_id_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;

-- Name: workers workers_pool_fkey; Type: FK CONSTRAINT; Schema: public

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pool_fkey FOREIGN KEY (pool) REFERENCES public.pools(name);

-- Name: agent_instances Editors add agents to their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors add agents to their organisation" ON public.agent_instances FOR INSERT TO authenticated WITH CHECK (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: agent_instances Editors change the agents of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors change the agents of their organisation" ON public.agent_instances FOR UPDATE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin))) WITH CHECK (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: sip_numbers Editors change the numbers of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors change the numbers of their organisation" ON public.sip_numbers FOR UPDATE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin))) WITH CHECK (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: tickets Editors change the tickets of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors change the tickets of their organisation" ON public.tickets FOR UPDATE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin))) WITH CHECK (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: organizations Editors change what their organisation says of itself; Type: POLICY; Schema: public

CREATE POLICY "Editors change what their organisation says of itself" ON public.organizations FOR UPDATE TO authenticated USING (((id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin))) WITH CHECK (((id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: tickets Editors open tickets in their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors open tickets in their organisation" ON public.tickets FOR INSERT TO authenticated WITH CHECK (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: agent_instances Editors remove agents of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors remove agents of their organisation" ON public.agent_instances FOR DELETE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: recordings Editors see the recordings of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors see the recordings of their organisation" ON public.recordings FOR SELECT TO authenticated USING (((kept_at IS NOT NULL) AND (delete_after > now()) AND ((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin))));

-- Name: webhook_deliveries Editors see the webhook deliveries of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors see the webhook deliveries of their organisation" ON public.webhook_deliveries FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: webhook_endpoints Editors see the webhook endpoints of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Editors see the webhook endpoints of their organisation" ON public.webhook_endpoints FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('editor'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: session_turns Members read the transcripts of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members read the transcripts of their organisation" ON public.session_turns FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: agent_instances Members see the agents of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see the agents of their organisation" ON public.agent_instances FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: breakers Members see the breakers of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see the breakers of their organisation" ON public.breakers FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: sessions Members see the calls of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see the calls of their organisation" ON public.sessions FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: active_calls Members see the live calls of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see the live calls of their organisation" ON public.active_calls FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: sip_numbers Members see the numbers of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see the numbers of their organisation" ON public.sip_numbers FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: call_refusals Members see the refused calls of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see the refused calls of their organisation" ON public.call_refusals FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: tickets Members see the tickets of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see the tickets of their organisation" ON public.tickets FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: organizations Members see their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see their organisation" ON public.organizations FOR SELECT TO authenticated USING (((id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: session_usage Members see what the calls of their organisation used; Type: POLICY; Schema: public

CREATE POLICY "Members see what the calls of their organisation used" ON public.session_usage FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: config_versions Members see what was saved in their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see what was saved in their organisation" ON public.config_versions FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: session_transfers Members see where calls of their organisation were put through; Type: POLICY; Schema: public

CREATE POLICY "Members see where calls of their organisation were put through" ON public.session_transfers FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: organization_members Members see who else is in their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see who else is in their organisation" ON public.organization_members FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: active_refusals Members see who is being turned away in their organisation; Type: POLICY; Schema: public

CREATE POLICY "Members see who is being turned away in their organisation" ON public.active_refusals FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations() AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: organization_members Owners add members to their organisation; Type: POLICY; Schema: public

CREATE POLICY "Owners add members to their organisation" ON public.organization_members FOR INSERT TO authenticated WITH CHECK (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: organization_members Owners change the role of members of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Owners change the role of members of their organisation" ON public.organization_members FOR UPDATE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin))) WITH CHECK (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: invitations Owners invite people to their organisation; Type: POLICY; Schema: public

CREATE POLICY "Owners invite people to their organisation" ON public.invitations FOR INSERT TO authenticated WITH CHECK (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: organization_members Owners remove members from their organisation; Type: POLICY; Schema: public

CREATE POLICY "Owners remove members from their organisation" ON public.organization_members FOR DELETE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: recordings Owners remove recordings of their organisation; Type: POLICY; Schema: public

CREATE POLICY "Owners remove recordings of their organisation" ON public.recordings FOR DELETE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: audit_log Owners see what was changed in their organisation; Type: POLICY; Schema: public

CREATE POLICY "Owners see what was changed in their organisation" ON public.audit_log FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: api_keys Owners see which API keys their organisation has; Type: POLICY; Schema: public

CREATE POLICY "Owners see which API keys their organisation has" ON public.api_keys FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: provider_keys Owners see which provider keys their organisation has; Type: POLICY; Schema: public

CREATE POLICY "Owners see which provider keys their organisation has" ON public.provider_keys FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: invitations Owners see who is invited to their organisation; Type: POLICY; Schema: public

CREATE POLICY "Owners see who is invited to their organisation" ON public.invitations FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: invitations Owners take invitations to their organisation back; Type: POLICY; Schema: public

CREATE POLICY "Owners take invitations to their organisation back" ON public.invitations FOR DELETE TO authenticated USING (((organization_id IN ( SELECT private.my_organizations('owner'::public.member_role) AS my_organizations)) OR ( SELECT private.is_platform_admin() AS is_platform_admin)));

-- Name: carriers Platform admins add carriers; Type: POLICY; Schema: public

CREATE POLICY "Platform admins add carriers" ON public.carriers FOR INSERT TO authenticated WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: gateways Platform admins add gateways; Type: POLICY; Schema: public

CREATE POLICY "Platform admins add gateways" ON public.gateways FOR INSERT TO authenticated WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: sip_numbers Platform admins add numbers; Type: POLICY; Schema: public

CREATE POLICY "Platform admins add numbers" ON public.sip_numbers FOR INSERT TO authenticated WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: prices Platform admins add prices; Type: POLICY; Schema: public

CREATE POLICY "Platform admins add prices" ON public.prices FOR INSERT TO authenticated WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: carriers Platform admins change carriers; Type: POLICY; Schema: public

CREATE POLICY "Platform admins change carriers" ON public.carriers FOR UPDATE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin)) WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: gateways Platform admins change gateways; Type: POLICY; Schema: public

CREATE POLICY "Platform admins change gateways" ON public.gateways FOR UPDATE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin)) WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: prices Platform admins change prices; Type: POLICY; Schema: public

CREATE POLICY "Platform admins change prices" ON public.prices FOR UPDATE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin)) WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: platform_settings Platform admins change the platform settings; Type: POLICY; Schema: public

CREATE POLICY "Platform admins change the platform settings" ON public.platform_settings FOR UPDATE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin)) WITH CHECK (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: carriers Platform admins remove carriers; Type: POLICY; Schema: public

CREATE POLICY "Platform admins remove carriers" ON public.carriers FOR DELETE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: gateways Platform admins remove gateways; Type: POLICY; Schema: public

CREATE POLICY "Platform admins remove gateways" ON public.gateways FOR DELETE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: sip_numbers Platform admins remove numbers; Type: POLICY; Schema: public

CREATE POLICY "Platform admins remove numbers" ON public.sip_numbers FOR DELETE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: prices Platform admins remove prices; Type: POLICY; Schema: public

CREATE POLICY "Platform admins remove prices" ON public.prices FOR DELETE TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: prices Platform admins see prices; Type: POLICY; Schema: public

CREATE POLICY "Platform admins see prices" ON public.prices FOR SELECT TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: carriers Platform admins see the carriers; Type: POLICY; Schema: public

CREATE POLICY "Platform admins see the carriers" ON public.carriers FOR SELECT TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: gateways Platform admins see the gateways; Type: POLICY; Schema: public

CREATE POLICY "Platform admins see the gateways" ON public.gateways FOR SELECT TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: platform_settings Platform admins see the platform settings; Type: POLICY; Schema: public

CREATE POLICY "Platform admins see the platform settings" ON public.platform_settings FOR SELECT TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: pools Platform admins see the pools; Type: POLICY; Schema: public

CREATE POLICY "Platform admins see the pools" ON public.pools FOR SELECT TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: workers Platform admins see the workers; Type: POLICY; Schema: public

CREATE POLICY "Platform admins see the workers" ON public.workers FOR SELECT TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: platform_admins Platform admins see who else is one; Type: POLICY; Schema: public

CREATE POLICY "Platform admins see who else is one" ON public.platform_admins FOR SELECT TO authenticated USING (( SELECT private.is_platform_admin() AS is_platform_admin));

-- Name: active_calls; Type: ROW SECURITY; Schema: public

ALTER TABLE public.active_calls ENABLE ROW LEVEL SECURITY;

-- Name: active_refusals; Type: ROW SECURITY; Schema: public

ALTER TABLE public.active_refusals ENABLE ROW LEVEL SECURITY;

-- Name: agent_instances; Type: ROW SECURITY; Schema: public

ALTER TABLE public.agent_instances ENABLE ROW LEVEL SECURITY;

-- Name: api_keys; Type: ROW SECURITY; Schema: public

ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY;

-- Name: audit_log; Type: ROW SECURITY; Schema: public

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

-- Name: breakers; Type: ROW SECURITY; Schema: public

ALTER TABLE public.breakers ENABLE ROW LEVEL SECURITY;

-- Name: call_refusals; Type: ROW SECURITY; Schema: public

ALTER TABLE public.call_refusals ENABLE ROW LEVEL SECURITY;

-- Name: carriers; Type: ROW SECURITY; Schema: public

ALTER TABLE public.carriers ENABLE ROW LEVEL SECURITY;

-- Name: config_versions; Type: ROW SECURITY; Schema: public

ALTER TABLE public.config_versions ENABLE ROW LEVEL SECURITY;

-- Name: gateways; Type: ROW SECURITY; Schema: public

ALTER TABLE public.gateways ENABLE ROW LEVEL SECURITY;

-- Name: invitations; Type: ROW SECURITY; Schema: public

ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;

-- Name: organization_members; Type: ROW SECURITY; Schema: public

ALTER TABLE public.organization_members ENABLE ROW LEVEL SECURITY;

-- Name: organizations; Type: ROW SECURITY; Schema: public

ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;

-- Name: platform_admins; Type: ROW SECURITY; Schema: public

ALTER TABLE public.platform_admins ENABLE ROW LEVEL SECURITY;

-- Name: platform_settings; Type: ROW SECURITY; Schema: public

ALTER TABLE public.platform_settings ENABLE ROW LEVEL SECURITY;

-- Name: pools; Type: ROW SECURITY; Schema: public

ALTER TABLE public.pools ENABLE ROW LEVEL SECURITY;

-- Name: prices; Type: ROW SECURITY; Schema: public

ALTER TABLE public.prices ENABLE ROW LEVEL SECURITY;

-- Name: provider_keys; Type: ROW SECURITY; Schema: public

ALTER TABLE public.provider_keys ENABLE ROW LEVEL SECURITY;

-- Name: recordings; Type: ROW SECURITY; Schema: public

ALTER TABLE public.recordings ENABLE ROW LEVEL SECURITY;

-- Name: session_transfers; Type: ROW SECURITY; Schema: public

ALTER TABLE public.session_transfers ENABLE ROW LEVEL SECURITY;

-- Name: session_turns; Type: ROW SECURITY; Schema: public

ALTER TABLE public.session_turns ENABLE ROW LEVEL SECURITY;

-- Name: session_usage; Type: ROW SECURITY; Schema: public

ALTER TABLE public.session_usage ENABLE ROW LEVEL SECURITY;

-- Name: sessions; Type: ROW SECURITY; Schema: public

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

-- Name: sip_numbers; Type: ROW SECURITY; Schema: public

ALTER TABLE public.sip_numbers ENABLE ROW LEVEL SECURITY;

-- Name: tickets; Type: ROW SECURITY; Schema: public

ALTER TABLE public.tickets ENABLE ROW LEVEL SECURITY;

-- Name: webhook_deliveries; Type: ROW SECURITY; Schema: public

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

-- Name: webhook_endpoints; Type: ROW SECURITY; Schema: public

ALTER TABLE public.webhook_endpoints ENABLE ROW LEVEL SECURITY;

-- Name: workers; Type: ROW SECURITY; Schema: public

ALTER TABLE public.workers ENABLE ROW LEVEL SECURITY;

-- Name: SCHEMA private; Type: ACL; Schema: -

GRANT USAGE ON SCHEMA private TO authenticated;

-- Name: SCHEMA public; Type: ACL; Schema: -

GRANT USAGE ON SCHEMA public TO anon;
GRANT USAGE ON SCHEMA public TO authenticated;
GRANT USAGE ON SCHEMA public TO service_role;
GRANT USAGE ON SCHEMA public TO switchboard_dispatch;
GRANT USAGE ON SCHEMA public TO switchboard_agent;
GRANT USAGE ON SCHEMA public TO switchboard_operator;

-- Name: FUNCTION is_refusal(reason public.call_reason); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.is_refusal(reason public.call_reason) FROM PUBLIC;

-- Name: TABLE agent_instances; Type: ACL; Schema: public

GRANT ALL ON TABLE public.agent_instances TO service_role;
GRANT SELECT,DELETE ON TABLE public.agent_instances TO authenticated;

-- Name: COLUMN agent_instances.organization_id; Type: ACL; Schema: public

GRANT INSERT(organization_id) ON TABLE public.agent_instances TO authenticated;

-- Name: COLUMN agent_instances.name; Type: ACL; Schema: public

GRANT INSERT(name),UPDATE(name) ON TABLE public.agent_instances TO authenticated;

-- Name: COLUMN agent_instances.is_default; Type: ACL; Schema: public

GRANT INSERT(is_default),UPDATE(is_default) ON TABLE public.agent_instances TO authenticated;

-- Name: COLUMN agent_instances.config; Type: ACL; Schema: public

GRANT INSERT(config),UPDATE(config) ON TABLE public.agent_instances TO authenticated;

-- Name: FUNCTION agent_json(agent public.agent_instances); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.agent_json(agent public.agent_instances) FROM PUBLIC;
GRANT ALL ON FUNCTION private.agent_json(agent public.agent_instances) TO authenticated;

-- Name: FUNCTION agent_named(p_organization_id uuid, p_name text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.agent_named(p_organization_id uuid, p_name text) FROM PUBLIC;

-- Name: TABLE api_keys; Type: ACL; Schema: public

GRANT ALL ON TABLE public.api_keys TO service_role;

-- Name: COLUMN api_keys.id; Type: ACL; Schema: public

GRANT SELECT(id) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.organization_id; Type: ACL; Schema: public

GRANT SELECT(organization_id) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.name; Type: ACL; Schema: public

GRANT SELECT(name) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.last_four; Type: ACL; Schema: public

GRANT SELECT(last_four) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.scopes; Type: ACL; Schema: public

GRANT SELECT(scopes) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.created_by; Type: ACL; Schema: public

GRANT SELECT(created_by) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.created_at; Type: ACL; Schema: public

GRANT SELECT(created_at) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.last_used_at; Type: ACL; Schema: public

GRANT SELECT(last_used_at) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.expires_at; Type: ACL; Schema: public

GRANT SELECT(expires_at) ON TABLE public.api_keys TO authenticated;

-- Name: COLUMN api_keys.revoked_at; Type: ACL; Schema: public

GRANT SELECT(revoked_at) ON TABLE public.api_keys TO authenticated;

-- Name: FUNCTION api_key_json(key public.api_keys); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.api_key_json(key public.api_keys) FROM PUBLIC;

-- Name: FUNCTION ask_for_probe(probe private.probes); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.ask_for_probe(probe private.probes) FROM PUBLIC;

-- Name: FUNCTION audit_change(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.audit_change() FROM PUBLIC;

-- Name: FUNCTION breaker_reason(p_organization_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.breaker_reason(p_organization_id uuid) FROM PUBLIC;

-- Name: TABLE organizations; Type: ACL; Schema: public

GRANT ALL ON TABLE public.organizations TO service_role;
GRANT SELECT ON TABLE public.organizations TO authenticated;

-- Name: COLUMN organizations.name; Type: ACL; Schema: public

GRANT UPDATE(name) ON TABLE public.organizations TO authenticated;

-- Name: COLUMN organizations.timezone; Type: ACL; Schema: public

GRANT UPDATE(timezone) ON TABLE public.organizations TO authenticated;

-- Name: COLUMN organizations.config; Type: ACL; Schema: public

GRANT UPDATE(config) ON TABLE public.organizations TO authenticated;

-- Name: TABLE sip_numbers; Type: ACL; Schema: public

GRANT ALL ON TABLE public.sip_numbers TO service_role;
GRANT SELECT,INSERT,DELETE ON TABLE public.sip_numbers TO authenticated;

-- Name: COLUMN sip_numbers.active; Type: ACL; Schema: public

GRANT UPDATE(active) ON TABLE public.sip_numbers TO authenticated;

-- Name: COLUMN sip_numbers.label; Type: ACL; Schema: public

GRANT UPDATE(label) ON TABLE public.sip_numbers TO authenticated;

-- Name: COLUMN sip_numbers.config_override; Type: ACL; Schema: public

GRANT UPDATE(config_override) ON TABLE public.sip_numbers TO authenticated;

-- Name: FUNCTION busy_reason(number public.sip_numbers, organization public.organizations, p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.busy_reason(number public.sip_numbers, organization public.organizations, p_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION caller_id(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.caller_id() FROM PUBLIC;

-- Name: FUNCTION caller_of_refusal(p_refusal_id bigint); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.caller_of_refusal(p_refusal_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.caller_of_refusal(p_refusal_id bigint) TO authenticated;

-- Name: FUNCTION caller_of_session(p_session_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.caller_of_session(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.caller_of_session(p_session_id uuid) TO authenticated;

-- Name: FUNCTION calling_key(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.calling_key() FROM PUBLIC;

-- Name: FUNCTION calls_counted_in(p_pool text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.calls_counted_in(p_pool text) FROM PUBLIC;

-- Name: FUNCTION calls_json(p_session_ids uuid[]); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.calls_json(p_session_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.calls_json(p_session_ids uuid[]) TO authenticated;

-- Name: FUNCTION calls_of_caller(p_part text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.calls_of_caller(p_part text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.calls_of_caller(p_part text) TO authenticated;

-- Name: FUNCTION changed_part(p_of jsonb, p_other jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.changed_part(p_of jsonb, p_other jsonb) FROM PUBLIC;

-- Name: FUNCTION changed_revision(p_tenant text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.changed_revision(p_tenant text) FROM PUBLIC;

-- Name: FUNCTION check_config(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.check_config() FROM PUBLIC;

-- Name: FUNCTION choose_answer(invite private.invite, number public.sip_numbers, p_policy jsonb, p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.choose_answer(invite private.invite, number public.sip_numbers, p_policy jsonb, p_at timestamp with time zone) FROM PUBLIC;

-- Name: TABLE breakers; Type: ACL; Schema: public

GRANT ALL ON TABLE public.breakers TO service_role;
GRANT SELECT ON TABLE public.breakers TO authenticated;

-- Name: FUNCTION close_breaker(breaker public.breakers); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.close_breaker(breaker public.breakers) FROM PUBLIC;

-- Name: FUNCTION closed_reason(p_called text, number public.sip_numbers, organization public.organizations); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.closed_reason(p_called text, number public.sip_numbers, organization public.organizations) FROM PUBLIC;

-- Name: FUNCTION config_problems(p_layer public.config_layer, p_config jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.config_problems(p_layer public.config_layer, p_config jsonb) FROM PUBLIC;

-- Name: FUNCTION config_types(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.config_types() FROM PUBLIC;

-- Name: FUNCTION count_outcome(p_organization_id uuid, p_provider text, p_failed boolean); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.count_outcome(p_organization_id uuid, p_provider text, p_failed boolean) FROM PUBLIC;

-- Name: FUNCTION cut_invite(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.cut_invite(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text) FROM PUBLIC;

-- Name: TABLE webhook_deliveries; Type: ACL; Schema: public

GRANT ALL ON TABLE public.webhook_deliveries TO service_role;
GRANT SELECT ON TABLE public.webhook_deliveries TO authenticated;

-- Name: FUNCTION delivery_json(delivery public.webhook_deliveries); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.delivery_json(delivery public.webhook_deliveries) FROM PUBLIC;
GRANT ALL ON FUNCTION private.delivery_json(delivery public.webhook_deliveries) TO authenticated;

-- Name: FUNCTION demand(p_allowed boolean); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.demand(p_allowed boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION private.demand(p_allowed boolean) TO authenticated;

-- Name: FUNCTION demand_role(p_organization_id uuid, p_minimum public.member_role); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.demand_role(p_organization_id uuid, p_minimum public.member_role) FROM PUBLIC;
GRANT ALL ON FUNCTION private.demand_role(p_organization_id uuid, p_minimum public.member_role) TO authenticated;

-- Name: FUNCTION due_deliveries(p_at timestamp with time zone, p_limit integer); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.due_deliveries(p_at timestamp with time zone, p_limit integer) FROM PUBLIC;

-- Name: FUNCTION earlier_decision(invite private.invite); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.earlier_decision(invite private.invite) FROM PUBLIC;

-- Name: FUNCTION end_probes(p_session_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.end_probes(p_session_id uuid) FROM PUBLIC;

-- Name: FUNCTION end_session(p_session_id uuid, p_reason public.call_reason, p_ended_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.end_session(p_session_id uuid, p_reason public.call_reason, p_ended_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION enter_call(p_session_id uuid, p_worker text, p_call jsonb, number public.sip_numbers, invite private.invite); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.enter_call(p_session_id uuid, p_worker text, p_call jsonb, number public.sip_numbers, invite private.invite) FROM PUBLIC;

-- Name: FUNCTION find_agent(number public.sip_numbers); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.find_agent(number public.sip_numbers) FROM PUBLIC;

-- Name: FUNCTION find_number(p_called text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.find_number(p_called text) FROM PUBLIC;

-- Name: FUNCTION first_instant(p_local timestamp without time zone, p_timezone text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.first_instant(p_local timestamp without time zone, p_timezone text) FROM PUBLIC;

-- Name: FUNCTION forget_deliveries(p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.forget_deliveries(p_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION forget_outcomes(breaker public.breakers); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.forget_outcomes(breaker public.breakers) FROM PUBLIC;

-- Name: TABLE sessions; Type: ACL; Schema: public

GRANT ALL ON TABLE public.sessions TO service_role;

-- Name: COLUMN sessions.id; Type: ACL; Schema: public

GRANT SELECT(id) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.organization_id; Type: ACL; Schema: public

GRANT SELECT(organization_id) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.sip_number_id; Type: ACL; Schema: public

GRANT SELECT(sip_number_id) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.called_number; Type: ACL; Schema: public

GRANT SELECT(called_number) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.admission; Type: ACL; Schema: public

GRANT SELECT(admission) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.worker; Type: ACL; Schema: public

GRANT SELECT(worker) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.takes; Type: ACL; Schema: public

GRANT SELECT(takes) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.recorded; Type: ACL; Schema: public

GRANT SELECT(recorded) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.started_at; Type: ACL; Schema: public

GRANT SELECT(started_at) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.answered_at; Type: ACL; Schema: public

GRANT SELECT(answered_at) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.ended_at; Type: ACL; Schema: public

GRANT SELECT(ended_at) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.end_reason; Type: ACL; Schema: public

GRANT SELECT(end_reason) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.config_revision; Type: ACL; Schema: public

GRANT SELECT(config_revision) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.config_source; Type: ACL; Schema: public

GRANT SELECT(config_source) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.talk_ms; Type: ACL; Schema: public

GRANT SELECT(talk_ms) ON TABLE public.sessions TO authenticated;

-- Name: COLUMN sessions.timings; Type: ACL; Schema: public

GRANT SELECT(timings) ON TABLE public.sessions TO authenticated;

-- Name: FUNCTION forget_twin(invite private.invite); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.forget_twin(invite private.invite) FROM PUBLIC;

-- Name: FUNCTION forget_workers(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.forget_workers() FROM PUBLIC;

-- Name: FUNCTION give_up_deliveries(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.give_up_deliveries() FROM PUBLIC;

-- Name: FUNCTION has_policy(p_reason public.call_reason); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.has_policy(p_reason public.call_reason) FROM PUBLIC;

-- Name: FUNCTION hold_number(p_number_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.hold_number(p_number_id uuid) FROM PUBLIC;

-- Name: FUNCTION in_grace(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.in_grace() FROM PUBLIC;

-- Name: FUNCTION is_loop(invite private.invite, number public.sip_numbers, p_to text, p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.is_loop(invite private.invite, number public.sip_numbers, p_to text, p_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION is_open(p_hours jsonb, p_timezone text, p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.is_open(p_hours jsonb, p_timezone text, p_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION is_outside_hours(p_policy jsonb, p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.is_outside_hours(p_policy jsonb, p_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION is_platform_admin(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.is_platform_admin() FROM PUBLIC;
GRANT ALL ON FUNCTION private.is_platform_admin() TO authenticated;

-- Name: FUNCTION keep_an_owner(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_an_owner() FROM PUBLIC;

-- Name: TABLE audit_log; Type: ACL; Schema: public

GRANT ALL ON TABLE public.audit_log TO service_role;
GRANT SELECT ON TABLE public.audit_log TO authenticated;

-- Name: FUNCTION keep_audit(entry public.audit_log); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_audit(entry public.audit_log) FROM PUBLIC;

-- Name: FUNCTION keep_config_version(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_config_version() FROM PUBLIC;

-- Name: FUNCTION keep_cost(p_session_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_cost(p_session_id uuid) FROM PUBLIC;

-- Name: FUNCTION keep_pulse(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_pulse() FROM PUBLIC;

-- Name: FUNCTION keep_record(session public.sessions, p_record jsonb, p_worker text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_record(session public.sessions, p_record jsonb, p_worker text) FROM PUBLIC;

-- Name: FUNCTION keep_refusal(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_session_id uuid, p_answer public.refusal_action, p_forwarded_to text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_refusal(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_session_id uuid, p_answer public.refusal_action, p_forwarded_to text) FROM PUBLIC;

-- Name: FUNCTION keep_turns(session public.sessions, p_turns jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_turns(session public.sessions, p_turns jsonb) FROM PUBLIC;

-- Name: FUNCTION keep_usage(session public.sessions, p_usage jsonb, p_without_takes integer); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.keep_usage(session public.sessions, p_usage jsonb, p_without_takes integer) FROM PUBLIC;

-- Name: FUNCTION language_of(p_number_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.language_of(p_number_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.language_of(p_number_id uuid) TO authenticated;

-- Name: FUNCTION lets_probe(breaker public.breakers); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.lets_probe(breaker public.breakers) FROM PUBLIC;

-- Name: FUNCTION list_limit(p_query jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.list_limit(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.list_limit(p_query jsonb) TO authenticated;

-- Name: FUNCTION lock_admission(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.lock_admission() FROM PUBLIC;

-- Name: FUNCTION lock_organization(p_slug text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.lock_organization(p_slug text) FROM PUBLIC;

-- Name: FUNCTION mark_probe(p_organization_id uuid, p_session_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.mark_probe(p_organization_id uuid, p_session_id uuid) FROM PUBLIC;

-- Name: FUNCTION mark_provider_probes(p_organization_id uuid, p_session_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.mark_provider_probes(p_organization_id uuid, p_session_id uuid) FROM PUBLIC;

-- Name: FUNCTION masked(p_caller text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.masked(p_caller text) FROM PUBLIC;

-- Name: FUNCTION may_change_webhooks(p_organization_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.may_change_webhooks(p_organization_id uuid) FROM PUBLIC;

-- Name: FUNCTION merge_config(below jsonb, above jsonb, p_depth integer); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.merge_config(below jsonb, above jsonb, p_depth integer) FROM PUBLIC;

-- Name: FUNCTION ms_since(p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.ms_since(p_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION my_organizations(minimum public.member_role); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.my_organizations(minimum public.member_role) FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_organizations(minimum public.member_role) TO authenticated;

-- Name: FUNCTION name_saver(p_name text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.name_saver(p_name text) FROM PUBLIC;

-- Name: FUNCTION newest_change(p_organization_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.newest_change(p_organization_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.newest_change(p_organization_id uuid) TO authenticated;

-- Name: FUNCTION news_of(session public.sessions); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.news_of(session public.sessions) FROM PUBLIC;

-- Name: FUNCTION note_agent_change(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_agent_change() FROM PUBLIC;

-- Name: FUNCTION note_change(VARIADIC p_tenants text[]); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_change(VARIADIC p_tenants text[]) FROM PUBLIC;

-- Name: FUNCTION note_change_of(VARIADIC p_organizations uuid[]); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_change_of(VARIADIC p_organizations uuid[]) FROM PUBLIC;

-- Name: FUNCTION note_deed(p_organization_id uuid, p_action text, p_target text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_deed(p_organization_id uuid, p_action text, p_target text) FROM PUBLIC;

-- Name: FUNCTION note_key_change(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_key_change() FROM PUBLIC;

-- Name: FUNCTION note_number_change(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_number_change() FROM PUBLIC;

-- Name: FUNCTION note_organization_change(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_organization_change() FROM PUBLIC;

-- Name: FUNCTION note_platform_change(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_platform_change() FROM PUBLIC;

-- Name: FUNCTION note_turns(session public.sessions, p_turns jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_turns(session public.sessions, p_turns jsonb) FROM PUBLIC;

-- Name: FUNCTION note_usage(session public.sessions, p_usage jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.note_usage(session public.sessions, p_usage jsonb) FROM PUBLIC;

-- Name: FUNCTION number_json(number public.sip_numbers); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.number_json(number public.sip_numbers) FROM PUBLIC;
GRANT ALL ON FUNCTION private.number_json(number public.sip_numbers) TO authenticated;

-- Name: FUNCTION number_ref(p_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.number_ref(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.number_ref(p_id uuid) TO authenticated;

-- Name: FUNCTION open_breaker(breaker public.breakers, p_reason text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.open_breaker(breaker public.breakers, p_reason text) FROM PUBLIC;

-- Name: FUNCTION organization_json(organization public.organizations); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.organization_json(organization public.organizations) FROM PUBLIC;
GRANT ALL ON FUNCTION private.organization_json(organization public.organizations) TO authenticated;

-- Name: FUNCTION organization_ref(p_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.organization_ref(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.organization_ref(p_id uuid) TO authenticated;

-- Name: FUNCTION owe_event(p_event text, p_organization_id uuid, p_at jsonb, p_data jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.owe_event(p_event text, p_organization_id uuid, p_at jsonb, p_data jsonb) FROM PUBLIC;

-- Name: FUNCTION policy_of(number public.sip_numbers); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.policy_of(number public.sip_numbers) FROM PUBLIC;

-- Name: FUNCTION pool_capacity(p_pool text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.pool_capacity(p_pool text) FROM PUBLIC;

-- Name: TABLE prices; Type: ACL; Schema: public

GRANT ALL ON TABLE public.prices TO service_role;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.prices TO authenticated;

-- Name: FUNCTION price_json(price public.prices); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.price_json(price public.prices) FROM PUBLIC;
GRANT ALL ON FUNCTION private.price_json(price public.prices) TO authenticated;

-- Name: TABLE session_usage; Type: ACL; Schema: public

GRANT ALL ON TABLE public.session_usage TO service_role;
GRANT SELECT ON TABLE public.session_usage TO authenticated;

-- Name: FUNCTION rate_of(used public.session_usage); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.rate_of(used public.session_usage) FROM PUBLIC;

-- Name: TABLE active_calls; Type: ACL; Schema: public

GRANT ALL ON TABLE public.active_calls TO service_role;

-- Name: COLUMN active_calls.session_id; Type: ACL; Schema: public

GRANT SELECT(session_id) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.organization_id; Type: ACL; Schema: public

GRANT SELECT(organization_id) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.sip_number_id; Type: ACL; Schema: public

GRANT SELECT(sip_number_id) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.pool; Type: ACL; Schema: public

GRANT SELECT(pool) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.state; Type: ACL; Schema: public

GRANT SELECT(state) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.worker; Type: ACL; Schema: public

GRANT SELECT(worker) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.placements; Type: ACL; Schema: public

GRANT SELECT(placements) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.released; Type: ACL; Schema: public

GRANT SELECT(released) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.end_requested; Type: ACL; Schema: public

GRANT SELECT(end_requested) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.failed_providers; Type: ACL; Schema: public

GRANT SELECT(failed_providers) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.started_at; Type: ACL; Schema: public

GRANT SELECT(started_at) ON TABLE public.active_calls TO authenticated;

-- Name: COLUMN active_calls.lease_expires_at; Type: ACL; Schema: public

GRANT SELECT(lease_expires_at) ON TABLE public.active_calls TO authenticated;

-- Name: FUNCTION reason_to_end(call public.active_calls); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.reason_to_end(call public.active_calls) FROM PUBLIC;

-- Name: FUNCTION refuse_dialogue(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_policy jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.refuse_dialogue(invite private.invite, p_reason public.refusal_reason, number public.sip_numbers, p_policy jsonb) FROM PUBLIC;

-- Name: FUNCTION reserve_slot(invite private.invite, number public.sip_numbers, organization public.organizations, p_session_id uuid, p_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.reserve_slot(invite private.invite, number public.sip_numbers, organization public.organizations, p_session_id uuid, p_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION retry_at(p_failed integer); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.retry_at(p_failed integer) FROM PUBLIC;

-- Name: FUNCTION said_so_far(session public.sessions); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.said_so_far(session public.sessions) FROM PUBLIC;

-- Name: FUNCTION saver_name(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.saver_name() FROM PUBLIC;

-- Name: FUNCTION see_worker(p_worker text, p_status jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.see_worker(p_worker text, p_status jsonb) FROM PUBLIC;

-- Name: FUNCTION seen_lately(p_seen_at timestamp with time zone); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.seen_lately(p_seen_at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION slots_at_most(p_limit bigint); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.slots_at_most(p_limit bigint) FROM PUBLIC;

-- Name: FUNCTION spans_of(p_hours jsonb, p_day date); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.spans_of(p_hours jsonb, p_day date) FROM PUBLIC;

-- Name: FUNCTION stamp_config_revision(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.stamp_config_revision() FROM PUBLIC;

-- Name: FUNCTION tell_breaker(session public.sessions, p_provider text, p_news private.breaker_news, p_reason text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.tell_breaker(session public.sessions, p_provider text, p_news private.breaker_news, p_reason text) FROM PUBLIC;

-- Name: FUNCTION tell_providers(session public.sessions, p_providers jsonb, p_told text[]); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.tell_providers(session public.sessions, p_providers jsonb, p_told text[]) FROM PUBLIC;

-- Name: FUNCTION tell_webhooks(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.tell_webhooks() FROM PUBLIC;

-- Name: TABLE tickets; Type: ACL; Schema: public

GRANT ALL ON TABLE public.tickets TO service_role;
GRANT SELECT ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.organization_id; Type: ACL; Schema: public

GRANT INSERT(organization_id) ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.session_id; Type: ACL; Schema: public

GRANT INSERT(session_id) ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.status; Type: ACL; Schema: public

GRANT UPDATE(status) ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.priority; Type: ACL; Schema: public

GRANT INSERT(priority),UPDATE(priority) ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.title; Type: ACL; Schema: public

GRANT INSERT(title),UPDATE(title) ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.body; Type: ACL; Schema: public

GRANT INSERT(body),UPDATE(body) ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.contact; Type: ACL; Schema: public

GRANT INSERT(contact),UPDATE(contact) ON TABLE public.tickets TO authenticated;

-- Name: COLUMN tickets.closed_at; Type: ACL; Schema: public

GRANT UPDATE(closed_at) ON TABLE public.tickets TO authenticated;

-- Name: FUNCTION ticket_json(ticket public.tickets); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.ticket_json(ticket public.tickets) FROM PUBLIC;
GRANT ALL ON FUNCTION private.ticket_json(ticket public.tickets) TO authenticated;

-- Name: FUNCTION to_columns(p_fields jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.to_columns(p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.to_columns(p_fields jsonb) TO authenticated;

-- Name: FUNCTION try_new_key(); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.try_new_key() FROM PUBLIC;

-- Name: FUNCTION unserved_reason(p_policy jsonb, organization public.organizations); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.unserved_reason(p_policy jsonb, organization public.organizations) FROM PUBLIC;

-- Name: FUNCTION usable_keys(p_organization_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.usable_keys(p_organization_id uuid) FROM PUBLIC;

-- Name: FUNCTION webhook_data(p_event text, p_row jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.webhook_data(p_event text, p_row jsonb) FROM PUBLIC;

-- Name: FUNCTION webhook_json(p_id uuid); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.webhook_json(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.webhook_json(p_id uuid) TO authenticated;

-- Name: FUNCTION whole_of(part public.usage_unit); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.whole_of(part public.usage_unit) FROM PUBLIC;

-- Name: FUNCTION without_secrets(p_row jsonb); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.without_secrets(p_row jsonb) FROM PUBLIC;

-- Name: FUNCTION written_layer(p_layer public.config_layer, p_organization text, p_name text); Type: ACL; Schema: private

REVOKE ALL ON FUNCTION private.written_layer(p_layer public.config_layer, p_organization text, p_name text) FROM PUBLIC;

-- Name: FUNCTION admit_call(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.admit_call(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.admit_call(p_called text, p_caller text, p_sip_call_id text, p_sip_from_tag text, p_room text) TO switchboard_dispatch;

-- Name: FUNCTION adopt_call(p_session_id uuid, p_worker text, p_call jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.adopt_call(p_session_id uuid, p_worker text, p_call jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.adopt_call(p_session_id uuid, p_worker text, p_call jsonb) TO switchboard_agent;

-- Name: FUNCTION answer_call(p_session_id uuid, p_worker text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.answer_call(p_session_id uuid, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_call(p_session_id uuid, p_worker text) TO switchboard_agent;

-- Name: FUNCTION api_accept_invitations(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_accept_invitations() FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_accept_invitations() TO authenticated;

-- Name: FUNCTION api_add_agent(p_organization_id uuid, p_name text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_add_agent(p_organization_id uuid, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_add_agent(p_organization_id uuid, p_name text) TO authenticated;

-- Name: FUNCTION api_add_api_key(p_key jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_add_api_key(p_key jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_add_api_key(p_key jsonb) TO authenticated;

-- Name: FUNCTION api_add_numbers(p_numbers jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_add_numbers(p_numbers jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_add_numbers(p_numbers jsonb) TO authenticated;

-- Name: FUNCTION api_add_organization(p_organization jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_add_organization(p_organization jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_add_organization(p_organization jsonb) TO authenticated;

-- Name: FUNCTION api_add_ticket(p_ticket jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_add_ticket(p_ticket jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_add_ticket(p_ticket jsonb) TO authenticated;

-- Name: FUNCTION api_add_webhook(p_webhook jsonb, p_sealed jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_add_webhook(p_webhook jsonb, p_sealed jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_add_webhook(p_webhook jsonb, p_sealed jsonb) TO authenticated;

-- Name: FUNCTION api_agents(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_agents(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_agents(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_api_keys(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_api_keys(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_api_keys(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_audit(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_audit(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_audit(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_begin_request(p_key text, p_fingerprint text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_begin_request(p_key text, p_fingerprint text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_begin_request(p_key text, p_fingerprint text) TO authenticated;

-- Name: FUNCTION api_breakers(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_breakers(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_breakers(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_call(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_call(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_call(p_id uuid) TO authenticated;

-- Name: FUNCTION api_call_recordings(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_call_recordings(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_call_recordings(p_id uuid) TO authenticated;

-- Name: FUNCTION api_caller(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_caller() FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_caller() TO authenticated;

-- Name: FUNCTION api_calls(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_calls(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_calls(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_change_agent(p_id uuid, p_changes jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_change_agent(p_id uuid, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_change_agent(p_id uuid, p_changes jsonb) TO authenticated;

-- Name: FUNCTION api_change_member(p_organization_id uuid, p_user_id uuid, p_role public.member_role); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_change_member(p_organization_id uuid, p_user_id uuid, p_role public.member_role) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_change_member(p_organization_id uuid, p_user_id uuid, p_role public.member_role) TO authenticated;

-- Name: FUNCTION api_change_number(p_id uuid, p_changes jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_change_number(p_id uuid, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_change_number(p_id uuid, p_changes jsonb) TO authenticated;

-- Name: FUNCTION api_change_organization(p_id uuid, p_changes jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_change_organization(p_id uuid, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_change_organization(p_id uuid, p_changes jsonb) TO authenticated;

-- Name: FUNCTION api_change_ticket(p_id uuid, p_changes jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_change_ticket(p_id uuid, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_change_ticket(p_id uuid, p_changes jsonb) TO authenticated;

-- Name: FUNCTION api_change_webhook(p_id uuid, p_changes jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_change_webhook(p_id uuid, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_change_webhook(p_id uuid, p_changes jsonb) TO authenticated;

-- Name: FUNCTION api_drop_request(p_key text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_drop_request(p_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_drop_request(p_key text) TO authenticated;

-- Name: FUNCTION api_end_call(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_end_call(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_end_call(p_id uuid) TO authenticated;

-- Name: FUNCTION api_end_request(p_key text, p_status integer, p_body jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_end_request(p_key text, p_status integer, p_body jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_end_request(p_key text, p_status integer, p_body jsonb) TO authenticated;

-- Name: FUNCTION api_health(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_health(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_health(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_invite(p_organization_id uuid, p_email text, p_role public.member_role); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_invite(p_organization_id uuid, p_email text, p_role public.member_role) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_invite(p_organization_id uuid, p_email text, p_role public.member_role) TO authenticated;

-- Name: FUNCTION api_layer(p_layer public.config_layer, p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_layer(p_layer public.config_layer, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_layer(p_layer public.config_layer, p_id uuid) TO authenticated;

-- Name: FUNCTION api_layers(p_layer public.config_layer, p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_layers(p_layer public.config_layer, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_layers(p_layer public.config_layer, p_id uuid) TO authenticated;

-- Name: FUNCTION api_listen(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_listen(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_listen(p_id uuid) TO authenticated;

-- Name: FUNCTION api_live_calls(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_live_calls(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_live_calls(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_members(p_organization_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_members(p_organization_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_members(p_organization_id uuid) TO authenticated;

-- Name: FUNCTION api_news(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_news(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_news(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_numbers(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_numbers(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_numbers(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_organizations(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_organizations(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_organizations(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_play_recording(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_play_recording(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_play_recording(p_id uuid) TO authenticated;

-- Name: FUNCTION api_prices(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_prices() FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_prices() TO authenticated;

-- Name: FUNCTION api_probe(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_probe(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_probe(p_id uuid) TO authenticated;

-- Name: FUNCTION api_probe_key(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_probe_key(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_probe_key(p_id uuid) TO authenticated;

-- Name: FUNCTION api_probe_number(p_id uuid, p_draft jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_probe_number(p_id uuid, p_draft jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_probe_number(p_id uuid, p_draft jsonb) TO authenticated;

-- Name: FUNCTION api_provider_keys(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_provider_keys(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_provider_keys(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_put_price(p_price jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_put_price(p_price jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_put_price(p_price jsonb) TO authenticated;

-- Name: FUNCTION api_put_provider_key(p_organization_id uuid, p_provider text, p_sealed jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_put_provider_key(p_organization_id uuid, p_provider text, p_sealed jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_put_provider_key(p_organization_id uuid, p_provider text, p_sealed jsonb) TO authenticated;

-- Name: FUNCTION api_recording_part(p_id uuid, p_part integer); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_recording_part(p_id uuid, p_part integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_recording_part(p_id uuid, p_part integer) TO authenticated;

-- Name: FUNCTION api_refusals(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_refusals(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_refusals(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_remove_agent(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_agent(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_agent(p_id uuid) TO authenticated;

-- Name: FUNCTION api_remove_api_key(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_api_key(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_api_key(p_id uuid) TO authenticated;

-- Name: FUNCTION api_remove_member(p_organization_id uuid, p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_member(p_organization_id uuid, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_member(p_organization_id uuid, p_id uuid) TO authenticated;

-- Name: FUNCTION api_remove_number(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_number(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_number(p_id uuid) TO authenticated;

-- Name: FUNCTION api_remove_price(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_price(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_price(p_id uuid) TO authenticated;

-- Name: FUNCTION api_remove_provider_key(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_provider_key(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_provider_key(p_id uuid) TO authenticated;

-- Name: FUNCTION api_remove_recording(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_recording(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_recording(p_id uuid) TO authenticated;

-- Name: FUNCTION api_remove_webhook(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_remove_webhook(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_remove_webhook(p_id uuid) TO authenticated;

-- Name: FUNCTION api_replay_delivery(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_replay_delivery(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_replay_delivery(p_id uuid) TO authenticated;

-- Name: FUNCTION api_reset_breakers(p_organization_id uuid, p_provider text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_reset_breakers(p_organization_id uuid, p_provider text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_reset_breakers(p_organization_id uuid, p_provider text) TO authenticated;

-- Name: FUNCTION api_save_layer(p_layer public.config_layer, p_id uuid, p_config jsonb, p_revision bigint); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_save_layer(p_layer public.config_layer, p_id uuid, p_config jsonb, p_revision bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_save_layer(p_layer public.config_layer, p_id uuid, p_config jsonb, p_revision bigint) TO authenticated;

-- Name: FUNCTION api_statistics(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_statistics(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_statistics(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_test_webhook(p_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_test_webhook(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_test_webhook(p_id uuid) TO authenticated;

-- Name: FUNCTION api_tickets(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_tickets(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_tickets(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_versions(p_layer public.config_layer, p_id uuid, p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_versions(p_layer public.config_layer, p_id uuid, p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_versions(p_layer public.config_layer, p_id uuid, p_query jsonb) TO authenticated;

-- Name: FUNCTION api_webhook_deliveries(p_webhook_id uuid, p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_webhook_deliveries(p_webhook_id uuid, p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_webhook_deliveries(p_webhook_id uuid, p_query jsonb) TO authenticated;

-- Name: FUNCTION api_webhooks(p_query jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_webhooks(p_query jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_webhooks(p_query jsonb) TO authenticated;

-- Name: FUNCTION api_workers(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.api_workers() FROM PUBLIC;
GRANT ALL ON FUNCTION public.api_workers() TO authenticated;

-- Name: FUNCTION claim_call(p_session_id uuid, p_placements integer, p_from_worker boolean); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.claim_call(p_session_id uuid, p_placements integer, p_from_worker boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_call(p_session_id uuid, p_placements integer, p_from_worker boolean) TO switchboard_dispatch;

-- Name: FUNCTION claim_lost_calls(p_limit integer); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.claim_lost_calls(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_lost_calls(p_limit integer) TO switchboard_dispatch;

-- Name: FUNCTION claim_webhook_deliveries(p_limit integer); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.claim_webhook_deliveries(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_webhook_deliveries(p_limit integer) TO switchboard_dispatch;

-- Name: FUNCTION config_changes(p_since bigint); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.config_changes(p_since bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.config_changes(p_since bigint) TO switchboard_agent;

-- Name: FUNCTION config_history(p_layer public.config_layer, p_organization text, p_name text, p_limit integer); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.config_history(p_layer public.config_layer, p_organization text, p_name text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.config_history(p_layer public.config_layer, p_organization text, p_name text, p_limit integer) TO switchboard_operator;

-- Name: FUNCTION current_config(p_layer public.config_layer, p_organization text, p_name text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.current_config(p_layer public.config_layer, p_organization text, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_config(p_layer public.config_layer, p_organization text, p_name text) TO switchboard_operator;

-- Name: FUNCTION end_call(p_session_id uuid); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.end_call(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_call(p_session_id uuid) TO switchboard_operator;

-- Name: FUNCTION end_refusal(p_refusal_id bigint, p_outcome text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.end_refusal(p_refusal_id bigint, p_outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_refusal(p_refusal_id bigint, p_outcome text) TO switchboard_dispatch;
GRANT ALL ON FUNCTION public.end_refusal(p_refusal_id bigint, p_outcome text) TO switchboard_agent;

-- Name: FUNCTION finish_call(p_session_id uuid, p_end_reason text, p_record jsonb, p_worker text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.finish_call(p_session_id uuid, p_end_reason text, p_record jsonb, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.finish_call(p_session_id uuid, p_end_reason text, p_record jsonb, p_worker text) TO switchboard_dispatch;
GRANT ALL ON FUNCTION public.finish_call(p_session_id uuid, p_end_reason text, p_record jsonb, p_worker text) TO switchboard_agent;

-- Name: FUNCTION finish_probe(p_id uuid, p_worker text, p_result jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.finish_probe(p_id uuid, p_worker text, p_result jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.finish_probe(p_id uuid, p_worker text, p_result jsonb) TO switchboard_agent;

-- Name: FUNCTION forget_recordings(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.forget_recordings() FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_recordings() TO switchboard_dispatch;

-- Name: FUNCTION keep_recording(p_session_id uuid, p_worker text, p_recording jsonb, p_part integer, p_sound text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.keep_recording(p_session_id uuid, p_worker text, p_recording jsonb, p_part integer, p_sound text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_recording(p_session_id uuid, p_worker text, p_recording jsonb, p_part integer, p_sound text) TO switchboard_agent;

-- Name: FUNCTION live_calls(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.live_calls() FROM PUBLIC;
GRANT ALL ON FUNCTION public.live_calls() TO switchboard_dispatch;

-- Name: FUNCTION lookup_number(p_called text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.lookup_number(p_called text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lookup_number(p_called text) TO switchboard_agent;

-- Name: FUNCTION lookup_number_before(p_called text, p_revision bigint); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.lookup_number_before(p_called text, p_revision bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lookup_number_before(p_called text, p_revision bigint) TO switchboard_agent;

-- Name: FUNCTION note_calls(p_worker text, p_notes jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.note_calls(p_worker text, p_notes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_calls(p_worker text, p_notes jsonb) TO switchboard_agent;

-- Name: FUNCTION numbers_as_assigned(p_phone_numbers text[]); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.numbers_as_assigned(p_phone_numbers text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.numbers_as_assigned(p_phone_numbers text[]) TO switchboard_operator;

-- Name: FUNCTION open_ticket(p_session_id uuid, p_worker text, p_ticket jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.open_ticket(p_session_id uuid, p_worker text, p_ticket jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_ticket(p_session_id uuid, p_worker text, p_ticket jsonb) TO switchboard_agent;

-- Name: FUNCTION operator_breakers(p_tenant text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.operator_breakers(p_tenant text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_breakers(p_tenant text) TO switchboard_operator;

-- Name: FUNCTION operator_calls(p_tenant text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.operator_calls(p_tenant text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_calls(p_tenant text) TO switchboard_operator;

-- Name: FUNCTION operator_pools(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.operator_pools() FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_pools() TO switchboard_operator;

-- Name: FUNCTION operator_workers(); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.operator_workers() FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_workers() TO switchboard_operator;

-- Name: FUNCTION pin_pool(p_tenant text, p_pool text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.pin_pool(p_tenant text, p_pool text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.pin_pool(p_tenant text, p_pool text) TO switchboard_operator;

-- Name: FUNCTION put_agent(p_organization text, p_name text, p_default boolean, p_config jsonb, p_by text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.put_agent(p_organization text, p_name text, p_default boolean, p_config jsonb, p_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_agent(p_organization text, p_name text, p_default boolean, p_config jsonb, p_by text) TO switchboard_operator;

-- Name: FUNCTION put_number(p_organization text, p_phone_number text, p_label text, p_agent text, p_override jsonb, p_active boolean, p_by text, p_max_concurrent_calls integer); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.put_number(p_organization text, p_phone_number text, p_label text, p_agent text, p_override jsonb, p_active boolean, p_by text, p_max_concurrent_calls integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_number(p_organization text, p_phone_number text, p_label text, p_agent text, p_override jsonb, p_active boolean, p_by text, p_max_concurrent_calls integer) TO switchboard_operator;

-- Name: FUNCTION put_organization(p_slug text, p_name text, p_config jsonb, p_by text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.put_organization(p_slug text, p_name text, p_config jsonb, p_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_organization(p_slug text, p_name text, p_config jsonb, p_by text) TO switchboard_operator;

-- Name: FUNCTION put_platform(p_config jsonb, p_by text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.put_platform(p_config jsonb, p_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_platform(p_config jsonb, p_by text) TO switchboard_operator;

-- Name: FUNCTION put_provider_key(p_organization text, p_provider text, p_key_id text, p_ciphertext text, p_last_four text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.put_provider_key(p_organization text, p_provider text, p_key_id text, p_ciphertext text, p_last_four text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_provider_key(p_organization text, p_provider text, p_key_id text, p_ciphertext text, p_last_four text) TO switchboard_operator;

-- Name: FUNCTION refuse_call(p_session_id uuid, p_reason text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.refuse_call(p_session_id uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.refuse_call(p_session_id uuid, p_reason text) TO switchboard_dispatch;

-- Name: FUNCTION release_call(p_session_id uuid, p_worker text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.release_call(p_session_id uuid, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.release_call(p_session_id uuid, p_worker text) TO switchboard_agent;

-- Name: FUNCTION release_webhook_delivery(p_id uuid, p_attempt integer); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.release_webhook_delivery(p_id uuid, p_attempt integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.release_webhook_delivery(p_id uuid, p_attempt integer) TO switchboard_dispatch;

-- Name: FUNCTION release_worker(p_worker text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.release_worker(p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.release_worker(p_worker text) TO switchboard_agent;

-- Name: FUNCTION renew_leases(p_worker text, p_session_ids uuid[], p_status jsonb); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.renew_leases(p_worker text, p_session_ids uuid[], p_status jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.renew_leases(p_worker text, p_session_ids uuid[], p_status jsonb) TO switchboard_agent;

-- Name: FUNCTION report_provider(p_session_id uuid, p_worker text, p_provider text, p_failure text, p_fatal boolean); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.report_provider(p_session_id uuid, p_worker text, p_provider text, p_failure text, p_fatal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.report_provider(p_session_id uuid, p_worker text, p_provider text, p_failure text, p_fatal boolean) TO switchboard_agent;

-- Name: FUNCTION reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reseal_key(p_id uuid, p_key_id text, p_ciphertext text, p_was text) TO switchboard_operator;

-- Name: FUNCTION reset_breakers(p_tenant text, p_provider text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.reset_breakers(p_tenant text, p_provider text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reset_breakers(p_tenant text, p_provider text) TO switchboard_operator;

-- Name: FUNCTION restore_config(p_revision bigint, p_by text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.restore_config(p_revision bigint, p_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.restore_config(p_revision bigint, p_by text) TO switchboard_operator;

-- Name: FUNCTION restore_config_version(p_revision bigint); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.restore_config_version(p_revision bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.restore_config_version(p_revision bigint) TO authenticated;

-- Name: FUNCTION room_decision(p_room text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.room_decision(p_room text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.room_decision(p_room text) TO switchboard_dispatch;

-- Name: FUNCTION room_decisions(p_rooms text[]); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.room_decisions(p_rooms text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.room_decisions(p_rooms text[]) TO switchboard_dispatch;

-- Name: FUNCTION sealed_keys(p_not_key_id text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.sealed_keys(p_not_key_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sealed_keys(p_not_key_id text) TO switchboard_operator;

-- Name: FUNCTION set_pool(p_name text, p_most integer); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.set_pool(p_name text, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_pool(p_name text, p_most integer) TO switchboard_operator;

-- Name: FUNCTION settle_webhook_delivery(p_id uuid, p_attempt integer, p_delivered boolean, p_status integer, p_error text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.settle_webhook_delivery(p_id uuid, p_attempt integer, p_delivered boolean, p_status integer, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_webhook_delivery(p_id uuid, p_attempt integer, p_delivered boolean, p_status integer, p_error text) TO switchboard_dispatch;

-- Name: FUNCTION take_call(p_session_id uuid, p_worker text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.take_call(p_session_id uuid, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_call(p_session_id uuid, p_worker text) TO switchboard_agent;

-- Name: FUNCTION take_probe(p_worker text, p_pool text); Type: ACL; Schema: public

REVOKE ALL ON FUNCTION public.take_probe(p_worker text, p_pool text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_probe(p_worker text, p_pool text) TO switchboard_agent;

-- Name: TABLE active_refusals; Type: ACL; Schema: public

GRANT ALL ON TABLE public.active_refusals TO service_role;
GRANT SELECT ON TABLE public.active_refusals TO authenticated;

-- Name: SEQUENCE audit_log_id_seq; Type: ACL; Schema: public

GRANT ALL ON SEQUENCE public.audit_log_id_seq TO service_role;

-- Name: TABLE call_refusals; Type: ACL; Schema: public

GRANT ALL ON TABLE public.call_refusals TO service_role;

-- Name: COLUMN call_refusals.id; Type: ACL; Schema: public

GRANT SELECT(id) ON TABLE public.call_refusals TO authenticated;

-- Name: COLUMN call_refusals.organization_id; Type: ACL; Schema: public

GRANT SELECT(organization_id) ON TABLE public.call_refusals TO authenticated;

-- Name: COLUMN call_refusals.sip_number_id; Type: ACL; Schema: public

GRANT SELECT(sip_number_id) ON TABLE public.call_refusals TO authenticated;

-- Name: COLUMN call_refusals.session_id; Type: ACL; Schema: public

GRANT SELECT(session_id) ON TABLE public.call_refusals TO authenticated;

-- Name: COLUMN call_refusals.reason; Type: ACL; Schema: public

GRANT SELECT(reason) ON TABLE public.call_refusals TO authenticated;

-- Name: COLUMN call_refusals.called_number; Type: ACL; Schema: public

GRANT SELECT(called_number) ON TABLE public.call_refusals TO authenticated;

-- Name: COLUMN call_refusals.refused_at; Type: ACL; Schema: public

GRANT SELECT(refused_at) ON TABLE public.call_refusals TO authenticated;

-- Name: SEQUENCE call_refusals_id_seq; Type: ACL; Schema: public

GRANT ALL ON SEQUENCE public.call_refusals_id_seq TO service_role;

-- Name: TABLE carriers; Type: ACL; Schema: public

GRANT ALL ON TABLE public.carriers TO service_role;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.carriers TO authenticated;

-- Name: TABLE config_versions; Type: ACL; Schema: public

GRANT ALL ON TABLE public.config_versions TO service_role;
GRANT SELECT ON TABLE public.config_versions TO authenticated;

-- Name: TABLE gateways; Type: ACL; Schema: public

GRANT ALL ON TABLE public.gateways TO service_role;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.gateways TO authenticated;

-- Name: TABLE invitations; Type: ACL; Schema: public

GRANT ALL ON TABLE public.invitations TO service_role;
GRANT SELECT,DELETE ON TABLE public.invitations TO authenticated;

-- Name: COLUMN invitations.organization_id; Type: ACL; Schema: public

GRANT INSERT(organization_id) ON TABLE public.invitations TO authenticated;

-- Name: COLUMN invitations.email; Type: ACL; Schema: public

GRANT INSERT(email) ON TABLE public.invitations TO authenticated;

-- Name: COLUMN invitations.role; Type: ACL; Schema: public

GRANT INSERT(role) ON TABLE public.invitations TO authenticated;

-- Name: TABLE organization_members; Type: ACL; Schema: public

GRANT ALL ON TABLE public.organization_members TO service_role;
GRANT SELECT,INSERT,DELETE ON TABLE public.organization_members TO authenticated;

-- Name: COLUMN organization_members.role; Type: ACL; Schema: public

GRANT UPDATE(role) ON TABLE public.organization_members TO authenticated;

-- Name: TABLE platform_admins; Type: ACL; Schema: public

GRANT ALL ON TABLE public.platform_admins TO service_role;
GRANT SELECT ON TABLE public.platform_admins TO authenticated;

-- Name: TABLE platform_settings; Type: ACL; Schema: public

GRANT ALL ON TABLE public.platform_settings TO service_role;
GRANT SELECT ON TABLE public.platform_settings TO authenticated;

-- Name: COLUMN platform_settings.config; Type: ACL; Schema: public

GRANT UPDATE(config) ON TABLE public.platform_settings TO authenticated;

-- Name: COLUMN platform_settings.max_concurrent_calls; Type: ACL; Schema: public

GRANT UPDATE(max_concurrent_calls) ON TABLE public.platform_settings TO authenticated;

-- Name: TABLE pools; Type: ACL; Schema: public

GRANT ALL ON TABLE public.pools TO service_role;
GRANT SELECT ON TABLE public.pools TO authenticated;

-- Name: TABLE provider_keys; Type: ACL; Schema: public

GRANT ALL ON TABLE public.provider_keys TO service_role;

-- Name: COLUMN provider_keys.id; Type: ACL; Schema: public

GRANT SELECT(id) ON TABLE public.provider_keys TO authenticated;

-- Name: COLUMN provider_keys.organization_id; Type: ACL; Schema: public

GRANT SELECT(organization_id) ON TABLE public.provider_keys TO authenticated;

-- Name: COLUMN provider_keys.provider; Type: ACL; Schema: public

GRANT SELECT(provider) ON TABLE public.provider_keys TO authenticated;

-- Name: COLUMN provider_keys.key_id; Type: ACL; Schema: public

GRANT SELECT(key_id) ON TABLE public.provider_keys TO authenticated;

-- Name: COLUMN provider_keys.last_four; Type: ACL; Schema: public

GRANT SELECT(last_four) ON TABLE public.provider_keys TO authenticated;

-- Name: COLUMN provider_keys.created_at; Type: ACL; Schema: public

GRANT SELECT(created_at) ON TABLE public.provider_keys TO authenticated;

-- Name: COLUMN provider_keys.revoked_at; Type: ACL; Schema: public

GRANT SELECT(revoked_at) ON TABLE public.provider_keys TO authenticated;

-- Name: TABLE recordings; Type: ACL; Schema: public

GRANT ALL ON TABLE public.recordings TO service_role;
GRANT SELECT,DELETE ON TABLE public.recordings TO authenticated;

-- Name: TABLE session_transfers; Type: ACL; Schema: public

GRANT ALL ON TABLE public.session_transfers TO service_role;
GRANT SELECT ON TABLE public.session_transfers TO authenticated;

-- Name: TABLE session_turns; Type: ACL; Schema: public

GRANT ALL ON TABLE public.session_turns TO service_role;
GRANT SELECT ON TABLE public.session_turns TO authenticated;

-- Name: TABLE webhook_endpoints; Type: ACL; Schema: public

GRANT ALL ON TABLE public.webhook_endpoints TO service_role;

-- Name: COLUMN webhook_endpoints.id; Type: ACL; Schema: public

GRANT SELECT(id) ON TABLE public.webhook_endpoints TO authenticated;

-- Name: COLUMN webhook_endpoints.organization_id; Type: ACL; Schema: public

GRANT SELECT(organization_id) ON TABLE public.webhook_endpoints TO authenticated;

-- Name: COLUMN webhook_endpoints.url; Type: ACL; Schema: public

GRANT SELECT(url) ON TABLE public.webhook_endpoints TO authenticated;

-- Name: COLUMN webhook_endpoints.events; Type: ACL; Schema: public

GRANT SELECT(events) ON TABLE public.webhook_endpoints TO authenticated;

-- Name: COLUMN webhook_endpoints.active; Type: ACL; Schema: public

GRANT SELECT(active) ON TABLE public.webhook_endpoints TO authenticated;

-- Name: COLUMN webhook_endpoints.created_at; Type: ACL; Schema: public

GRANT SELECT(created_at) ON TABLE public.webhook_endpoints TO authenticated;

-- Name: TABLE workers; Type: ACL; Schema: public

GRANT ALL ON TABLE public.workers TO service_role;
GRANT SELECT ON TABLE public.workers TO authenticated;

-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: public

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON SEQUENCES  TO service_role;

-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: public

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON TABLES  TO service_role;
