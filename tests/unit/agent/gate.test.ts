import { describe, expect, test } from 'vitest';
import { agentOf } from '../../../agent/config-read.ts';
import { openGate } from '../../../agent/gate.ts';
import type { CallIdentity } from '../../../agent/identify.ts';
import { numberRowSchema } from '../../../shared/contracts.ts';
import { numberIdSchema, roomNameSchema, sessionIdSchema, tenantKeySchema } from '../../../shared/ids.ts';
import { parseKeyRing, platformOwner, sealProviderKey } from '../../../shared/provider-keys.ts';

const keyRing = parseKeyRing('07'.repeat(32));
const tenant = tenantKeySchema.parse('harbor-pizza');
const identity: CallIdentity = {
  tenant,
  session: sessionIdSchema.parse('00000000-0000-4000-8000-000000000001'),
  number: numberIdSchema.parse('00000000-0000-4000-8000-000000000002'),
  calledNumber: '2001',
  room: roomNameSchema.parse('call_2001_x'),
};
const instance = {
  business: { name: 'Harbor Pizza' },
  greeting: { text: 'Hello.' },
  instructions: 'Answer the phone.',
};
const key = (provider: string, owner = tenant) => ({
  provider,
  key_id: keyRing.newest.keyId,
  owner: 'organization' as const,
  ciphertext: sealProviderKey(keyRing, { tenant: owner, provider }, `key of ${owner} for ${provider}`).ciphertext,
});

const ours = (open: string[] = []) => ({
  outcome: 'ours' as const,
  earlier: undefined,
  openProviders: new Set(open),
});

function lookup(changes: Record<string, unknown> = {}) {
  const row = numberRowSchema.parse({
    number_id: identity.number,
    organization_id: '00000000-0000-4000-8000-000000000003',
    tenant,
    organization_name: 'Harbor Pizza',
    phone_number: '2001',
    label: 'orders',
    active: true,
    organization_active: true,
    platform_config: {},
    organization_config: {},
    instance_config: instance,
    config_override: {},
    config_revision: 1,
    changed_revision: 1,
    provider_keys: [key('openai'), key('deepgram')],
    ...changes,
  });
  return { outcome: 'found', number: { row, agent: agentOf(row) }, from: 'database' } as const;
}

describe('the gate before the answer', () => {
  test('a usable configuration opens it, with this organisation’s keys and no others (R2.7)', () => {
    const gate = openGate(identity, lookup(), keyRing, ours());
    expect(gate).toMatchObject({ outcome: 'open', config: { business: { name: 'Harbor Pizza' } } });
    expect(gate.outcome === 'open' && Object.fromEntries(gate.keys)).toEqual({
      openai: 'key of harbor-pizza for openai',
      deepgram: 'key of harbor-pizza for deepgram',
    });
  });

  test.each([
    ['tenant_mismatch', { tenant: 'studio-bianchi' }],
    ['tenant_mismatch', { number_id: '00000000-0000-4000-8000-000000000009' }],
    ['number_inactive', { active: false }],
    ['organization_inactive', { organization_active: false }],
    ['config_missing', { instance_config: null }],
    ['config_invalid', { config_override: { greeting: { text: '' } } }],
    ['config_invalid', { config_override: { stt: { provider: 'nobody' } } }],
    ['config_invalid', { config_override: { llm: { provider: 'deepgram' } } }],
    ['config_invalid', { config_override: { tts: { options: { speed: 'fast' } } } }],
    ['provider_key_missing', { provider_keys: [key('openai')] }],
    ['agent_failed', { provider_keys: [key('openai'), key('deepgram', tenantKeySchema.parse('studio-bianchi'))] }],
  ])('%s refuses the call (R2.2, R2.7)', (reason, changes) => {
    expect(openGate(identity, lookup(changes), keyRing, ours())).toMatchObject({ outcome: 'refused', reason });
  });

  test('a database that is away is told apart from a number that is nobody’s (R1.5)', () => {
    const away = openGate(identity, { outcome: 'away', cause: new Error('no answer') }, keyRing, ours());
    expect(away).toMatchObject({ outcome: 'refused', reason: 'database_away' });
    expect(openGate(identity, { outcome: 'nobody' }, keyRing, ours())).toMatchObject({ reason: 'unknown_number' });
  });

  test('an unknown provider is answered with the ones there are (R2.2)', () => {
    const gate = openGate(identity, lookup({ config_override: { stt: { provider: 'nobody' } } }), keyRing, ours());
    expect(gate).toMatchObject({
      problems: [
        {
          path: 'stt.provider',
          message: expect.stringMatching(/^no provider is called nobody; these offer stt: .*deepgram/),
        },
      ],
    });
  });
});

