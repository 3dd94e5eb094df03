/**
 * The same functions through the embedded Supabase, as the services call them: supabase-js, HTTP, a narrow role's token.
 * Local runs stand on it, so the grants of the migrations must hold there too.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { resolveConfig } from '../../shared/config/index.ts';
import {
  configChangeSchema,
  expiredCallSchema,
  leaseVerdictSchema,
  numberRowSchema,
  roomDecisionSchema,
  takenSchema,
} from '../../shared/contracts.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { openProviderKey, parseKeyRing } from '../../shared/provider-keys.ts';
import { admit, admitted, answeredSchema, finish, invite, refusalOf, refusedSchema } from './calls.ts';

const harbor = '0a000000-0000-4000-8000-000000000001';
const secret = 'ab'.repeat(32);
const signedUpSchema = z.object({ access_token: z.string(), user: z.object({ id: z.uuid() }) });

describe('the embedded Supabase', () => {
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-supabase-'));
  let supabase: RunningSupabase;
  let dispatch: Database;
  let agent: Database;
  let ownerToken: string;
  let strangerToken: string;
  beforeAll(async () => {
    supabase = await startSupabase({ runDir, providersPort: 4321, providerKeysSecret: secret });
    const open = (token: string) =>
      openDatabase({ url: supabase.url, anonKey: supabase.anonKey, token, deadlineMs: 10_000 });
    dispatch = open(supabase.dispatchToken);
    agent = open(supabase.agentToken);
    const owner = await signUp('owner@harbor-pizza.test');
    ownerToken = owner.access_token;
    strangerToken = (await signUp('stranger@nowhere.test')).access_token;
    const membership = { organization_id: harbor, user_id: owner.user.id, role: 'owner' };
    await request(supabase.serviceToken, 'POST', '/rest/v1/organization_members', membership);
  });
  afterAll(async () => {
    await supabase.close();
    rmSync(runDir, { recursive: true });
  });

  /** As the bearer of that token; null: as nobody. */
  async function request(token: string | null, method: string, path: string, body?: object) {
    const response = await fetch(supabase.url + path, {
      method,
      headers: {
        apikey: supabase.anonKey,
        'content-type': 'application/json',
        prefer: 'return=representation',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, body: z.unknown().parse(await response.json()) };
  }
  async function signUp(email: string) {
    return signedUpSchema.parse(
      (await request(null, 'POST', '/auth/v1/signup', { email, password: 'Secret-1234' })).body,
    );
  }
  const forbidden = { code: '42501' };

  test('a call goes from admission to settlement through the tokens of dispatch and agent (R3.2)', async () => {
    const call = invite('+390612345678');
    const session = await admitted(dispatch, call);
    expect(await admit(dispatch, call)).toMatchObject({ outcome: 'admitted', sessionId: session, repeated: true });
    expect(await dispatch.rows('room_decision', { p_room: call.p_room }, roomDecisionSchema)).toMatchObject([
      { outcome: 'admitted', sessionId: session },
    ]);
    const held = { p_session_id: session, p_worker: 'shard-1' };
    expect(await agent.row('take_call', held, takenSchema)).toEqual({ taken: true, reason: null });
    expect(await agent.row('answer_call', held, answeredSchema)).toEqual({ answered: true });
    const renewal = { p_worker: 'shard-1', p_session_ids: [session] };
    expect(await agent.rows('renew_leases', renewal, leaseVerdictSchema)).toMatchObject([{ verdict: 'keep' }]);
    expect(await dispatch.rows('expired_calls', { p_limit: 5 }, expiredCallSchema)).toEqual([]);
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

  test.each([
    ['2999', 'unknown_number'],
    ['2009', 'number_inactive'],
    ["'; drop table", 'malformed_number'],
  ])('a call to %s is refused with %s (R1.5)', async (called, reason) => {
    expect(await refusalOf(dispatch, invite(called))).toBe(reason);
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
