/**
 * The same functions through the embedded Supabase, as the services call them: supabase-js, HTTP, a narrow role's token.
 * Local runs stand on it, so the grants of the migrations must hold there too.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import type { CallRecord } from '../../shared/call-record.ts';
import { resolveConfig } from '../../shared/config/index.ts';
import {
  configChangeSchema,
  leaseVerdictSchema,
  liveCallSchema,
  numberRowSchema,
  openedTicketSchema,
  roomDecisionSchema,
  roomDecisionsSchema,
  takenSchema,
} from '../../shared/contracts.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { openProviderKey, parseKeyRing } from '../../shared/provider-keys.ts';
import { admit, admitted, answeredSchema, finish, invite, refusalOf, refusedSchema } from './calls.ts';
import { claimLost, Holder } from './holder.ts';
import { putSchema, restoredSchema, versionSchema } from './operator.ts';
import { type Request, requestsTo, signUp } from './rest.ts';

const harbor = '0a000000-0000-4000-8000-000000000001';
const secret = 'ab'.repeat(32);

describe('the embedded Supabase', () => {
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-supabase-'));
  let supabase: RunningSupabase;
  let dispatch: Database;
  let agent: Database;
  let operator: Database;
  let request: Request;
  let ownerToken: string;
  let strangerToken: string;
  beforeAll(async () => {
    supabase = await startSupabase({ runDir, providersPort: 4321, providerKeysSecret: secret });
    const open = (token: string) =>
      openDatabase({ url: supabase.url, anonKey: supabase.anonKey, token, deadlineMs: 10_000 });
    dispatch = open(supabase.dispatchToken);
    agent = open(supabase.agentToken);
    operator = open(supabase.operatorToken);
    request = requestsTo(supabase);
    const owner = await signUp(request, 'owner@harbor-pizza.test');
    ownerToken = owner.token;
    strangerToken = (await signUp(request, 'stranger@nowhere.test')).token;
    const membership = { organization_id: harbor, user_id: owner.id, role: 'owner' };
    await request(supabase.serviceToken, 'POST', '/rest/v1/organization_members', membership);
  });
  afterAll(async () => {
    await supabase.close();
    rmSync(runDir, { recursive: true });
  });

  const forbidden = { code: '42501' };

  test('a call goes from admission to settlement through the tokens of dispatch and agent (R3.2)', async () => {
    const call = invite('+390612345678');
    const session = await admitted(dispatch, call);
    expect(await admit(dispatch, call)).toMatchObject({ outcome: 'admitted', sessionId: session, repeated: true });
    expect(await dispatch.rows('room_decision', { p_room: call.p_room }, roomDecisionSchema)).toMatchObject([
      { outcome: 'admitted', sessionId: session },
    ]);
    const held = { p_session_id: session, p_worker: 'shard-1' };
    expect(await agent.row('take_call', held, takenSchema)).toMatchObject({ taken: true, reason: null });
    expect(await agent.row('answer_call', held, answeredSchema)).toEqual({ answered: true });
    const renewal = { p_worker: 'shard-1', p_session_ids: [session] };
    expect(await agent.rows('renew_leases', renewal, leaseVerdictSchema)).toMatchObject([{ verdict: 'keep' }]);
    expect(await claimLost(dispatch)).toEqual([]);
    const refusal = { p_session_id: session, p_reason: 'no_worker' };
    expect(await dispatch.row('refuse_call', refusal, refusedSchema)).toEqual({ refused: false });
    const record = {
      turns: [{ role: 'agent', text: 'Buongiorno.', at_ms: 300 }],
      usage: [],
      timings: { answered: 300 },
    };
    expect([await finish(agent, session, 'caller_hung_up', record), await finish(dispatch, session)]).toEqual([
      true,
      false,
    ]);
  });

  test('a call is handed over with what was said, and what both workers used is on its record (R3.5)', async () => {
    const [first, second] = [new Holder(agent, 'shard-1'), new Holder(agent, 'shard-2')];
    const session = await admitted(dispatch, invite('2001'));
    await first.takeAndAnswer(session);
    const tokens = { kind: 'llm', provider: 'openai', model: 'm', unit: 'input_tokens', amount: 40 } as const;
    const said = { role: 'agent', text: 'Harbor Pizza!', at_ms: 300 } as const;
    for (const repetition of [1, 2])
      expect(await first.note(session, { turns: [{ ...said, position: 1 }], usage: [tokens] }), `${repetition}`).toBe(
        true,
      );
    expect(await first.gone()).toBe(1);
    expect(await claimLost(dispatch)).toMatchObject([{ sessionId: session, worker: 'shard-1', placements: 2 }]);
    expect(await first.renew(session)).toBe('lost');
    expect(await second.take(session)).toMatchObject({ taken: true, resumed: { turns: [said] }, openProviders: [] });
    const record = {
      turns: [said, said],
      usage: [tokens],
      providers: [{ provider: 'openai', outcome: 'ok' as const }],
    };
    expect(await second.finish(session, record)).toBe(true);
    const used = await request(supabase.serviceToken, 'GET', `/rest/v1/session_usage?session_id=eq.${session}`);
    expect(used.body).toMatchObject([{ amount: 80 }]);
  });

  test('a call that came while the database was away is adopted, watched and ended by the operator (R3.5)', async () => {
    const [holder, call, session] = [new Holder(agent, 'shard-1'), invite('2001'), randomUUID()];
    const number = await agent.row('lookup_number', { p_called: '2001' }, numberRowSchema);
    const at = new Date().toISOString();
    const told = {
      tenant: 'harbor-pizza',
      number_id: number.numberId,
      called_number: call.p_called,
      caller_number: call.p_caller,
      sip_call_id: call.p_sip_call_id,
      sip_from_tag: call.p_sip_from_tag,
      room: call.p_room,
      admitted_at: at,
      answered_at: at,
    };
    for (const repetition of [1, 2])
      expect(await holder.adopt(session, told), `${repetition}`).toEqual({ adopted: true, reason: null });
    const live = await dispatch.rows('live_calls', {}, liveCallSchema);
    expect(live.filter(({ room }) => room === call.p_room)).toMatchObject([{ state: 'active', worker: 'shard-1' }]);
    const rooms = { p_rooms: [call.p_room, 'call_x'] };
    expect(await dispatch.rows('room_decisions', rooms, roomDecisionsSchema)).toMatchObject([
      { outcome: 'admitted', sessionId: session, over: false, spoken: false },
    ]);
    const asked = await operator.rows('end_call', { p_session_id: session }, z.object({ asked: z.boolean() }));
    expect(asked).toEqual([{ asked: true }]);
    const status = { pool: 'switchboard', version: '1', capacity: 8, calls: 1, load: 0.5, draining: false };
    expect(await holder.verdicts([session], status)).toMatchObject([{ verdict: 'end', reason: 'told_to_end' }]);
    const workers = await operator.rows('operator_workers', {}, z.looseObject({ name: z.string() }));
    expect(workers.find(({ name }) => name === 'shard-1')).toMatchObject(status);
    expect(await holder.finish(session, null, 'told_to_end')).toBe(true);
  });

  test('a refused key opens the breaker of its tenant alone, until the operator closes it (R3.6)', async () => {
    const holder = new Holder(agent, 'shard-1');
    const session = await admitted(dispatch, invite('2001'));
    await holder.takeAndAnswer(session);
    expect(await holder.report(session, 'deepgram', 'bad_key', true)).toBe(true);
    await holder.finish(session, null, 'provider_failed');
    expect(await refusalOf(dispatch, invite('2001'))).toBe('breaker_open');
    const other = await admitted(dispatch, invite('+390612345678'));
    expect((await holder.take(other)).openProviders).toEqual([]);
    await holder.finish(other);
    const breakerSchema = z.looseObject({ state: z.string(), open_until: z.coerce.date() });
    expect(await operator.rows('operator_breakers', {}, breakerSchema)).toMatchObject([
      { tenant: 'harbor-pizza', provider: null, state: 'open', last_reason: 'bad_key' },
      { tenant: 'harbor-pizza', provider: 'deepgram', state: 'open', last_reason: 'bad_key' },
    ]);
    await operator.row('reset_breakers', { p_tenant: 'harbor-pizza' }, z.object({ reset: z.literal(2) }));
    await holder.finish(await admitted(dispatch, invite('2001')));
  });

  test.each([
    ['2999', 'unknown_number'],
    ['2009', 'number_inactive'],
    ["'; drop table", 'malformed_number'],
  ])('a call to %s is refused with %s (R1.5)', async (called, reason) => {
    expect(await refusalOf(dispatch, invite(called))).toBe(reason);
  });

  test('a caller is refused as the number wants it, by the clock of its business (R3.4, R2.9)', async () => {
    const type = (config_override: object) =>
      request(supabase.serviceToken, 'PATCH', '/rest/v1/sip_numbers?label=eq.reception', { config_override });
    await type({
      hours: { weekly: {}, closed: { action: 'refuse' } },
      refusal: { action: 'forward', to: '2050' },
    });
    const call = invite('+390612345678');
    const refused = await admit(dispatch, call);
    await type({});
    expect(refused).toMatchObject({
      outcome: 'refused',
      reason: 'outside_hours',
      answer: { action: 'forward', to: '2050', language: 'it' },
    });
    expect(await admit(dispatch, call)).toEqual(refused);
    if (refused.outcome !== 'refused' || refused.answer.action === 'busy') throw new Error('the caller hears busy');
    const end = { p_refusal_id: refused.answer.refusal_id, p_outcome: 'forwarded' };
    const endedSchema = z.object({ ended: z.boolean() });
    expect(await agent.row('end_refusal', end, endedSchema)).toEqual({ ended: true });
    expect(await agent.row('end_refusal', end, endedSchema)).toEqual({ ended: false });
  });

  test('two numbers of one organisation and one of another: each has its own greeting, keys and providers (R1.4)', async () => {
    for (const [called, tenant, greeting] of [
      ['2001', 'harbor-pizza', 'orders'],
      ['2002', 'harbor-pizza', 'customer care'],
      ['+390612345678', 'studio-bianchi', 'buongiorno'],
    ] as const) {
      const row = await agent.row('lookup_number', { p_called: called }, numberRowSchema);
      const resolved = resolveConfig(row.layers);
      expect(resolved).toMatchObject({
        outcome: 'usable',
        config: {
          greeting: { text: expect.stringContaining(greeting) },
          providers: {
            deepgram: { base_url: 'http://127.0.0.1:4321' },
            openai: { base_url: 'http://127.0.0.1:4321/openai/v1' },
          },
        },
      });
      const owner = (provider: string) => ({ tenant: row.tenant, provider });
      const keys = row.providerKeys.map((key) => openProviderKey(parseKeyRing(secret), owner(key.provider), key));
      expect(keys).toEqual(row.providerKeys.map((key) => `dev-${key.provider}-${tenant}`));
      expect(row.providerKeys.map((key) => key.provider)).toEqual(expect.arrayContaining(['deepgram', 'openai']));
    }
  });

  test('a change is told to whoever polls with the token of the agent (R2.3)', async () => {
    const changes = (since: number | null) => agent.rows('config_changes', { p_since: since }, configChangeSchema);
    const [newest] = await changes(null);
    await request(supabase.serviceToken, 'PATCH', '/rest/v1/organizations?slug=eq.harbor-pizza', {
      name: 'Harbor Pizza',
    });
    const seen = await changes(newest?.revision ?? 0);
    expect(seen.map((change) => change.tenant)).toEqual(['harbor-pizza']);
    const row = await agent.row('lookup_number', { p_called: '2001' }, numberRowSchema);
    expect(row.changedRevision).toBe(seen[0]?.revision);
  });

  test('a business that the operator imports answers the next call, also on a number that nobody has (R2.4, R1.5)', async () => {
    const put = (name: string, args: object) => operator.row(name, { ...args, p_by: 'import-did' }, putSchema);
    await put('put_organization', { p_slug: 'trattoria', p_name: 'Trattoria', p_config: { language: 'it' } });
    await put('put_agent', { p_organization: 'trattoria', p_name: 'Sala', p_default: true, p_config: {} });
    await put('put_number', { p_organization: 'trattoria', p_phone_number: '+390655501', p_override: {} });
    await put('put_number', { p_organization: 'trattoria', p_phone_number: '*', p_max_concurrent_calls: 5 });
    const again = await put('put_number', { p_organization: 'trattoria', p_phone_number: '+390655501' });
    expect(again).toMatchObject({ created: false, changed: false });
    for (const called of ['+390655501', '390655501', '2888'])
      expect(await agent.row('lookup_number', { p_called: called }, numberRowSchema)).toMatchObject({
        tenant: 'trattoria',
        layers: { organization: { language: 'it' } },
      });
    expect(await admit(dispatch, invite('2888'))).toMatchObject({ outcome: 'admitted', tenant: 'trattoria' });
    await put('put_number', { p_organization: 'trattoria', p_phone_number: '*', p_active: false });
    expect(await refusalOf(dispatch, invite('2888'))).toBe('unknown_number');
  });

  test('what is typed into the table editor and cannot be a configuration is turned down with its path (R2.2)', async () => {
    const type = (config_override: unknown) =>
      request(supabase.serviceToken, 'PATCH', '/rest/v1/sip_numbers?label=eq.support', { config_override });
    for (const [config, problem] of [
      [{ greting: { text: 'hello' } }, 'greting: no such setting'],
      [{ greeting: 'hello' }, 'greeting: must be of type object or null, not string'],
    ] as const)
      expect(await type(config)).toMatchObject({
        body: { message: expect.stringContaining(`sip_numbers.config_override is no configuration: ${problem}`) },
      });
  });

  test('an owner goes back to an earlier version, and the operator sees who it was; a stranger does not (R2.6)', async () => {
    const number = { p_layer: 'number', p_name: '2002' };
    const history = () => operator.rows('config_history', number, versionSchema);
    const [before] = await history();
    await request(ownerToken, 'PATCH', '/rest/v1/sip_numbers?label=eq.support', { config_override: {} });
    const restore = async (token: string) =>
      (await request(token, 'POST', '/rest/v1/rpc/restore_config_version', { p_revision: before?.revision })).body;
    expect(await restore(strangerToken)).toEqual([{ restored: false, revision: null }]);
    expect(await restore(ownerToken)).toEqual([{ restored: true, revision: expect.any(Number) }]);
    const [newest, emptied] = await history();
    expect([newest?.config, emptied?.config]).toEqual([before?.config, {}]);
    expect(newest).toMatchObject({ active: true, saved_by: expect.stringMatching(/^[0-9a-f-]{36}$|@/) });
    const restored = await operator.row(
      'restore_config',
      { p_revision: emptied?.revision, p_by: 'Ada' },
      restoredSchema,
    );
    expect(restored.restored).toBe(true);
    expect((await history())[0]).toMatchObject({ saved_by: 'Ada', config: {} });
    await operator.row('restore_config', { p_revision: before?.revision }, restoredSchema);
  });

  test('a ticket and the transfers of a call are kept through the token of the agent (R4.5, R4.3)', async () => {
    const session = await admitted(dispatch, invite('2001'));
    const held = { p_session_id: session, p_worker: 'shard-1' };
    await agent.row('take_call', held, takenSchema);
    const ticket = { id: randomUUID(), kind: 'ticket', title: 'Oven', body: '', priority: 'high', contact: '' };
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await agent.row('open_ticket', { ...held, p_ticket: ticket }, openedTicketSchema)).toEqual({
        opened: true,
        reason: null,
      });
    const record: CallRecord = {
      turns: [],
      usage: [{ kind: 'realtime', provider: 'openai', model: 'x', unit: 'input_audio_tokens', amount: 12 }],
      timings: {},
      config: { revision: 7, source: 'last_good' },
      transfers: [{ destination: 'front-desk', uri_kind: 'sip', outcome: 'connected', at_ms: 5000 }],
    };
    expect(await finish(agent, session, 'transferred', record)).toBe(true);
    const kept = async (path: string) =>
      (await request(ownerToken, 'GET', `/rest/v1/${path}&session_id=eq.${session}`)).body;
    expect(await kept('tickets?select=title,priority,kind')).toEqual([
      { title: 'Oven', priority: 'high', kind: 'ticket' },
    ]);
    expect(await kept('session_transfers?select=destination,outcome')).toEqual([
      { destination: 'front-desk', outcome: 'connected' },
    ]);
    expect(await kept('session_usage?select=kind,unit')).toEqual([{ kind: 'realtime', unit: 'input_audio_tokens' }]);
  });

  test('a service that calls a function of the other is turned away (R7.1)', async () => {
    await expect(admit(agent, invite('2001'))).rejects.toThrow('permission denied for function');
    await expect(dispatch.rows('lookup_number', { p_called: '2001' }, numberRowSchema)).rejects.toThrow(
      'permission denied',
    );
  });

  test('someone without a token reads nothing and calls nothing (R7.1)', async () => {
    for (const table of ['organizations', 'sip_numbers', 'sessions', 'provider_keys'])
      expect(await request(null, 'GET', `/rest/v1/${table}?select=*`)).toMatchObject({ status: 401, body: forbidden });
    const call = await request(null, 'POST', '/rest/v1/rpc/lookup_number', { p_called: '2001' });
    expect(call).toMatchObject({ status: 401, body: forbidden });
  });

  test('an owner sees the own numbers, changes a label and is stopped at the organisation of a number (R7.1)', async () => {
    const own = await request(ownerToken, 'GET', '/rest/v1/sip_numbers?select=phone_number&order=phone_number');
    expect(own.body).toEqual(['2001', '2002', '2009'].map((phone_number) => ({ phone_number })));
    const change = (body: object) =>
      request(ownerToken, 'PATCH', '/rest/v1/sip_numbers?label=eq.support&select=label', body);
    expect(await change({ label: 'support' })).toMatchObject({ status: 200, body: [{ label: 'support' }] });
    // Row level security would let the second one pass: only the column grant stands in its way.
    for (const stolen of [{ organization_id: null }, { max_concurrent_calls: 99 }])
      expect(await change(stolen)).toMatchObject({ status: 403, body: forbidden });
  });

  test('someone who is signed in and belongs nowhere sees no number, and nobody reads a sealed key (R7.1)', async () => {
    expect(await request(strangerToken, 'GET', '/rest/v1/sip_numbers?select=*')).toMatchObject({
      status: 200,
      body: [],
    });
    for (const token of [strangerToken, ownerToken, supabase.agentToken])
      expect(await request(token, 'GET', '/rest/v1/provider_keys?select=ciphertext')).toMatchObject({
        body: forbidden,
      });
  });
});