/** Lent by the platform: sealed for it, marked as its own. */
const lent = (provider: string) => ({
  provider,
  key_id: keyRing.newest.keyId,
  owner: 'platform' as const,
  ciphertext: sealProviderKey(keyRing, { tenant: platformOwner, provider }, `key of the platform for ${provider}`)
    .ciphertext,
});
const opened = (changes: Record<string, unknown>) => {
  const gate = openGate(identity, lookup(changes), keyRing, ours());
  return gate.outcome === 'open'
    ? { keys: Object.fromEntries(gate.keys), stt: gate.config.stt, problems: gate.problems.map(({ path }) => path) }
    : { reason: gate.reason, problems: gate.problems?.map(({ path }) => path) };
};
const elsewhere = 'https://stt.example.com';

describe('the keys of a call', () => {
  test('those of providers that it does not use stay sealed (R2.7)', () => {
    const provider_keys = [key('openai'), key('deepgram'), key('soniox')];
    expect(opened({ provider_keys }).keys).toEqual({
      openai: 'key of harbor-pizza for openai',
      deepgram: 'key of harbor-pizza for deepgram',
    });
  });

  test('a fallback without a key is left out, and the call is answered (R2.7, R4.2)', () => {
    const config_override = { stt: { fallbacks: [{ provider: 'soniox' }, { provider: 'deepgram', model: 'nova-2' }] } };
    const gate = opened({ config_override });
    expect(gate).toMatchObject({ problems: ['stt.fallbacks.0'], stt: { fallbacks: [{ model: 'nova-2' }] } });
    expect(Object.isFrozen(gate.stt?.fallbacks)).toBe(true);
  });

  test('a first choice without a key refuses the call, and says which (R2.7)', () => {
    const config_override = { stt: { provider: 'soniox', fallbacks: [{ provider: 'deepgram' }] } };
    expect(opened({ config_override })).toEqual({ reason: 'provider_key_missing', problems: ['stt'] });
  });

  test('a provider whose key is optional needs none (R2.7)', () => {
    const llm = { provider: 'openai-compatible', model: 'llama', base_url: 'https://llm.example.com/v1' };
    expect(opened({ config_override: { llm } })).toMatchObject({ problems: [] });
  });

  test('the platform’s own key serves a tenant without one, at the platform’s addresses (R2.7)', () => {
    const provider_keys = [key('openai'), lent('deepgram')];
    expect(opened({ provider_keys }).keys).toMatchObject({ deepgram: 'key of the platform for deepgram' });
    const platform_config = { providers: { deepgram: { base_url: elsewhere } } };
    expect(opened({ provider_keys, platform_config }).keys).toMatchObject({
      deepgram: 'key of the platform for deepgram',
    });
  });

  test.each([
    ['its choice', { stt: { base_url: elsewhere } }],
    ['its providers', { providers: { deepgram: { base_url: elsewhere } } }],
  ])('it is never sent to an address that the tenant wrote into %s (R2.7)', (_where, config_override) => {
    const provider_keys = [key('openai'), lent('deepgram')];
    expect(opened({ provider_keys, config_override })).toEqual({ reason: 'provider_key_missing', problems: ['stt'] });
    expect(opened({ provider_keys: [key('openai'), key('deepgram')], config_override })).toMatchObject({
      problems: [],
    });
  });

  test('nor to a fallback at such an address beside a first choice that has it (R2.7)', () => {
    const provider_keys = [key('openai'), lent('deepgram')];
    const config_override = { stt: { fallbacks: [{ provider: 'deepgram', base_url: elsewhere }] } };
    expect(opened({ provider_keys, config_override })).toMatchObject({
      problems: ['stt.fallbacks.0'],
      stt: { fallbacks: [] },
    });
  });

  test('nor to a server of the tenant that needs no key, where the platform’s own server has one (R2.7)', () => {
    const provider_keys = [key('openai'), key('deepgram'), lent('openai-compatible')];
    const platform_config = { providers: { 'openai-compatible': { base_url: 'https://llm.platform.example/v1' } } };
    const theirs = { provider: 'openai-compatible', model: 'llama', base_url: 'https://llm.example.com/v1' };
    expect(opened({ provider_keys, platform_config, config_override: { llm: theirs } }).keys).toEqual({
      deepgram: 'key of harbor-pizza for deepgram',
      openai: 'key of harbor-pizza for openai',
    });
    const both = { provider: 'openai-compatible', model: 'llama', fallbacks: [theirs] };
    expect(opened({ provider_keys, platform_config, config_override: { llm: both } }).problems).toEqual([
      'llm.fallbacks.0',
    ]);
  });

  test('those that the backend’s headers and signature name are opened too (R4.4)', () => {
    const provider_keys = [key('openai'), key('deepgram'), key('crm'), key('crm-signing')];
    const backend = {
      url: 'https://api.example.com',
      secret_headers: { 'X-Api-Key': 'crm' },
      signing_key: 'crm-signing',
    };
    expect(opened({ provider_keys, config_override: { backend } }).keys).toMatchObject({
      crm: 'key of harbor-pizza for crm',
      'crm-signing': 'key of harbor-pizza for crm-signing',
    });
    expect(opened({ config_override: { backend } })).toEqual({
      reason: 'provider_key_missing',
      problems: ['backend.secret_headers.X-Api-Key', 'backend.signing_key'],
    });
  });

  test('a backend that asks for a provider’s key by name gets none that was lent (R2.7)', () => {
    const provider_keys = [key('openai'), lent('deepgram')];
    const backend = { url: 'https://api.example.com', secret_headers: { 'X-Api-Key': 'deepgram' } };
    expect(opened({ provider_keys, config_override: { backend } })).toEqual({
      reason: 'provider_key_missing',
      problems: ['backend.secret_headers.X-Api-Key'],
    });
  });
});

