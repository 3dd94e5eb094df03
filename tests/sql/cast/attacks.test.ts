/**
 * What somebody tries who knows the API and wants more than is theirs: over HTTP, against the embedded Supabase, with tokens
 * of their own.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningSupabase, startSupabase } from '../../../dev/stack/supabase.ts';
import { signToken, type TokenClaims } from '../../../dev/stack/supabase-token.ts';
import { type Request, requestsTo, signUp } from '../rest.ts';
import { bianchi, harbor } from './actors.ts';

const numberOfBianchi = '+390612345678';
const none = '00000000-0000-4000-8000-000000000000';
const idSchema = z.array(z.object({ id: z.uuid() })).length(1);

describe('an editor of Harbor Pizza who wants more', () => {
  const runDir = mkdtempSync(join(tmpdir(), 'switchboard-attacks-'));
  let supabase: RunningSupabase;
  let request: Request;
  let attacker: { readonly id: string; readonly token: string };
  let sessionOfBianchi: string;
  beforeAll(async () => {
    supabase = await startSupabase({ runDir, providerKeysSecret: 'ab'.repeat(32) });
    request = requestsTo(supabase);
    attacker = await signUp(request, 'attacker@harbor-pizza.test');
    const owner = await signUp(request, 'owner@studio-bianchi.test');
    await asService('POST', 'organization_members', [
      { organization_id: harbor, user_id: attacker.id, role: 'editor' },
      { organization_id: bianchi, user_id: owner.id, role: 'owner' },
    ]);
    const session = {
      organization_id: bianchi,
      called_number: numberOfBianchi,
      caller_number: '+39021234567',
      sip_call_id: 'theirs',
      sip_from_tag: 'x',
      room: 'theirs',
    };
    const [made] = idSchema.parse((await asService('POST', 'sessions', session)).body);
    sessionOfBianchi = z.object({ id: z.uuid() }).parse(made).id;
    const turn = { session_id: sessionOfBianchi, position: 1, organization_id: bianchi, role: 'caller', at_ms: 0 };
    await asService('POST', 'session_turns', { ...turn, text: 'a secret of Studio Bianchi' });
  });
  afterAll(async () => {
    await supabase?.close();
    rmSync(runDir, { recursive: true });
  });

  const tries = (method: string, path: string, body?: object) =>
    request(attacker.token, method, `/rest/v1/${path}`, body);
  const asService = (method: string, path: string, body?: object) =>
    request(supabase.serviceToken, method, `/rest/v1/${path}`, body);

  const turnedAway = { status: 403, body: { code: '42501' } };
  const numbers = async () =>
    (await asService('GET', 'sip_numbers?select=phone_number,organization_id&order=phone_number')).body;

  test.each([
    ['gives an own number to another business', 'sip_numbers?label=eq.support', { organization_id: bianchi }],
    ['takes the number of another business', 'sip_numbers?label=eq.reception', { organization_id: harbor }],
    ['raises the limit of an own number', 'sip_numbers?label=eq.support', { max_concurrent_calls: 99 }],
    [
      'changes a label, and with it the limit',
      'sip_numbers?label=eq.support',
      { label: 'x', max_concurrent_calls: 99 },
    ],
    [
      'makes another business the owner of an agent',
      `agent_instances?organization_id=eq.${harbor}`,
      { organization_id: bianchi },
    ],
    ['raises the limit of the own business', `organizations?id=eq.${harbor}`, { max_concurrent_calls: 999 }],
    ['moves the own business into another pool', `organizations?id=eq.${harbor}`, { pool: 'premium' }],
  ])('%s: turned away, and nothing changed (R7.1)', async (_what, path, body) => {
    const before = await numbers();
    expect(await tries('PATCH', path, body)).toMatchObject(turnedAway);
    expect(await numbers()).toEqual(before);
  });

  test('adds a number to the own business: turned away (R5.1)', async () => {
    expect(await tries('POST', 'sip_numbers', { phone_number: '2777', organization_id: harbor })).toMatchObject(
      turnedAway,
    );
  });

  test.each([
    ['an editor makes herself owner', 'PATCH', `organization_members?organization_id=eq.${harbor}`, { role: 'owner' }],
    [
      'an editor removes the members of a neighbour',
      'DELETE',
      `organization_members?organization_id=eq.${bianchi}`,
      undefined,
    ],
    ['an editor renames a neighbour', 'PATCH', `organizations?id=eq.${bianchi}`, { name: 'stolen' }],
    [
      'an editor switches a number of a neighbour off',
      'PATCH',
      `sip_numbers?organization_id=eq.${bianchi}`,
      { active: false },
    ],
  ])('%s: nothing is found to change (R7.1)', async (_what, method, path, body) => {
    const { status, body: changed } = await tries(method, path, body);
    expect([200, 204]).toContain(status);
    expect(changed ?? []).toEqual([]);
  });

  test('joins another business: turned away (R7.1)', async () => {
    const joins = { organization_id: bianchi, user_id: attacker.id, role: 'viewer' };
    expect(await tries('POST', 'organization_members', joins)).toMatchObject(turnedAway);
  });

  test.each([
    ['by the id of the call', (id: string) => `session_turns?session_id=eq.${id}&select=text`],
    ['as part of the call', (id: string) => `sessions?id=eq.${id}&select=id,session_turns(text)`],
    [
      'as part of the organisation',
      () => `organizations?select=name,sessions(id,session_turns(text))&id=eq.${bianchi}`,
    ],
    [
      'through a filter on a table beside it',
      () => 'sip_numbers?select=phone_number,sessions!inner(id)&phone_number=neq.2001',
    ],
    ['by a word in it', () => 'session_turns?text=ilike.*secret*&select=text'],
  ])('reads the transcript of a neighbour %s: nothing of it comes (R7.1)', async (_how, path) => {
    const { body } = await tries('GET', path(sessionOfBianchi));
    expect(JSON.stringify(body)).not.toMatch(/secret of Studio|\+390612345678/);
  });

  test.each([
    ['finish_call', { p_session_id: none, p_end_reason: 'drained' }],
    ['end_call', { p_session_id: none }],
    ['put_number', { p_organization: 'harbor-pizza', p_phone_number: '2777' }],
    ['reset_breakers', { p_tenant: 'studio-bianchi' }],
    ['sealed_keys', { p_not_key_id: 'x' }],
    ['lookup_number', { p_called: numberOfBianchi }],
  ])('calls %s, which is for a service: turned away (R7.1)', async (name, args) => {
    expect(await tries('POST', `rpc/${name}`, args)).toMatchObject(turnedAway);
  });

  test('goes back to a version of a neighbour’s configuration: it is not there for her (R7.1)', async () => {
    const versions = await asService('GET', `config_versions?organization_id=eq.${bianchi}&select=revision`);
    const [version] = z.array(z.object({ revision: z.number() })).parse(versions.body);
    const before = (await asService('GET', `agent_instances?organization_id=eq.${bianchi}`)).body;
    const { body } = await tries('POST', 'rpc/restore_config_version', { p_revision: version?.revision });
    expect(body).toMatchObject([{ restored: false }]);
    expect((await asService('GET', `agent_instances?organization_id=eq.${bianchi}`)).body).toEqual(before);
  });

  /** Signed by the project itself. */
  function expired(claims: TokenClaims): string {
    const options: unknown = JSON.parse(readFileSync(join(runDir, 'supabase.json'), 'utf8'));
    const { jwtSecret } = z.object({ jwtSecret: z.string() }).parse(options);
    return signToken(jwtSecret, { ...claims, exp: Math.floor(Date.now() / 1_000) - 86_400 });
  }

  test.each([
    ['a token of another project', () => signToken(randomBytes(32).toString('hex'), { role: 'service_role' })],
    ['a token without a signature', () => unsigned({ role: 'service_role' })],
    ['her own token with another role in it', () => withRole(attacker.token, 'service_role')],
    ['her own rights, which ended yesterday', () => expired({ role: 'authenticated', sub: attacker.id })],
    ['a token that is none', () => 'sb_publishable_nothing'],
  ])('comes with %s: nothing is read (R7.1)', async (_what, forged) => {
    const { status, body } = await request(forged(), 'GET', '/rest/v1/sessions?select=id');
    expect(status).toBe(401);
    expect(JSON.stringify(body)).not.toContain(sessionOfBianchi);
  });
});

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function unsigned(claims: object): string {
  return `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded({ ...claims, exp: 4_102_444_800 })}.`;
}

/** The payload exchanged, the signature left as it was. */
function withRole(token: string, role: string): string {
  const [header, payload, signature] = token.split('.');
  const claims = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()));
  return [header, encoded({ ...claims, role }), signature].join('.');
}