describe('a provider whose breaker is open', () => {
  const withFallbacks = {
    config_override: { stt: { fallbacks: [{ provider: 'openai' }] }, llm: { fallbacks: [{ provider: 'openai' }] } },
  };
  const gateWith = (changes: Record<string, unknown>, open: string[]) =>
    openGate(identity, lookup(changes), keyRing, ours(open));

  test('is left out, and whoever stands behind it serves from the first word on (R4.2)', () => {
    const gate = gateWith(withFallbacks, ['deepgram']);
    expect(gate).toMatchObject({
      outcome: 'open',
      config: { stt: { provider: 'openai', fallbacks: [] }, llm: { provider: 'openai' }, tts: { provider: 'openai' } },
      problems: [{ path: 'stt', message: 'deepgram is left out while its breaker is open' }],
    });
  });

  test('serves on where nobody else can: what failed may have been other work of its, and callers are not refused for it (R4.2)', () => {
    expect(gateWith({}, ['openai'])).toMatchObject({
      outcome: 'open',
      config: { llm: { provider: 'openai' }, tts: { provider: 'openai' } },
      problems: [
        { path: 'llm', message: 'openai is used although its breaker is open' },
        { path: 'tts', message: 'openai is used although its breaker is open' },
      ],
    });
  });

  test('is spared where others can do its work, and serves on where they cannot (R4.2)', () => {
    expect(gateWith(withFallbacks, ['openai'])).toMatchObject({
      outcome: 'open',
      config: {
        stt: { provider: 'deepgram', fallbacks: [] },
        llm: { provider: 'openai', fallbacks: [{ provider: 'openai' }] },
      },
    });
  });

  test('of another part of the work changes nothing (R4.2)', () => {
    expect(gateWith({}, ['soniox'])).toMatchObject({ outcome: 'open', problems: [] });
  });
});
